import type { CacheFile } from './cache-file.ts'
import {
  type BodyOf,
  buildTable,
  type KeptArticle,
  type KeptIdentities,
  type Row,
  readRows,
} from './cache-format.ts'
import { type Found, stampFile } from './read-folder.ts'
import type { FormerArticle, FormerLock } from './settled.ts'
import type { Stamp } from './stamp.ts'

/** The articles of the former build, asked for in the order of their files. */
export interface KeptArticles {
  /** The article of a file that has not changed. */
  find(found: Found, bodyOf: BodyOf): KeptArticle | undefined
  /** @returns false when it cannot be kept */
  add(row: Row, stamp: Stamp): boolean
  /** @returns what the lock said of the former articles; undefined when files have come or gone since */
  formerLock(): FormerLock | undefined
  /** Where an article stood whose file is gone now. */
  urlOf(file: string): string | undefined
  save(identities: KeptIdentities): void
}

// A file that was written just before it was read may be written again within the same tick of the file system's
// clock: what is so young is read once more by the next build (as Git does). 2 seconds is the coarsest clock there is.
const young = 2000
/** No file is stamped so. */
const never: Stamp = { size: -1, modified: -1, changed: -1, inode: -1 }

export function openKept(cache: CacheFile): KeptArticles {
  const former = cache.read()
  const rows = former && readRows(former)
  const next = buildTable(former)
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
      next.keep(row)
      same++
      return rows.at(row++, bodyOf)
    },
    add(added, stamp) {
      const isYoung = Math.max(stamp.modified, stamp.changed) >= cache.startedAt - young
      return next.add(added, isYoung ? never : stamp)
    },
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
      if (!next.isSame() || identities.lock !== former?.lock) cache.write(next.build(identities))
    },
  }
}
