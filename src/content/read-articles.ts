import type { Body } from '../model/article.ts'
import { Fault } from '../model/fault.ts'
import type { Problem } from '../model/problem.ts'
import { readCommitDates } from './git-dates.ts'
import { type ParseOptions, type ParseResult, parseArticle, type Readers } from './parse-article.ts'
import { type Found, listFolder, type ReadFile, readArticleFile } from './read-folder.ts'
import type { Source } from './source.ts'

/** The content folder, read. */
export interface ReadFolder {
  /** in the order of their files */
  readonly results: readonly ParseResult[]
  /** files and folders that could not be read */
  readonly problems: readonly Problem[]
  /** all article files, with those that could not be read */
  readonly present: ReadonlySet<string>
}

const twins =
  'two files have this name, in two Unicode spellings that look the same; rename one of them'

/** Options of `parseArticle`; the readers are imported here as files need them. */
export type ReadOptions = Omit<ParseOptions, 'readers' | 'committedAt'>

/**
 * Reads and parses all files of the content folder; passes over a README without front matter. The texts of the
 * articles do not stay in memory: `body.source` reads its file again when somebody asks for it.
 *
 * @throws {Fault} 'content-invalid' when there is no such folder
 */
export async function readArticles(root: string, options: ReadOptions): Promise<ReadFolder> {
  const { files, problems: unlisted } = listFolder(root, options.folder)
  const problems = [...unlisted]
  const results: ParseResult[] = []
  const present = new Set<string>()
  const dateless = new Map<number, Source>()
  const readers: Readers = {}
  for (const found of files) {
    const { file } = found
    const read: ReadFile | Problem = present.has(file)
      ? { file, message: twins }
      : readArticleFile(found)
    present.add(file)
    if ('message' in read) {
      problems.push(read)
      continue
    }
    const { source } = read
    if (isBareReadme(source)) {
      present.delete(file)
      continue
    }
    if (lacksReader(source, readers)) Object.assign(readers, await openReader(source))
    const result = parseArticle(source, { ...options, readers })
    if (result.dateless) dateless.set(results.length, source)
    results.push(withLazyBody(result, () => bodyOf(found, { ...options, readers })))
  }
  await dateFromCommits(results, dateless, root, { ...options, readers })
  return { results, problems, present }
}

function isBareReadme({ file, matter }: Source): boolean {
  return matter.syntax === 'none' && /(?:^|\/)readme\.[^/]*$/i.test(file)
}

/** Gives files without a date the day of their first commit, where there is one. */
async function dateFromCommits(
  results: ParseResult[],
  dateless: ReadonlyMap<number, Source>,
  root: string,
  options: ParseOptions,
): Promise<void> {
  if (dateless.size === 0) return
  const dates = await readCommitDates(root, options.folder)
  for (const [at, source] of dateless) {
    const committedAt = dates.get(source.file)
    if (committedAt) results[at] = parseArticle(source, { ...options, committedAt })
  }
}

function needsHtml({ format }: Source): boolean {
  return format === 'html'
}

function lacksReader(source: Source, readers: Readers): boolean {
  if (needsHtml(source) && !readers.html) return true
  const { syntax, table } = source.matter
  return !table && (syntax === 'yaml' ? !readers.yaml : syntax === 'toml' && !readers.toml)
}

/** Imports the parsers that a file needs: most collections can do without one or another. */
async function openReader(source: Source): Promise<Readers> {
  const { syntax, table } = source.matter
  const block = table ? 'none' : syntax
  return {
    ...(block === 'yaml' && { yaml: (await import('./parse-yaml.ts')).parseYaml }),
    ...(block === 'toml' && { toml: (await import('./parse-toml.ts')).parseToml }),
    ...(needsHtml(source) && { html: (await import('./html-document.ts')).readHtmlDocument }),
  }
}

function withLazyBody(result: ParseResult, read: () => string): ParseResult {
  if (!result.article) return result
  return { ...result, article: { ...result.article, body: lazyBody(result.article.body, read) } }
}

/** A body that is in memory only from the first time that somebody asks for it. */
function lazyBody({ format, line }: Omit<Body, 'source'>, read: () => string): Body {
  let text: string | undefined
  return {
    format,
    line,
    get source() {
      text ??= read()
      return text
    },
  }
}

function bodyOf(found: Found, options: ParseOptions): string {
  const read = readArticleFile(found)
  const article = 'message' in read ? undefined : parseArticle(read.source, options).article
  if (article) return article.body.source
  throw new Fault('content-invalid', `${found.file}: was changed while it was read; run it again`)
}
