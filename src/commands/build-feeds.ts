import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type Content, loadContent } from '../content/load.ts'
import { renderArticle } from '../content/render.ts'
import { toArchive } from '../feeds/archive.ts'
import { listChannels } from '../feeds/channels.ts'
import { feedFiles } from '../feeds/feed-files.ts'
import { renderOpml } from '../feeds/opml.ts'
import { toFeeds } from '../feeds/to-feed.ts'
import type { Article, RenderArticle, RenderedArticle } from '../model/article.ts'
import { Fault } from '../model/fault.ts'
import { formatProblem } from '../model/problem.ts'
import { removeOthers, writeFiles } from '../output/write-files.ts'
import { pageFiles } from '../pages/page-files.ts'
import { readTemplates } from '../templates/read-templates.ts'
import { keepHistory, type NextHistory, nextHistory } from './keep-history.ts'

/** What a build has made. */
export interface Built {
  readonly content: Content
  readonly feeds: number
  readonly written: number
  readonly unchanged: number
  readonly removed: number
}

/**
 * Reads the content as far as commands need it.
 *
 * @throws {Fault} 'content-invalid' that names every fault of every file
 */
export async function readContent(config: Config, now: Date): Promise<Content> {
  const { root, publication, content } = config
  const { folder, permalink } = content
  const cache = { folder: join(root, '.tidings/cache'), startedAt: Date.now() }
  const loaded = await loadContent({ root, folder, publication, permalink, now, cache })
  if (loaded.problems.length > 0) {
    throw new Fault('content-invalid', loaded.problems.map(formatProblem).join('\n'))
  }
  return loaded
}

/** Writes down the identities that were minted, before anything that carries them leaves the house. */
export async function keepLock({ root }: Config, { lock }: Content): Promise<void> {
  if (lock.changed) await writeFiles(root, [{ path: lock.file, contents: lock.text }])
}

/** Content → feeds in out/. Files that a former build left and this one does not make are deleted. */
export async function buildFeeds(config: Config, now: Date, render: RenderArticle): Promise<Built> {
  const content = await readContent(config, now)
  await keepLock(config, content)
  const { publication, feeds: terms } = config
  const next = nextHistory(config, content, now)
  await keepHistory(config, next)
  const feeds = toFeeds(publication, content.collection, terms, render, next.past)
  const files = [
    ...feedFiles(feeds),
    { path: 'feeds.opml', contents: renderOpml(publication, feeds) },
    ...pageFiles({
      publication,
      channels: listChannels(publication, content.collection, terms.per),
      limit: terms.limit,
      render,
      templates: await readTemplates(config.root),
    }),
  ]
  const out = join(config.root, 'out')
  const archive = await writeArchive(config, content, next)
  const result = await writeFiles(out, files)
  const kept = new Set([...files.map(({ path }) => path), ...archive.paths])
  const folders = ['tags', 'authors', 'sections', 'languages', 'archive']
  const removed = await removeOthers(out, folders, kept)
  const written = result.written + archive.written
  const unchanged = result.unchanged + archive.unchanged
  return { content, feeds: feeds.length, written, unchanged, removed }
}

/** Document by document, since an archive holds all that was ever published; before the feed that leads to it. */
async function writeArchive(
  { root, publication, feeds: terms }: Config,
  { collection }: Content,
  { past: { history } }: NextHistory,
): Promise<{ written: number; unchanged: number; paths: readonly string[] }> {
  const total = { written: 0, unchanged: 0, paths: [] as string[] }
  if (history === undefined) return total
  for (const document of toArchive(publication, collection, terms, renderArticle, history)) {
    const files = feedFiles([document])
    const { written, unchanged } = await writeFiles(join(root, 'out'), files)
    total.written += written
    total.unchanged += unchanged
    total.paths.push(...files.map(({ path }) => path))
  }
  return total
}

/** Renders each article once, however many feeds and editions ask for it. */
export function rememberRendered(): RenderArticle {
  const rendered = new WeakMap<Article, RenderedArticle>()
  return (article) => {
    const known = rendered.get(article) ?? renderArticle(article)
    rendered.set(article, known)
    return known
  }
}
