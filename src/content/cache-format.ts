import type { Article, Body } from '../model/article.ts'
import type { Author } from '../model/publication.ts'
import type { Table } from './cache-table.ts'
import type { Found } from './found.ts'
import type { ParsedArticle, Readers } from './parse-article.ts'
import type { FormerArticle } from './settled.ts'
import type { Stamp } from './stamp.ts'
import { columnOf, noTexts, type Picked, pickTexts, textAt } from './text-column.ts'

/** One article to be kept; its `body.source` is not. */
export interface Row {
  readonly article: Omit<ParsedArticle, 'body'> & { readonly body: Omit<Body, 'source'> }
  /** the parsers that its file needs, which have to be there when its body is asked for */
  readonly needs: readonly (keyof Readers)[]
}

const texts = [
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
const numbers = [
  'size',
  'modified',
  'changed',
  'inode',
  'publishedAt',
  'updatedAt',
  'line',
  'flags',
] as const

const idColumn = 1

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
function toCells(
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

/** What is kept of `tidings.lock`. */
export interface KeptIdentities {
  readonly idOf: (file: string) => string | undefined
  /** whether the rows that stay have the identity that they had */
  readonly isResettled: boolean
  /** see Table */
  readonly lock: string
}

/** Rows of other tables and new ones, in the order of their files. */
export interface TableBuilder {
  /** A row of another table, as it is there. */
  take(from: Table, row: number): void
  /** @returns false for what does not fit into a table */
  add(row: Row, stamp: Stamp): boolean
  count(): number
  /** how many rows are not of this table */
  countOthers(table: Table): number
  /**
   * @param former tables of which the rows have the identity that they had; all others are asked for it
   * @param without rows of this one
   */
  build(identities: KeptIdentities, former?: readonly Table[], without?: Table): Table
}

export function buildTable(): TableBuilder {
  const origins: number[] = []
  const rows: number[] = []
  const added = { texts: texts.map((): string[] => []), numbers: numbers.map((): number[] => []) }
  // The first one is that of the rows that were added
  const tables: Table[] = [emptyTable]
  let origin = 0
  return {
    take(from, row) {
      if (tables[origin] !== from) origin = tables.indexOf(from)
      if (origin < 0) origin = tables.push(from) - 1
      origins.push(origin)
      rows.push(row)
    },
    add(row, stamp) {
      const cells = toCells(row, stamp)
      if (!cells) return false
      origins.push(0)
      rows.push(added.numbers[0]?.length ?? 0)
      cells.texts.forEach((cell, column) => void added.texts[column]?.push(cell))
      cells.numbers.forEach((cell, column) => void added.numbers[column]?.push(cell))
      return true
    },
    count: () => rows.length,
    countOthers(table) {
      const origin = tables.indexOf(table)
      return origins.reduce((count, one) => (one === origin ? count : count + 1), 0)
    },
    build({ idOf, isResettled, lock }, former = [], without) {
      const own: Table = {
        rows: added.numbers[0]?.length ?? 0,
        texts: added.texts.map(columnOf),
        numbers: added.numbers.map((column) => Float64Array.from(column)),
        lock: '',
      }
      const sources = [own, ...tables.slice(1)]
      const isKnown = (table: Table) => table === without || (isResettled && former.includes(table))
      const identified = sources.map((table) => (isKnown(table) ? table : withIds(table, idOf)))
      const picked = without
        ? pickOthers({ origins, rows }, sources.indexOf(without))
        : { origins, rows }
      return {
        rows: picked.rows.length,
        texts: texts.map((_, column) =>
          pickTexts(
            identified.map((table) => table.texts[column] ?? noTexts),
            picked,
          ),
        ),
        numbers: pickNumbers(sources, picked),
        lock,
      }
    },
  }
}

const emptyTable: Table = { rows: 0, texts: [], numbers: [], lock: '' }

function pickOthers({ origins, rows }: Picked, origin: number): Picked {
  const isOther = (_: unknown, at: number) => origins[at] !== origin
  return { rows: rows.filter(isOther), origins: origins.filter(isOther) }
}

function withIds(table: Table, idOf: KeptIdentities['idOf']): Table {
  const files = table.texts[0] ?? noTexts
  const ids = Array.from({ length: table.rows }, (_, row) => idOf(textAt(files, row)) ?? '')
  return { ...table, texts: table.texts.with(idColumn, columnOf(ids)) }
}

function pickNumbers(tables: readonly Table[], { origins, rows }: Picked): readonly Float64Array[] {
  return numbers.map((_, column) => {
    const columns = tables.map((table) => table.numbers[column])
    const cells = new Float64Array(rows.length)
    for (let row = 0; row < rows.length; row++) {
      cells[row] = columns[origins[row] ?? 0]?.[rows[row] ?? 0] ?? Number.NaN
    }
    return cells
  })
}
