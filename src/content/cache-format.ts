import type { Article, ArticleId, Body } from '../model/article.ts'
import type { Author } from '../model/publication.ts'
import type { Table } from './cache-table.ts'
import type { Found } from './found.ts'
import type { ParsedArticle, Readers } from './parse-article.ts'
import type { Stamp } from './stamp.ts'
import { entriesOf, filledRows, isTextAt, noTexts, onceEach, textAt } from './text-column.ts'

/** One article to be kept; its `body.source` is not. */
export interface Row {
  readonly article: Omit<ParsedArticle, 'body'> & { readonly body: Omit<Body, 'source'> }
  /** the parsers that its file needs, which have to be there when its body is asked for */
  readonly needs: readonly (keyof Readers)[]
}

export const texts = [
  'file',
  'id',
  'slug',
  'url',
  'title',
  'authors',
  'tags',
  'section',
  'language',
  'description',
  'hash',
  'rest',
  'needs',
] as const
export const numbers = [
  'size',
  'modified',
  'changed',
  'inode',
  'publishedAt',
  'updatedAt',
  'line',
  'flags',
] as const

export const idColumn = 1

/** Columns in which the same stands in many rows. */
export const isFolded = texts.map((name) =>
  ['authors', 'tags', 'section', 'language', 'needs'].includes(name),
)

const formats: readonly Body['format'][] = ['markdown', 'text', 'html']
const isDraft = 4
const isInNewsletter = 8

/** What has a column, and what goes into `rest`; a row with anything else is not kept. */
const columns: ReadonlySet<string> = new Set<keyof Article | 'hash'>([
  ...(['file', 'slug', 'url', 'title', 'publishedAt', 'updatedAt', 'authors', 'tags'] as const),
  ...(['section', 'language', 'description', 'hash', 'body', 'draft', 'inNewsletter'] as const),
])
const rest: ReadonlySet<string> = new Set<keyof ParsedArticle>([
  'contributors',
  'image',
  'enclosure',
  'expiresAt',
  'declaredId',
])

/** The cells of one row. @returns undefined for what does not fit into the table */
export function toCells(
  { article, needs }: Row,
  { size, modified, changed, inode }: Stamp,
): { readonly texts: readonly string[]; readonly numbers: readonly number[] } | undefined {
  const others: [string, unknown][] = []
  for (const key in article) {
    if (columns.has(key)) continue
    const value = article[key as keyof typeof article]
    if (value === undefined) continue
    if (!rest.has(key)) return undefined
    others.push([key, value])
  }
  const { file, slug, url, title, section, language, description, hash, body } = article
  const cells = [
    file,
    '',
    slug,
    url,
    title,
    toCell(article.authors, ({ name, email, url }) =>
      email === undefined && url === undefined ? name : '',
    ),
    toCell(article.tags, (tag) => tag),
    section,
    language,
    description,
    hash,
    others.length === 0 ? '' : JSON.stringify(Object.fromEntries(others)),
    needs.join(' '),
  ]
  if (cells.some((cell) => !cell.isWellFormed())) return undefined
  const flags =
    formats.indexOf(body.format) |
    (article.draft ? isDraft : 0) |
    (article.inNewsletter ? isInNewsletter : 0)
  const times = [article.publishedAt.getTime(), article.updatedAt.getTime()]
  return { texts: cells, numbers: [size, modified, changed, inode, ...times, body.line, flags] }
}

/** What only few articles have. */
export interface RestOfRow
  extends Pick<
    ParsedArticle,
    'contributors' | 'image' | 'enclosure' | 'expiresAt' | 'declaredId'
  > {}

/** Makes a body whose text is read when somebody asks for it. */
export type BodyOf = (found: Found, format: Body['format'], line: number, hash: string) => Body

