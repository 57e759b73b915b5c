import { hash } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type ArchivePage, listArchive, openArchive } from '../feeds/archive.ts'
import type { History } from '../feeds/history.ts'
import type { Collection } from '../model/collection.ts'
import type { Feed } from '../model/feed.ts'
import type { KeptFiles } from '../output/kept-files.ts'
import { writeFiles } from '../output/write-files.ts'
import { articleSays, renderNothing } from './output-groups.ts'
import { stampProgram } from './program-stamp.ts'

export interface WrittenArchive {
  readonly written: number
  readonly unchanged: number
  /** below out/ */
  readonly paths: readonly string[]
}

/**
 * Writes the archive into out/, document by document, since together they hold all that was ever published. Those that
 * stand there as they would come out are not made again.
 */
export async function makeArchive(
  { root, publication, feeds: terms }: Config,
  collection: Collection,
  { history, kept }: { readonly history: History | undefined; readonly kept: KeptFiles },
): Promise<WrittenArchive> {
  if (history === undefined) return { written: 0, unchanged: 0, paths: [] }
  const toHead = openArchive(publication, collection, terms, renderNothing)
  const { renderArticle } = await import('../content/render.ts')
  const { feedFiles } = await import('../feeds/feed-files.ts')
  const toDocument = openArchive(publication, collection, terms, renderArticle)
  const common = hash('sha256', JSON.stringify([stampProgram(), publication, terms]))
  const total = { written: 0, unchanged: 0, paths: [] as string[] }
  for (const page of listArchive(publication, collection, history)) {
    const { folder } = page.channel
    const key = pageKey(page, toHead(page), common)
    const standing = key === undefined ? undefined : kept.find(folder, key)
    const files = standing ? [] : feedFiles([toDocument(page)])
    const { written, unchanged } = await writeFiles(join(root, 'out'), files)
    if (!standing && key !== undefined) kept.add(folder, key, files)
    total.written += written
    total.unchanged += unchanged + (standing?.length ?? 0)
    total.paths.push(...(standing ?? files.map(({ path }) => path)))
  }
  return total
}

/** What a document is made from; nothing when that cannot be told. */
function pageKey({ channel }: ArchivePage, head: Feed, common: string): string | undefined {
  const parts = channel.articles.slice().map(articleSays)
  return parts.includes(undefined)
    ? undefined
    : hash('sha256', JSON.stringify([common, head, parts]))
}
