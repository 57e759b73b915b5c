import { claimEach, claimShared, makeCounter } from '../threads/shared-work.ts'
import type { Threads } from '../threads/threads.ts'
import type { Found } from './found.ts'
import { LazyBody } from './lazy-body.ts'
import type { ParseOptions } from './parse-article.ts'
import { isPlain, type Read, type ReadResult, readShare } from './read-share.ts'
import { readTable } from './read-table.ts'
import { packFiles, type ReadDone, type ReadJob } from './thread-jobs.ts'

/** Files that have been read, each either by itself or into one of the tables. */
export interface ReadFiles {
  /** by the number of the file; with its source where there is more to say of it than the article */
  readonly own: ReadonlyMap<number, Exclude<Read, ReadResult> | Sparing>
  readonly tables: readonly ReadDone[]
}

type Sparing = Omit<ReadResult, 'source'> & Partial<Pick<ReadResult, 'source'>>

/** Files to be read from which on it pays to start threads. */
export const enough = 300
const step = 32

/**
 * Reads all files, with the help of threads where there are many.
 *
 * @param top see Folder
 * @param startedAt see `safeStamp`
 */
export async function readAll(
  top: string,
  files: readonly Found[],
  { startedAt, ...reading }: ParseOptions & { readonly startedAt: number },
  threads?: Threads,
): Promise<ReadFiles> {
  const own = new Map<number, Exclude<Read, ReadResult> | Sparing>()
  const take = (file: number, read: Read) => {
    const found = files[file]
    if (found) own.set(file, 'result' in read ? withLazyBody(read, found, reading) : read)
  }
  if (!threads || files.length < enough) {
    await readShare(files, claimEach(files.keys()), reading, take)
    return { own, tables: [] }
  }
  const { publication, folder, permalink } = reading
  const next = makeCounter(step)
  const options = { publication, folder, permalink }
  const job: ReadJob = {
    kind: 'read',
    options,
    files: packFiles(top, folder, files),
    next,
    startedAt,
  }
  const answers = threads.ask<ReadDone>(job)
  const claim = claimShared(files.length, next)
  const mine = await readTable(files, claim, { ...reading, startedAt }, take)
  const tables = [mine, ...(await Promise.all(answers)).filter((done) => done !== undefined)]
  // What threads have set aside, and what they have left when they failed
  const done = new Set([...own.keys(), ...tables.flatMap(({ files }) => [...files])])
  await readShare(files, claimEach(files.keys().filter((file) => !done.has(file))), reading, take)
  return { own, tables }
}

/** The texts of most articles are never asked for. */
function withLazyBody(read: ReadResult, found: Found, options: ParseOptions): Sparing {
  const { result, needs, stamp } = read
  const { article } = result
  if (!article) return read
  const { hash, body } = article
  const lazy = new LazyBody(found, body.format, body.line, hash, options)
  // Not a copy: it was made just now, and for nobody else
  Object.assign(article, { body: lazy })
  return isPlain(result) ? { result, needs, stamp } : read
}
