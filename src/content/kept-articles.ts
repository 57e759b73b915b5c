import type { CacheFile } from './cache-file.ts'
import { buildTable, type Row, readRows } from './cache-format.ts'
import { type Found, stampFile } from './read-folder.ts'
import type { Stamp } from './stamp.ts'

/** The articles of the former build, asked for in the order of their files. */
export interface KeptArticles {
  /** The article of a file that has not changed. */
  find(found: Found): Row | undefined
  add(row: Row, stamp: Stamp): void
  /** Where an article stood whose file is gone now. */
  urlOf(file: string): string | undefined
  save(): void
}

// A file that was written just before it was read may be written again within the same tick of the file system's
// clock: what is so young is read once more by the next build (as Git does). 2 seconds is the coarsest clock there is.
const young = 2000

export function openKept(cache: CacheFile): KeptArticles {
  const former = cache.read()
  const rows = former && readRows(former)
  const next = buildTable(former)
  let row = 0
  let urls: Map<string, number> | undefined
  return {
    find(found) {
      if (!rows) return undefined
      while (row < rows.count && rows.fileAt(row) < found.file) row++
      if (row === rows.count || rows.fileAt(row) !== found.file) return undefined
      const stamp = stampFile(found)
      if (!stamp || !rows.isStamped(row, stamp)) return undefined
      next.keep(row)
      return rows.at(row)
    },
    add(added, stamp) {
      if (Math.max(stamp.modified, stamp.changed) < cache.startedAt - young) next.add(added, stamp)
    },
    urlOf(file) {
      if (!rows) return undefined
      urls ??= new Map(Array.from({ length: rows.count }, (_, at) => [rows.fileAt(at), at]))
      const at = urls.get(file)
      return at === undefined ? undefined : rows.urlAt(at)
    },
    save() {
      if (!next.isSame()) cache.write(next.build())
    },
  }
}
