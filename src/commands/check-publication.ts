import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkDocument, type DocumentFinding } from '../check/check-document.ts'
import { checkConfiguration } from '../check/configuration.ts'
import { type Finding, joinFindings } from '../check/findings.ts'
import {
  itemAt,
  lineOfSetting,
  locateInArticle,
  locateInConfiguration,
  type Source,
} from '../check/locate.ts'
import type { Config } from '../config.ts'
import type { Content } from '../content/load.ts'
import { toArchive } from '../feeds/archive.ts'
import { type FeedFile, feedFiles } from '../feeds/feed-files.ts'
import { renderOpml } from '../feeds/opml.ts'
import { toFeeds } from '../feeds/to-feed.ts'
import type { RenderArticle } from '../model/article.ts'
import type { ArticleList } from '../model/article-list.ts'
import { once } from '../model/memo.ts'
import type { Problem } from '../model/problem.ts'
import { readContent } from './build-feeds.ts'
import { correct } from './keep-corrections.ts'
import { nextHistory } from './keep-history.ts'
import { rememberRendered } from './remember-rendered.ts'

type Found = Finding & { readonly subject?: string }

/**
 * Makes the documents of a build in memory and checks them, with what the reading of the content warned of and what is
 * unwise in the configuration. Writes nothing but its cache.
 *
 * @returns how many documents there were, and what was found
 */
export async function checkPublication(
  config: Config,
  now: Date,
): Promise<readonly [documents: number, findings: readonly Finding[]]> {
  const { content } = correct(config, await readContent(config, now), now)
  const sourceOf = findSources(config, content.articles)
  const found: Found[] = [...ofSettings(config), ...content.warnings.map(ofContent)]
  let documents = 0
  const render = await rememberRendered()()
  for (const { path, contents } of makeDocuments(config, content, now, render)) {
    documents++
    const textOf = once(() => Buffer.from(contents).toString())
    const url = config.publication.url + path.split('/').map(encodeURIComponent).join('/')
    for (const finding of checkDocument(contents, { now, url }).findings) {
      const { code, severity, message, line, column, subject } = finding
      const item = finding.item ?? itemAt(textOf(), line, column)
      const source = sourceOf({ ...finding, ...(item !== undefined && { item }) })
      found.push({ code, severity, message, file: `out/${path}`, line, column, source, subject })
    }
  }
  return [documents, joinFindings(found)]
}

/** What a build would write for feed readers, one after the other. */
function* makeDocuments(
  config: Config,
  content: Content,
  now: Date,
  render: RenderArticle,
): Generator<FeedFile> {
  const { publication, feeds: terms } = config
  const { collection } = content
  const { past } = nextHistory(config, content, now)
  const feeds = toFeeds(publication, collection, terms, render, past)
  for (const feed of feeds) yield* feedFiles([feed])
  if (past.history) {
    for (const document of toArchive(publication, collection, terms, render, past.history))
      yield* feedFiles([document])
  }
  yield { path: 'feeds.opml', contents: Buffer.from(renderOpml(publication, feeds)) }
}

function ofContent({ file, line, message }: Problem): Found {
  const place = { file, ...(line !== undefined && { line }) }
  return { code: 'content', severity: 'warning', message, ...place }
}

function ofSettings(config: Config): readonly Found[] {
  const text = readText(config.root, config.file)
  return checkConfiguration(config).map(({ code, severity, message, key }) => {
    const line = lineOfSetting(key, text)
    return { code, severity, message, file: config.file, ...(line !== undefined && { line }) }
  })
}

/** Tells the file and line that cause a finding: those of the article that it is in, else those of the configuration. */
function findSources(
  { root, file }: Config,
  articles: ArticleList,
): (finding: DocumentFinding) => Source | undefined {
  const byId = new Map(
    articles.slice().flatMap((article) => [
      [article.id, article],
      [article.url, article],
    ]),
  )
  const texts = new Map<string, string>()
  const textOf = (path: string) => {
    const text = texts.get(path) ?? readText(root, path)
    texts.set(path, text)
    return text
  }
  return (finding) => {
    const article = finding.item === undefined ? undefined : byId.get(finding.item)
    if (!article) return locateInConfiguration(finding, { file, text: textOf(file) })
    return locateInArticle(finding, article, textOf(article.file))
  }
}

/** Empty where there is nothing to read any more: the finding is worth more than its line. */
function readText(root: string, path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return ''
  }
}
