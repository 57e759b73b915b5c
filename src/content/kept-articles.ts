import type { CacheFile } from './cache-file.ts'
import {
  type BodyOf,
  buildTable,
  type KeptArticle,
  type KeptIdentities,
  type Row,
  readRows,
} from './cache-format.ts'
import type { Table } from './cache-table.ts'
import type { Found } from './found.ts'
import { stampFile } from './read-folder.ts'
import type { FormerArticle, FormerLock } from './settled.ts'
import { type Stamp, safeStamp } from './stamp.ts'

/** The articles of the former build, asked for in the order of their files. */
export interface KeptArticles {
  /** The article of a file that has not changed. Does not keep it yet. */
  find(found: Found, bodyOf: BodyOf): KeptArticle | undefined
  /** Keeps what was found. To be called, as `add` and `take`, in the order of the files. */
  keep(known: KeptArticle): void
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

export function openKept(cache: CacheFile): KeptArticles {
  const former = cache.read()
  const rows = former && readRows(former)
  const next = buildTable()
  const changed = new Map<string, FormerArticle>()
  let row = 0
  let urls: Map<string, number> | undefined
  let same = 0
  return {
    find(found, bodyOf) {
      if (!rows) return undefined
      let file = ''
      while (row < rows.count) {
        file = rows.fileAt(row)
        if (file >= found.file) break
        row++
      }
      if (row === rows.count || file !== found.file) return undefined
      const stamp = stampFile(found)
      if (!stamp || !rows.isStamped(row, stamp)) {
        changed.set(file, rows.formerAt(row++))
        return undefined
      }
      return rows.at(row++, found, bodyOf)
    },
    keep({ row }) {
      if (former) next.take(former, row)
      same++
    },
    add: (added, stamp) => next.add(added, safeStamp(stamp, cache.startedAt)),
    take: (from, row) => next.take(from, row),
    urlOf(file) {
      if (!rows) return undefined
      urls ??= new Map(Array.from({ length: rows.count }, (_, at) => [rows.fileAt(at), at]))
      const at = urls.get(file)
      return at === undefined ? undefined : rows.urlAt(at)
    },
    formerLock() {
      const isWhole = same + changed.size === rows?.count && same + changed.size === next.count()
      return former && isWhole ? { digest: former.lock, changed } : undefined
    },
    save(identities) {
      const isSame = former && next.isSame(former) && identities.lock === former.lock
      if (!isSame) cache.write(next.build(identities, former))
    },
  }
}
