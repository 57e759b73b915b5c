import type { Body } from '../model/article.ts'
import { claimShared } from '../threads/shared-work.ts'
import { openTimeZone } from './dates.ts'
import { LazyBody } from './lazy-body.ts'
import type { ParseOptions, Readers } from './parse-article.ts'
import { openReaders } from './read-share.ts'
import { readTable } from './read-table.ts'
import {
  type ReadDone,
  type ReadJob,
  type RenderDone,
  type RenderJob,
  type ThreadOptions,
  unpackFiles,
} from './thread-jobs.ts'

const readers: Readers = {}

/** Reads and parses files as long as there are any. What needs a closer look is left to who asked. */
export async function doRead({ files, next, startedAt, options }: ReadJob): Promise<ReadDone> {
  const found = unpackFiles(files)
  const reading = { ...(await parseOptions(options)), startedAt }
  return readTable(found, claimShared(found.length, next), reading, () => undefined)
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
