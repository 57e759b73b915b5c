import type { CacheFile, Former } from './cache-file.ts'
import { type BodyOf, type KeptArticle, type Row, type Rows, readRows } from './cache-format.ts'
import type { Table } from './cache-table.ts'
import { findFile } from './find-file.ts'
import type { Found } from './found.ts'
import { stampFile } from './read-folder.ts'
import type { FormerArticle, FormerLock } from './settled.ts'
import { type Stamp, safeStamp } from './stamp.ts'
import { buildTable, type KeptIdentities } from './table-builder.ts'

/** The articles of the former build, asked for in the order of their files. */
export interface KeptArticles {
  /** The article of a file that has not changed. Does not keep it yet. */
  find(found: Found, bodyOf: BodyOf): KeptArticle | undefined
  /** Keeps the next one that was found. To be called, as `add` and `take`, in the order of the files. */
  keep(): void
  /** @returns false when it cannot be kept */
  add(row: Row, stamp: Stamp): boolean
  /** Keeps what stands in another table. */
  take(from: Table, row: number): void
  /** @returns what the lock said of the former articles; undefined when files have come or gone since */
  formerLock(): FormerLock | undefined
  /** Where an article stood whose file is gone now. */
  urlOf(file: string): string | undefined
  save(identities: KeptIdentities): void
}

/** Rows that may be others than those of the base before it is written anew: a few edits, or one part in so many. */
const fewChanges = 50
const changedPart = 50

export function openKept(cache: CacheFile): KeptArticles {
  const kept = cache.read()
  const former = kept && openFormer(kept)
  const next = buildTable()
  const changed = new Map<string, FormerArticle>()
  const unchanged: number[] = []
  let row = 0
  let same = 0
  return {
    find(found, bodyOf) {
      if (!former) return undefined
      let file = ''
      while (row < former.count) {
        file = former.fileAt(row)
        if (file >= found.file) break
        row++
      }
      if (row === former.count || file !== found.file) return undefined
      const stamp = stampFile(found)
      const { rows, at } = former.placeOf(row)
      if (!stamp || !rows.isStamped(at, stamp)) {
        changed.set(file, rows.formerAt(at))
        row++
        return undefined
      }
      unchanged.push(row++)
      return rows.at(at, found, bodyOf)
    },
    keep() {
      const place = former?.placeOf(unchanged[same++] ?? 0)
      if (place) next.take(place.table, place.at)
    },
    add: (added, stamp) => next.add(added, safeStamp(stamp, cache.startedAt)),
    take: (from, row) => next.take(from, row),
    urlOf: (file) => former?.urlOf(file),
    formerLock() {
      const isWhole = same + changed.size === former?.count && same + changed.size === next.count()
      return former && isWhole ? { digest: former.lock, changed } : undefined
    },
    save(identities) {
      if (!kept || !former) return cache.write(next.build(identities))
      const { base, changes } = kept
      const tables = changes ? [base, changes] : [base]
      const others = next.countOthers(base)
      const isSame = others === (changes?.rows ?? 0) && same === former.count
      if (isSame && next.count() === same && identities.lock === former.lock) return
      const isFew = others <= Math.max(fewChanges, base.rows / changedPart)
      const isReplacing = next.count() === base.rows && same + changed.size === base.rows
      if (isFew && isReplacing && identities.isResettled)
        cache.writeChanges(next.build(identities, tables, base))
      else cache.write(next.build(identities, tables))
    },
  }
}

interface Place {
  readonly table: Table
  readonly rows: Rows
  readonly at: number
}

interface FormerRows {
  readonly count: number
  readonly lock: string
  fileAt(row: number): string
  /** where what is true of a row of the base stands now */
  placeOf(row: number): Place
  urlOf(file: string): string | undefined
}

function openFormer({ base, changes }: Former): FormerRows {
  const rows = readRows(base)
  const newer = changes && { table: changes, rows: readRows(changes) }
  const overlay = new Map(
    Array.from({ length: changes?.rows ?? 0 }, (_, at) => [
      findFile(newer?.rows.fileAt(at) ?? '', rows.count, rows.fileAt),
      at,
    ]),
  )
  const placeOf = (row: number) => {
    const at = overlay.get(row)
    return newer && at !== undefined ? { ...newer, at } : { table: base, rows, at: row }
  }
  return {
    count: rows.count,
    lock: (changes ?? base).lock,
    fileAt: rows.fileAt,
    placeOf,
    urlOf(file) {
      const row = findFile(file, rows.count, rows.fileAt)
      if (row < 0) return undefined
      const place = placeOf(row)
      return place.rows.urlAt(place.at)
    },
  }
}
