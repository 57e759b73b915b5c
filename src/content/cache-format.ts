import type { Article, Body } from '../model/article.ts'
import type { Author } from '../model/publication.ts'
import type { Table } from './cache-table.ts'
import type { Found } from './found.ts'
import type { ParsedArticle, Readers } from './parse-article.ts'
import type { FormerArticle } from './settled.ts'
import type { Stamp } from './stamp.ts'
import { noTexts, textAt } from './text-column.ts'

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

const formats: readonly Body['format'][] = ['markdown', 'text', 'html']
const isDraft = 4
const isInNewsletter = 8

/** What has a column, and what goes into `rest`; a row with anything else is not kept. */
const columns: ReadonlySet<string> = new Set<keyof Article | 'hash'>([
  ...(['file', 'slug', 'url', 'title', 'publishedAt', 'updatedAt', 'authors', 'tags'] as const),
  ...(['section', 'language', 'description', 'hash', 'body', 'draft', 'inNewsletter'] as const),
])
const rest: ReadonlySet<string> = new Set<keyof ParsedArticle>([
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

/** What a row says, as an article with the identity that it had; its body is that of `bodyOf`. */
export interface KeptArticle {
  readonly article: Article
  readonly hash: string
  readonly declaredId?: string
  readonly needs: Row['needs']
}

/** Makes a body whose text is read when somebody asks for it. */
export type BodyOf = (found: Found, format: Body['format'], line: number, hash: string) => Body

/** The rows of a table, each made when it is asked for. */
export interface Rows {
  readonly count: number
  fileAt(row: number): string
  urlAt(row: number): string
  isStamped(row: number, stamp: Stamp): boolean
  at(row: number, found: Found, bodyOf: BodyOf): KeptArticle
  /** The same, of a row that has no identity yet. */
  parsedAt(row: number, found: Found, bodyOf: BodyOf): ParsedArticle
  needsAt(row: number): Row['needs']
  /** What the lock said of it. */
  formerAt(row: number): FormerArticle
}

export function readRows({ rows, texts: columns, numbers }: Table): Rows {
  const cell = (name: (typeof texts)[number]) => {
    const column = columns[texts.indexOf(name)] ?? noTexts
    return (row: number) => textAt(column, row)
  }
  const [file, id, slug, url, title] = [
    cell('file'),
    cell('id'),
    cell('slug'),
    cell('url'),
    cell('title'),
  ]
  const [section, language, description] = [cell('section'), cell('language'), cell('description')]
  const [hash, rest, needs] = [cell('hash'), cell('rest'), cell('needs')]
  const [authors, tags] = [cell('authors'), cell('tags')]
  const [size, modified, changed, inode, published, updated, line, flags] = numbers
  // Few authors and tags stand in many articles
  const authorsIn = remember((cell) => readCell<Author>(cell, (name) => ({ name })))
  const tagsIn = remember((cell) => readCell<string>(cell, (tag) => tag))
  return {
    count: rows,
    fileAt: file,
    urlAt: url,
    isStamped: (row, stamp) =>
      size?.[row] === stamp.size &&
      modified?.[row] === stamp.modified &&
      changed?.[row] === stamp.changed &&
      inode?.[row] === stamp.inode,
    formerAt: (row) => ({ id: id(row), title: title(row), hash: hash(row), url: url(row) }),
    needsAt,
    at(row, found, bodyOf) {
      const more = readRest(rest(row))
      const article = articleAt(row, found, bodyOf, more)
      const { declaredId } = more
      const known = { article, hash: article.body.hash ?? '', needs: needsAt(row) }
      return declaredId === undefined ? known : { ...known, declaredId }
    },
    parsedAt(row, found, bodyOf) {
      const more = readRest(rest(row))
      const article = articleAt(row, found, bodyOf, more)
      const { declaredId } = more
      const parsed = Object.assign(article, { hash: article.body.hash ?? '' })
      return declaredId === undefined ? parsed : { ...parsed, declaredId }
    },
  }

  // In the order of `toArticle`, so that both make the same; and as quickly, since it is done for every article
  function articleAt(
    row: number,
    found: Found,
    bodyOf: BodyOf,
    more: Partial<ParsedArticle>,
  ): Article {
    const flag = flags?.[row] ?? 0
    const publishedAt = new Date(published?.[row] ?? Number.NaN)
    const isUpdated = published?.[row] !== updated?.[row]
    const plain = {
      id: id(row),
      file: file(row),
      slug: slug(row),
      url: url(row),
      title: title(row),
      publishedAt,
      updatedAt: isUpdated ? new Date(updated?.[row] ?? Number.NaN) : publishedAt,
      authors: authorsIn(authors(row)),
      tags: tagsIn(tags(row)),
      section: section(row),
      language: language(row),
      description: description(row),
      body: bodyOf(found, formats[flag & 3] ?? 'markdown', line?.[row] ?? 1, hash(row)),
      draft: (flag & isDraft) !== 0,
      inNewsletter: (flag & isInNewsletter) !== 0,
    }
    if (more === noRest) return plain
    const { image, enclosure, expiresAt } = more
    return {
      ...plain,
      ...(image && { image }),
      ...(enclosure && { enclosure }),
      ...(expiresAt && { expiresAt }),
    }
  }

  function needsAt(row: number): Row['needs'] {
    const needed = needs(row)
    return needed === '' ? noNeeds : (needed.split(' ') as (keyof Readers)[])
  }
}

const noNeeds: Row['needs'] = []

/** A list of lines as they are, with tabs between, where that is all there is to say; else as JSON after a tab. */
function toCell<T>(list: readonly T[], asLine: (item: T) => string): string {
  const lines = list.map(asLine)
  const isPlain = lines.every((line) => line !== '' && !line.includes('\t'))
  return isPlain ? lines.join('\t') : `\t${JSON.stringify(list)}`
}

function remember<T>(read: (cell: string) => T): (cell: string) => T {
  const known = new Map<string, T>()
  return (cell) => {
    const value = known.get(cell) ?? read(cell)
    known.set(cell, value)
    return value
  }
}

function readCell<T>(cell: string, fromLine: (line: string) => T): readonly T[] {
  if (cell === '') return []
  if (cell.startsWith('\t')) return JSON.parse(cell.slice(1))
  return cell.includes('\t') ? cell.split('\t').map(fromLine) : [fromLine(cell)]
}

const noRest: Partial<ParsedArticle> = {}

function readRest(text: string): Partial<ParsedArticle> {
  if (text === '') return noRest
  const { expiresAt, ...others } = JSON.parse(text)
  return { ...others, ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }) }
}
