import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import type { Article, Body } from '../model/article.ts'
import type { Author } from '../model/publication.ts'
import type { ParsedArticle, Readers } from './parse-article.ts'
import type { Stamp } from './stamp.ts'

/**
 * What is kept of the articles from one build to the next: columns, since a hundred thousand rows of JSON take longer
 * to read than their files to stat. Rows are in the order of their files.
 */
export interface Table {
  readonly rows: number
  /** by column (see `texts`), then by row */
  readonly texts: readonly (readonly string[])[]
  /** by column (see `numbers`), then by row */
  readonly numbers: readonly Float64Array[]
}

/** One article to be kept; its `body.source` is not. */
export interface Row {
  readonly article: Omit<ParsedArticle, 'body'> & { readonly body: Omit<Body, 'source'> }
  /** the parsers that its file needs, which have to be there when its body is asked for */
  readonly needs: readonly (keyof Readers)[]
}

const texts = [
  'file',
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
  if (cells.some((cell) => cell.includes('\n') || !cell.isWellFormed())) return undefined
  const flags =
    formats.indexOf(body.format) |
    (article.draft ? isDraft : 0) |
    (article.inNewsletter ? isInNewsletter : 0)
  const times = [article.publishedAt.getTime(), article.updatedAt.getTime()]
  return { texts: cells, numbers: [size, modified, changed, inode, ...times, body.line, flags] }
}

/** The rows of a table, each made when it is asked for. */
export interface Rows {
  readonly count: number
  fileAt(row: number): string
  urlAt(row: number): string
  isStamped(row: number, stamp: Stamp): boolean
  at(row: number): Row
}

export function readRows({ rows, texts, numbers }: Table): Rows {
  const [file, slug, url, title, authors, tags, section, language, description, hash, rest, needs] =
    texts
  const [size, modified, changed, inode, published, updated, line, flags] = numbers
  // Few authors and tags stand in many articles
  const authorsIn = remember((cell) => readCell<Author>(cell, (name) => ({ name })))
  const tagsIn = remember((cell) => readCell<string>(cell, (tag) => tag))
  return {
    count: rows,
    fileAt: (row) => file?.[row] ?? '',
    urlAt: (row) => url?.[row] ?? '',
    isStamped: (row, stamp) =>
      size?.[row] === stamp.size &&
      modified?.[row] === stamp.modified &&
      changed?.[row] === stamp.changed &&
      inode?.[row] === stamp.inode,
    at(row) {
      const flag = flags?.[row] ?? 0
      const article = {
        file: file?.[row] ?? '',
        slug: slug?.[row] ?? '',
        url: url?.[row] ?? '',
        title: title?.[row] ?? '',
        publishedAt: new Date(published?.[row] ?? Number.NaN),
        updatedAt: new Date(updated?.[row] ?? Number.NaN),
        authors: authorsIn(authors?.[row] ?? ''),
        tags: tagsIn(tags?.[row] ?? ''),
        section: section?.[row] ?? '',
        language: language?.[row] ?? '',
        description: description?.[row] ?? '',
        hash: hash?.[row] ?? '',
        body: { format: formats[flag & 3] ?? 'markdown', line: line?.[row] ?? 1 },
        draft: (flag & isDraft) !== 0,
        inNewsletter: (flag & isInNewsletter) !== 0,
      }
      return {
        article: rest?.[row] ? { ...article, ...readRest(rest[row]) } : article,
        needs: needs?.[row] ? (needs[row].split(' ') as (keyof Readers)[]) : [],
      }
    },
  }
}

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

function readRest(text: string): Partial<ParsedArticle> {
  const { expiresAt, ...others } = JSON.parse(text)
  return { ...others, ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }) }
}

const form = 1
const digestLength = 40

interface Head {
  readonly form: number
  readonly key: string
  readonly rows: number
  /** octets of each column of text */
  readonly lengths: readonly number[]
  /** whether all cells of a column are the same, and written once */
  readonly same: readonly boolean[]
}

/** @param key all that the rows depend on beside their files */
export function encodeTable(key: string, { rows, texts: cells, numbers: figures }: Table): Buffer {
  const same = cells.map((column) => column.every((cell) => cell === column[0]))
  const columns = cells.map((column, at) =>
    Buffer.from(same[at] ? (column[0] ?? '') : column.join('\n')),
  )
  const head: Head = { form, key, rows, lengths: columns.map(({ length }) => length), same }
  const content = Buffer.concat([
    Buffer.from(`${JSON.stringify(head)}\n`),
    ...figures.map((column) => Buffer.from(column.buffer, column.byteOffset, column.byteLength)),
    ...columns,
  ])
  return Buffer.concat([Buffer.from(`${digest(content)}\n`), content])
}

/** @returns undefined for what is damaged, foreign, of another form or under another key */
export function decodeTable(key: string, bytes: Buffer): Table | undefined {
  const content = bytes.subarray(digestLength + 1)
  if (bytes.toString('latin1', 0, digestLength) !== digest(content)) return undefined
  let at = content.indexOf(10) + 1
  const head: Head = JSON.parse(content.toString('utf8', 0, at))
  if (head.form !== form || head.key !== key) return undefined
  const take = (length: number) => {
    at += length
    return content.subarray(at - length, at)
  }
  const figures = numbers.map(() => {
    const { buffer, byteOffset, byteLength } = take(head.rows * Float64Array.BYTES_PER_ELEMENT)
    return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength))
  })
  const cells = head.lengths.map((length, column) => {
    const text = take(length).toString('utf8')
    return head.same[column] ? new Array<string>(head.rows).fill(text) : text.split('\n')
  })
  return { rows: head.rows, texts: cells, numbers: figures }
}

/** Rows of a former table that stay and new ones, in the order of their files. */
export interface TableBuilder {
  keep(row: number): void
  add(row: Row, stamp: Stamp): void
  /** whether the table would be the former one */
  isSame(): boolean
  build(): Table
}

export function buildTable(former: Table | undefined): TableBuilder {
  const kept: number[] = []
  const added: ReturnType<typeof toCells>[] = []
  let isChanged = false
  return {
    keep: (row) => void kept.push(row),
    add(row, stamp) {
      const cells = toCells(row, stamp)
      if (!cells) return
      isChanged = true
      kept.push(-added.push(cells))
    },
    isSame: () => !isChanged && kept.length === (former?.rows ?? 0),
    build: () => ({
      rows: kept.length,
      texts: texts.map((_, column) => {
        const before = former?.texts[column] ?? []
        return kept.map((row) => (row < 0 ? added[-row - 1]?.texts[column] : before[row]) ?? '')
      }),
      numbers: numbers.map((_, column) => {
        const before = former?.numbers[column]
        return Float64Array.from(
          kept.map(
            (row) => (row < 0 ? added[-row - 1]?.numbers[column] : before?.[row]) ?? Number.NaN,
          ),
        )
      }),
    }),
  }
}

function digest(content: Buffer): string {
  return hash('sha1', content)
}
