import { splitFrontMatter } from '../content/front-matter.ts'
import type { About } from './notes.ts'

/** Where the cause of a finding stands. */
export interface Source {
  /** relative to the publication's folder */
  readonly file: string
  /** 1-based; absent when only the file is known */
  readonly line?: number
}

/** By element or member: the keys of the front matter that it comes from. */
const articleKeys: readonly [fields: string, keys: string][] = [
  ['title', 'title'],
  ['pubDate published date_published date', 'date published pubDate publishDate'],
  ['updated date_modified', 'updated lastmod modified last_modified_at'],
  ['guid id', 'id guid uuid'],
  ['link url', 'permalink url path'],
  ['category tags', 'tags categories keywords taxonomies'],
  ['creator author authors name email uri', 'author authors'],
  ['description summary', 'description summary excerpt'],
  ['enclosure attachments mime_type size_in_bytes duration_in_seconds', 'enclosure'],
  ['content thumbnail image', 'image cover thumbnail'],
  ['language', 'language lang'],
]

/** By element or member of the feed itself: the keys of the configuration. */
const settingKeys: readonly [fields: string, keys: string][] = [
  ['title', 'title'],
  ['description subtitle', 'description'],
  ['link home_page_url feed_url', 'url'],
  ['language', 'language'],
  ['copyright rights', 'copyright'],
  ['managingEditor author authors name email uri', 'author'],
  ['image icon logo favicon', 'icon'],
]

/**
 * The line of an article that causes a finding: where the words objected to stand, else the key of the front matter that
 * the element is made from, else the beginning of the body.
 *
 * @param text the article's file as it is
 */
export function locateInArticle(
  { field = '', subject }: About,
  { file, body }: { readonly file: string; readonly body: { readonly line: number } },
  text: string,
): Source {
  const normal = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  const found = lineOfWords(normal, subject)
  if (found !== undefined) return { file, line: found }
  const { block, blockLine } = splitFrontMatter(normal)
  const key = lineOfKeys(block, keysOf(articleKeys, field))
  if (key !== undefined) return { file, line: blockLine + key }
  return /^content|^encoded$/.test(field) ? { file, line: body.line } : { file }
}

/**
 * The identity of the item or entry of a document in which a place stands: of what is found in the text as such, nothing else
 * tells the article.
 *
 * @param line from 1, as is `column`
 */
export function itemAt(document: string, line: number, column: number): string | undefined {
  let start = 0
  for (let at = 1; at < line; at++) start = document.indexOf('\n', start) + 1
  const place = start + column - 1
  const begin = Math.max(
    ...['<item>', '<entry>', '<entry '].map((tag) => document.lastIndexOf(tag, place)),
  )
  const end = Math.max(...['</item>', '</entry>'].map((tag) => document.lastIndexOf(tag, place)))
  if (begin < 0 || begin < end) return undefined
  const id = /<(?:id|guid[^>]*)>([^<]*)</.exec(document.slice(begin))?.[1]
  return id?.replaceAll('&amp;', '&')
}

/** The line of the configuration that causes a finding about a feed as a whole. */
export function locateInConfiguration(
  { field = '', subject }: About,
  { file, text }: { readonly file: string; readonly text: string },
): Source {
  const line = lineOfKeys(text, keysOf(settingKeys, field))
  const found = line === undefined ? lineOfWords(text, subject) : line + 1
  return found === undefined ? { file } : { file, line: found }
}

/** @returns the line of a key by its last part: `server.url` */
export function lineOfSetting(key: string, text: string): number | undefined {
  const [group = '', name] = key.split('.')
  const lines = text.split('\n')
  const from = lines.findIndex((line) => isKey(line, group))
  if (from < 0 || name === undefined) return from < 0 ? undefined : from + 1
  const at = lines.findIndex((line, index) => index >= from && isKey(line, name))
  return (at < 0 ? from : at) + 1
}

function keysOf(table: readonly [string, string][], field: string): readonly string[] {
  return table.find(([fields]) => fields.split(' ').includes(field))?.[1].split(' ') ?? []
}

function lineOfKeys(block: string, keys: readonly string[]): number | undefined {
  const lines = block.split('\n')
  for (const key of keys) {
    const at = lines.findIndex((line) => isKey(line, key))
    if (at >= 0) return at
  }
  return undefined
}

function isKey(line: string, key: string): boolean {
  const at = line.search(/[\w$]/)
  const end = at + key.length
  return line.slice(at, end).toLowerCase() === key.toLowerCase() &&
    /^["']?\s*[:=]/.test(line.slice(end))
    ? true
    : new RegExp(`[{,]\\s*["']?${key}["']?\\s*:`, 'i').test(line)
}

function lineOfWords(text: string, words: string | undefined): number | undefined {
  // Shorter ones stand anywhere.
  if (words === undefined || words.trim().length < 4) return undefined
  const at = text.indexOf(words)
  return at < 0 ? undefined : text.slice(0, at).split('\n').length
}