/** The cells of a table, each made when it is asked for. */
export interface Rows {
  readonly count: number
  file(row: number): string
  /** whether that is the file of the row: the same as to ask for it and compare */
  isFile(row: number, file: string): boolean
  isStamped(row: number, stamp: Stamp): boolean
  id(row: number): ArticleId
  slug(row: number): string
  url(row: number): string
  title(row: number): string
  /** milliseconds since 1970-01-01T00:00Z */
  publishedAt(row: number): number
  updatedAt(row: number): number
  authors(row: number): readonly Author[]
  tags(row: number): readonly string[]
  section(row: number): string
  language(row: number): string
  description(row: number): string
  hash(row: number): string
  body(row: number, found: Found): Body
  draft(row: number): boolean
  isInNewsletter(row: number): boolean
  rest(row: number): RestOfRow
  needs(row: number): Row['needs']
  /** in order, the rows of which `rest` says anything */
  special(): readonly number[]
  /** all that any row needs */
  allNeeds(): Row['needs']
}

export function readRows({ rows, texts: columns, numbers: figures }: Table, bodyOf: BodyOf): Rows {
  const column = (name: (typeof texts)[number]) => columns[texts.indexOf(name)] ?? noTexts
  const cells = (name: (typeof texts)[number]) => {
    const cells = column(name)
    return (row: number) => textAt(cells, row)
  }
  const times = (name: (typeof numbers)[number]) => {
    const cells = figures[numbers.indexOf(name)]
    return (row: number) => cells?.[row] ?? Number.NaN
  }
  const files = column('file')
  const [size, modified, changed, inode, , , lines, flags] = figures
  const flag = (row: number) => flags?.[row] ?? 0
  const [hash, rest] = [cells('hash'), cells('rest')]
  const needs = onceEach(column('needs'), readNeeds)
  return {
    count: rows,
    file: cells('file'),
    isFile: (row, file) => isTextAt(files, row, file),
    isStamped: (row, stamp) =>
      size?.[row] === stamp.size &&
      modified?.[row] === stamp.modified &&
      changed?.[row] === stamp.changed &&
      inode?.[row] === stamp.inode,
    id: cells('id'),
    slug: cells('slug'),
    url: cells('url'),
    title: cells('title'),
    publishedAt: times('publishedAt'),
    updatedAt: times('updatedAt'),
    authors: onceEach(column('authors'), (cell) => readCell<Author>(cell, (name) => ({ name }))),
    tags: onceEach(column('tags'), (cell) => readCell<string>(cell, (tag) => tag)),
    section: onceEach(column('section'), (cell) => cell),
    language: onceEach(column('language'), (cell) => cell),
    description: cells('description'),
    hash,
    body: (row, found) =>
      bodyOf(found, formats[flag(row) & 3] ?? 'markdown', lines?.[row] ?? 1, hash(row)),
    draft: (row) => (flag(row) & isDraft) !== 0,
    isInNewsletter: (row) => (flag(row) & isInNewsletter) !== 0,
    rest: (row) => readRest(rest(row)),
    needs,
    special: () => filledRows(column('rest')),
    allNeeds: () => [...new Set(entriesOf(column('needs')).flatMap(readNeeds))],
  }
}

function readNeeds(cell: string): Row['needs'] {
  return cell === '' ? [] : (cell.split(' ') as (keyof Readers)[])
}

/** A list of lines as they are, with tabs between, where that is all there is to say; else as JSON after a tab. */
function toCell<T>(list: readonly T[], asLine: (item: T) => string): string {
  const lines = list.map(asLine)
  const isPlain = lines.every((line) => line !== '' && !line.includes('\t'))
  return isPlain ? lines.join('\t') : `\t${JSON.stringify(list)}`
}

function readCell<T>(cell: string, fromLine: (line: string) => T): readonly T[] {
  if (cell === '') return []
  if (cell.startsWith('\t')) return JSON.parse(cell.slice(1))
  return cell.includes('\t') ? cell.split('\t').map(fromLine) : [fromLine(cell)]
}

const noRest: RestOfRow = {}

function readRest(text: string): RestOfRow {
  if (text === '') return noRest
  const { expiresAt, ...others } = JSON.parse(text)
  return { ...others, ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }) }
}
