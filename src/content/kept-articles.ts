import type { CacheFile, Former } from './cache-file.ts'
import { type BodyOf, type Row, type Rows, readRows } from './cache-format.ts'
import { emptyTable, type Table } from './cache-table.ts'
import { findFile } from './find-file.ts'
import type { Found } from './found.ts'
import { inOrder, type Listing, pathIn } from './listing.ts'
import { type Folder, isUnchanged, stampFile } from './read-folder.ts'
import type { FormerArticle, FormerLock } from './settled.ts'
import { type Stamp, safeStamp } from './stamp.ts'
import { StoredArticle } from './stored-article.ts'
import { buildTable, type KeptIdentities } from './table-builder.ts'

/** The articles of the former build, asked for in the order of their files. */
export interface KeptArticles {
  /** The article of a file that has not changed. Does not keep it yet. */
  find(found: Found): StoredArticle | undefined
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
  /** All files, where no folder has changed since the former build. @param folder relative to `root` */
  list(root: string, folder: string): Folder | undefined
  /** @param listing of the files that were kept and those that were not; without it, they are looked for next time */
  save(identities: KeptIdentities, listing?: Listing): void
}

/** Rows that may be others than those of the base before it is written anew: a few edits, or one part in so many. */
const fewChanges = 50
const changedPart = 50

export function openKept(cache: CacheFile, bodyOf: BodyOf): KeptArticles {
  const kept = cache.read()
  const former = kept && openFormer(kept, bodyOf)
  const next = buildTable()
  const changed = new Map<string, FormerArticle>()
  const unchanged: number[] = []
  let row = 0
  let same = 0
  return {
    find(found) {
      if (!former) return undefined
      const { base } = former
      if (row < base.count && !base.isFile(row, found.file))
        while (row < base.count && base.file(row) < found.file) row++
      if (row === base.count || !base.isFile(row, found.file)) return undefined
      const stamp = stampFile(found)
      const at = former.newerAt(row)
      const [rows, place] = at === undefined ? [base, row] : [former.newer, at]
      if (!stamp || !rows.isStamped(place, stamp)) {
        changed.set(found.file, formerOf(rows, place))
        row++
        return undefined
      }
      unchanged.push(row++)
      return new StoredArticle(rows, place, found)
    },
    keep() {
      const row = unchanged[same++] ?? 0
      const at = former?.newerAt(row)
      if (at !== undefined && kept?.changes) next.take(kept.changes, at)
      else if (kept) next.take(kept.base, row)
    },
    add: (added, stamp) => next.add(added, safeStamp(stamp, cache.startedAt)),
    take: (from, row) => next.take(from, row),
    urlOf: (file) => former?.urlOf(file),
    formerLock() {
      const isWhole =
        same + changed.size === former?.base.count && same + changed.size === next.count()
      return former && isWhole ? { digest: former.lock, changed } : undefined
    },
    list(root, folder) {
      const listing = kept?.listing
      if (!former || !listing || !isUnchanged(root, folder, listing)) return undefined
      const { top, folders, others } = listing
      const files: Found[] = []
      for (const file of inOrder(former.base.count, former.base.file, others))
        files.push({ path: pathIn(top, folder, file), file })
      return { files, problems: [], top, folders }
    },
    save(identities, listing) {
      saveRows(identities)
      cache.writeListing(listing)
    },
  }

  function saveRows(identities: KeptIdentities): void {
    if (!kept || !former) {
      cache.write(next.build(identities))
      return
    }
    const { base, changes } = kept
    const tables = changes ? [base, changes] : [base]
    const others = next.countOthers(base)
    const isSame = others === (changes?.rows ?? 0) && same === former.base.count
    if (isSame && next.count() === same && identities.lock === former.lock) return
    const isFew = others <= Math.max(fewChanges, base.rows / changedPart)
    const isReplacing = next.count() === base.rows && same + changed.size === base.rows
    if (isFew && isReplacing && identities.isResettled)
      cache.writeChanges(next.build(identities, tables, base))
    else cache.write(next.build(identities, tables))
  }
}

interface FormerRows {
  readonly base: Rows
  /** those that have taken the place of some of the base */
  readonly newer: Rows
  readonly lock: string
  /** where among the newer ones what is true of a row of the base stands; undefined: it is true as it stands */
  newerAt(row: number): number | undefined
  urlOf(file: string): string | undefined
}

function openFormer({ base, changes }: Former, bodyOf: BodyOf): FormerRows {
  const rows = readRows(base, bodyOf)
  const newer = readRows(changes ?? emptyTable, bodyOf)
  const overlay = new Map<number, number>()
  for (let at = 0; at < newer.count; at++)
    overlay.set(findFile(newer.file(at), rows.count, rows.file), at)
  const newerAt = (row: number) => overlay.get(row)
  return {
    base: rows,
    newer,
    lock: (changes ?? base).lock,
    newerAt,
    urlOf(file) {
      const row = findFile(file, rows.count, rows.file)
      if (row < 0) return undefined
      const at = newerAt(row)
      return at === undefined ? rows.url(row) : newer.url(at)
    },
  }
}

function formerOf(rows: Rows, row: number): FormerArticle {
  return { id: rows.id(row), title: rows.title(row), hash: rows.hash(row), url: rows.url(row) }
}
