import { hash } from 'node:crypto'
import type { Article } from '../model/article.ts'
import type { Problem } from '../model/problem.ts'
import type { Publication } from '../model/publication.ts'
import { readTitle, type TitledBody } from './body.ts'
import { cleanLine } from './clean.ts'
import { localDay, type TimeZone } from './dates.ts'
import { articleUrl, readDeclaredUrl } from './declared-url.ts'
import { authorsOf, contributorsOf, descriptionOf, imageOf, languageOf, tagsOf } from './details.ts'
import { createFields, type Field, type Fields, readBoolean } from './fields.ts'
import { FrontMatterError, type ReadTable, type Table } from './front-matter.ts'
import type { HtmlDocument } from './html-document.ts'
import { readEnclosure } from './media.ts'
import { readFileName, toSlug } from './slug.ts'
import type { Source } from './source.ts'
import { type ArticleDates, dateInPath, readDates, readInstant } from './when.ts'

// A hundred times what people write; parsers take more than linear time
const mostCharacters = 100_000

/** An article that has no identity yet. */
export interface ParsedArticle extends Omit<Article, 'id'> {
  /** what its front matter says of its identity, as typed */
  readonly declaredId?: string
  /** of the text of its body; empty for an empty one */
  readonly hash: string
}

export interface ParseOptions {
  readonly publication: Publication
  readonly zone: TimeZone
  /** the content folder, relative to the publication's, without a slash at its end */
  readonly folder: string
  /** pattern of `content.permalink` */
  readonly permalink: string
  readonly readers: Readers
  /** the day of the file's first commit, for a file that has no date */
  readonly committedAt?: Date
}

/** The parsers that cost an import: only those needed by the files at hand have to be there. */
export interface Readers {
  readonly yaml?: ReadTable
  readonly toml?: ReadTable
  readonly html?: (source: string) => HtmlDocument
}

export interface ParseResult {
  /** absent when there are problems, and for a file that has neither title nor text */
  readonly article?: ParsedArticle
  /** in the order of lines */
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  /** whether all that it lacks is a date, which `committedAt` can give */
  readonly dateless: boolean
}

/**
 * Reads one article. All that is wrong with it is reported at once. Keys and their aliases are those of the contract;
 * keys of other generators that mean nothing here are passed over.
 */
export function parseArticle(source: Source, options: ParseOptions): ParseResult {
  const { file, matter } = source
  if (matter.fault) return failed({ file, ...matter.fault })
  let table: Table
  try {
    table = matter.table ?? readTable(source, options.readers)
  } catch (error) {
    if (!(error instanceof FrontMatterError)) throw error
    return failed({ file, line: matter.blockLine + error.line - 1, message: error.message })
  }
  const fields = createFields(file, matter, table)
  const document = source.format === 'html' ? options.readers.html?.(matter.body) : undefined
  const declared = fields.line(fields.find('title')) || undefined
  const titled = readTitle(source, declared, document)
  const { title, body } = titled
  if (title === '' && body.source === '' && fields.problems.length === 0) {
    // A page that a site generator fills by itself, as it does `_index.md`
    if (fields.find('template', 'layout', 'redirect')) {
      return { problems: [], warnings: [], dateless: false }
    }
    const message = 'has neither a title nor text, and is left out; write some, or delete the file'
    return { problems: [], warnings: [{ file, message }], dateless: false }
  }
  const reading = { fields, document, options }
  const place = placeOf(file, reading)
  const article = assemble(file, titled, place, reading)
  const problems = [...fields.problems]
  if (title === '') {
    problems.push({ file, message: "has no title; add 'title: …' to its front matter" })
  }
  if (place.missing) problems.push({ file, message: place.missing })
  return {
    ...(problems.length === 0 && { article }),
    problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    warnings: fields.warnings,
    dateless: place.missing !== undefined && problems.length === 1,
  }
}

