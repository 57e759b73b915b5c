import type { Body } from '../model/article.ts'
import { Fault } from '../model/fault.ts'
import type { Problem } from '../model/problem.ts'
import type { CacheFile } from './cache-file.ts'
import type { KeptArticle, KeptIdentities, Row } from './cache-format.ts'
import { openKept } from './kept-articles.ts'
import type { LockEntry } from './lock.ts'
import {
  type ParsedArticle,
  type ParseOptions,
  type ParseResult,
  parseArticle,
  type Readers,
} from './parse-article.ts'
import { type Found, listFolder, readArticleFile } from './read-folder.ts'
import type { FormerLock } from './settled.ts'
import type { Source } from './source.ts'

/** The content folder, read. */
export interface ReadFolder {
  /** in the order of their files */
  readonly results: readonly (KeptArticle | ParseResult)[]
  /** files and folders that could not be read */
  readonly problems: readonly Problem[]
  /** all article files, with those that could not be read */
  readonly present: ReadonlySet<string>
  /** where the article of a file stood that is gone since the former build, as far as that is kept */
  readonly urlOf: (file: string) => string | undefined
  /** see KeptArticles */
  readonly formerLock: FormerLock | undefined
  /** whether all articles can be kept */
  readonly isWhole: boolean
  /** Keeps the articles for the next build. */
  keep(identities: KeptIdentities): void
}

const twins =
  'two files have this name, in two Unicode spellings that look the same; rename one of them'

/** Options of `parseArticle`; the readers are imported here as files need them. */
export type ReadOptions = Omit<ParseOptions, 'readers' | 'committedAt'>

/**
 * Reads and parses all files of the content folder; passes over a README without front matter. The texts of the
 * articles do not stay in memory: `body.source` reads its file again when somebody asks for it.
 *
 * @param lock what is remembered of articles that were published: a date among it; asked for when one is wanted
 * @param cache spares the files that have not changed since the former build
 * @throws {Fault} 'content-invalid' when there is no such folder
 */
export async function readArticles(
  root: string,
  options: ReadOptions,
  lock: () => readonly LockEntry[],
  cache?: CacheFile,
): Promise<ReadFolder> {
  const { files, problems: unlisted } = listFolder(root, options.folder)
  const kept = cache && openKept(cache)
  const readers: Readers = {}
  const reading = { ...options, readers }
  const problems = [...unlisted]
  const results: (KeptArticle | ParseResult)[] = []
  const present = new Set<string>()
  const dateless = new Map<number, Source>()
  let isWhole = true
  for (const found of files) {
    const { file } = found
    if (present.has(file)) {
      problems.push({ file, message: twins })
      continue
    }
    present.add(file)
    const readBody = () => bodyOf(found, reading)
    const known = kept?.find(found, (body) => new LazyBody(body, readBody))
    if (known) {
      if (known.needs.length > 0) await openReaders(known.needs, readers)
      results.push(known)
      continue
    }
    const read = readArticleFile(found)
    if ('message' in read) {
      problems.push(read)
      continue
    }
    const { source, stamp } = read
    if (isBareReadme(source)) {
      present.delete(file)
      continue
    }
    const needs = needsOf(source)
    if (needs.length > 0) await openReaders(needs, readers)
    const result = parseArticle(source, reading)
    const { article, warnings } = result
    if (result.dateless) dateless.set(results.length, source)
    const isKept =
      !result.dateless &&
      article !== undefined &&
      warnings.length === 0 &&
      kept?.add({ article, needs }, stamp) === true
    isWhole &&= isKept
    results.push(article ? { ...result, article: withLazyBody(article, readBody) } : result)
  }
  await findDates(results, dateless, { root, lock, present }, reading)
  return {
    results,
    problems,
    present,
    urlOf: (file) => kept?.urlOf(file),
    formerLock: isWhole ? kept?.formerLock() : undefined,
    isWhole,
    keep: (identities) => kept?.save(identities),
  }
}

