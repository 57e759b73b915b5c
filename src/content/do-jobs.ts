import type { Body } from '../model/article.ts'
import { claimShared } from '../threads/shared-work.ts'
import { openTimeZone } from './dates.ts'
import { LazyBody } from './lazy-body.ts'
import type { ParseOptions, Readers } from './parse-article.ts'
import { isPlain, openReaders, readShare } from './read-share.ts'
import { safeStamp } from './stamp.ts'
import { buildTable } from './table-builder.ts'
import {
  type ReadDone,
  type ReadJob,
  type RenderDone,
  type RenderJob,
  type ThreadOptions,
  unpackFiles,
} from './thread-jobs.ts'

const readers: Readers = {}

/** Reads and parses files as long as there are any. */
export async function doRead({ files, next, startedAt, options }: ReadJob): Promise<ReadDone> {
  const found = unpackFiles(files)
  const table = buildTable()
  const rows: number[] = []
  const claim = claimShared(found.length, next)
  await readShare(found, claim, await parseOptions(options), (file, read) => {
    if (!('result' in read) || !isPlain(read.result)) return
    const { result, needs, stamp } = read
    const { article } = result
    if (article && table.add({ article, needs }, safeStamp(stamp, startedAt))) rows.push(file)
  })
  const identities = { idOf: () => '', isResettled: false, lock: '' }
  return { table: table.build(identities), files: Uint32Array.from(rows) }
}

/** Renders articles as long as there are any. */
export async function doRender({ articles, needs, next, options }: RenderJob): Promise<RenderDone> {
  const { renderArticle } = await import('./render.ts')
  await openReaders(needs, readers)
  const reading = await parseOptions(options)
  const done: RenderDone = []
  const claim = claimShared(articles.length, next)
  for (let range = claim(); range; range = claim()) {
    for (const [at, article] of articles.slice(...range).entries()) {
      const { found, format, line, hash } = article
      const body: Body = new LazyBody(found, format, line, hash, reading)
      done.push([range[0] + at, renderArticle({ ...article, body })])
    }
  }
  return done
}

async function parseOptions(options: ThreadOptions): Promise<ParseOptions> {
  return { ...options, zone: await openTimeZone(options.publication.timezone), readers }
}