/** Where and when an article is published. */
interface Place extends ArticleDates {
  readonly slug: string
  readonly url: string
  readonly section: string
  readonly draft: boolean
}

/** All that there is to read an article from. */
interface Reading {
  readonly fields: Fields
  /** of an HTML file */
  readonly document: HtmlDocument | undefined
  readonly options: ParseOptions
}

function placeOf(file: string, { fields, document, options }: Reading): Place {
  const { publication, permalink: pattern, zone, folder, committedAt } = options
  const name = readFileName(folder === '.' ? file : file.slice(folder.length + 1))
  const declared = readDeclaredUrl(fields)
  const draft = readSwitch(fields, fields.find('draft')) ?? isUnpublished(fields)
  const path = dateInPath(declared?.text ?? '')
  const sources = { meta: document?.meta, fileName: name.date, path, committedAt, draft }
  const dates = readDates(fields, zone, sources)
  const [year, month, day] = localDay(dates.publishedAt, zone)
  const slug = declaredSlug(fields) ?? name.slug
  const folders = name.folders.map(toSlug)
  const parts = {
    slug,
    year,
    month,
    day,
    section: folders[0] ?? '',
    path: [...folders, slug].join('/'),
  }
  const url = articleUrl(fields, declared, { parts, pattern, base: publication.url })
  return { ...dates, slug, url, section: cleanLine(name.folders[0] ?? ''), draft }
}

function assemble(
  file: string,
  { title, body }: TitledBody,
  { publishedAt, updatedAt, slug, url, section, draft }: Place,
  { fields, document, options }: Reading,
): ParsedArticle {
  const { publication, zone } = options
  const enclosure = fields.findAnywhere('enclosure')
  const expires = fields.find('expires', 'expirydate', 'expiry_date')
  const id = fields.findAnywhere('id', 'guid', 'uuid')
  const contributors = fields.findAnywhere('contributors', 'contributor')
  return {
    file,
    slug,
    url,
    title,
    publishedAt,
    updatedAt,
    authors: authorsOf(fields, document, publication),
    tags: tagsOf(fields, document),
    section,
    language: languageOf(fields, document) ?? publication.language,
    description: descriptionOf(fields, document),
    body,
    hash: hashText(body.source),
    ...optional('contributors', contributors && contributorsOf(contributors, fields, publication)),
    ...optional('image', imageOf(fields, document, url)),
    ...optional('enclosure', enclosure && readEnclosure(enclosure, fields, url)),
    ...optional('expiresAt', readInstant(fields, expires, zone)),
    ...optional('declaredId', fields.line(id)),
    draft,
    inNewsletter: readSwitch(fields, fields.findAnywhere('newsletter')) ?? true,
  }
}

export function hashText(text: string): string {
  return text === '' ? '' : hash('sha256', text, 'base64url').slice(0, 22)
}

function readTable({ matter }: Source, readers: Readers): Table {
  if (matter.block.length > mostCharacters) {
    const message = 'the front matter is too big; what belongs to the text goes below it'
    throw new FrontMatterError(1, message)
  }
  const read = matter.syntax === 'toml' ? readers.toml : readers.yaml
  if (!read) throw new Error(`no reader for ${matter.syntax} was given`)
  return read(matter.block)
}

function failed(problem: Problem): ParseResult {
  return { problems: [problem], warnings: [], dateless: false }
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}

function declaredSlug(fields: Fields): string | undefined {
  const slug = fields.line(fields.find('slug'))
  return slug ? toSlug(slug) : undefined
}

function readSwitch(fields: Fields, field: Field | undefined): boolean | undefined {
  if (!field) return undefined
  const value = readBoolean(field.value)
  if (value === undefined) fields.reject(field, `${field.name} must be true or false`)
  return value
}

function isUnpublished(fields: Fields): boolean {
  const field = fields.find('published')
  return field !== undefined && readBoolean(field.value) === false
}
