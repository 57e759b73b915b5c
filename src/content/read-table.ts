import type { Claim } from '../threads/shared-work.ts'
import type { Found } from './found.ts'
import type { ParseOptions } from './parse-article.ts'
import { isPlain, type Read, readShare } from './read-share.ts'
import { safeStamp } from './stamp.ts'
import { buildTable } from './table-builder.ts'
import type { ReadDone } from './thread-jobs.ts'

/**
 * Reads and parses files into a table as long as there are any to be claimed. Of many files that is quicker than to keep
 * their articles: what they are made of is cleared away once and not moved about before.
 *
 * @param startedAt see `safeStamp`
 * @param aside told of the files of which there is more to say than goes into a table
 */
export async function readTable(
  files: readonly Found[],
  claim: Claim,
  { startedAt, ...options }: ParseOptions & { readonly startedAt: number },
  aside: (file: number, read: Read) => void,
): Promise<ReadDone> {
  const table = buildTable()
  const rows: number[] = []
  await readShare(files, claim, options, (file, read) => {
    const { article } = 'result' in read && isPlain(read.result) ? read.result : {}
    if (article && 'needs' in read) {
      const { needs, stamp } = read
      if (table.add({ article, needs }, safeStamp(stamp, startedAt))) {
        rows.push(file)
        return
      }
    }
    aside(file, read)
  })
  return { table: table.build(), files: Uint32Array.from(rows) }
}