/** As `parseArticle` would have it. */
export function parsedOf(result: KeptArticle | ParseResult): ParsedArticle | undefined {
  if (!('needs' in result)) return result.article
  const { article, hash, declaredId } = result
  return { ...article, hash, ...(declaredId !== undefined && { declaredId }) }
}

function isBareReadme({ file, matter }: Source): boolean {
  return matter.syntax === 'none' && /(?:^|\/)readme\.[^/]*$/i.test(file)
}

/**
 * Gives files without a date the one that they were published under, whatever has become of Git's history since;
 * else the day of their first commit, where there is one.
 */
async function findDates(
  results: (KeptArticle | ParseResult)[],
  dateless: ReadonlyMap<number, Source>,
  {
    root,
    lock,
    present,
  }: { root: string; lock: () => readonly LockEntry[]; present: ReadonlySet<string> },
  options: ParseOptions,
): Promise<void> {
  if (dateless.size === 0) return
  const entries = lock()
  const byFile = new Map(entries.map(({ file, date }) => [file, new Date(date)]))
  const moved = new Map(
    entries
      .filter(({ file, hash }) => hash !== '' && !present.has(file))
      .map((one) => [one.hash, one]),
  )
  const { readCommitDates } = await import('./git-dates.ts')
  const dates = await readCommitDates(root, options.folder)
  for (const [at, source] of dateless) {
    const known = byFile.get(source.file) ?? dates.get(source.file)
    const first = parseArticle(source, { ...options, committedAt: known ?? new Date(0) })
    const before = known ? undefined : moved.get(first.article?.hash ?? '')
    if (!known && !before) continue
    const committedAt = before && new Date(before.date)
    const result = committedAt ? parseArticle(source, { ...options, committedAt }) : first
    const { article } = result
    results[at] = article
      ? { ...result, article: { ...article, body: { ...article.body, hash: article.hash } } }
      : result
  }
}

/** The parsers that cost an import: most collections can do without one or another. */
function needsOf({ format, matter }: Source): readonly (keyof Readers)[] {
  const { syntax, table } = matter
  const block = table || syntax === 'none' ? [] : [syntax]
  return format === 'html' ? [...block, 'html'] : block
}

async function openReaders(names: Row['needs'], readers: Readers): Promise<void> {
  const lacking = names.filter((name) => !readers[name])
  const open = {
    yaml: async () => ({ yaml: (await import('./parse-yaml.ts')).parseYaml }),
    toml: async () => ({ toml: (await import('./parse-toml.ts')).parseToml }),
    html: async () => ({ html: (await import('./html-document.ts')).readHtmlDocument }),
  }
  for (const name of lacking) Object.assign(readers, await open[name]())
}

function withLazyBody(article: ParsedArticle, read: () => string): ParsedArticle {
  const { hash, body } = article
  const lazy = new LazyBody({ format: body.format, line: body.line, hash }, read)
  // Not a copy: it was made just now, and for nobody else
  return Object.assign(article, { body: lazy })
}

/**
 * A body that is in memory only from the first time that somebody asks for it. A class, since one is made for each
 * article, and a getter of its own takes ten times as long to make as the rest.
 */
class LazyBody implements Body {
  readonly format: Body['format']
  readonly line: number
  readonly hash: string
  readonly #read: () => string
  #text: string | undefined

  constructor({ format, line, hash }: Required<Omit<Body, 'source'>>, read: () => string) {
    this.format = format
    this.line = line
    this.hash = hash
    this.#read = read
  }

  get source(): string {
    this.#text ??= this.#read()
    return this.#text
  }
}

function bodyOf(found: Found, options: ParseOptions): string {
  const read = readArticleFile(found)
  const article = 'message' in read ? undefined : parseArticle(read.source, options).article
  if (article) return article.body.source
  throw new Fault('content-invalid', `${found.file}: was changed while it was read; run it again`)
}
