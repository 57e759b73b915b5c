import type { Article, ArticleId } from '../model/article.ts'
import type { ArticleList } from '../model/article-list.ts'
import type { Rows } from './cache-format.ts'
import type { IdentityOptions } from './claims.ts'
import { isoTime } from './dates.ts'
import { mint, toArticle } from './identity.ts'
import { formatLine, header, isDateText, type LockEntry } from './lock.ts'
import type { ParsedArticle, ParseResult } from './parse-article.ts'
import { hostOf } from './tag-uri.ts'

/** What `assignIdentities` and `formatLock` come to where nothing has moved. */
export interface Settled {
  readonly articles: readonly Article[]
  /** of the next lock; the same as before when nothing has changed */
  readonly text: string
  /** what the lock knows and no file holds any more, in the order of the lock */
  readonly gone: readonly LockEntry[]
}

/**
 * The usual case, at a fraction of the cost: the lock is as `formatLock` wrote it, and each article stands in it under
 * its file, with its text or its title. Both are read along side by side, and nothing is made of lines that stay.
 *
 * @param parsed in the order of their files
 * @param lock the text of the lock
 * @returns undefined in any other case: new, renamed and replaced articles, drafts, declared identities, a lock that is
 *   damaged or holds marks that have to be undone
 */
export function settle(parsed: readonly ParsedArticle[], lock: string): Settled | undefined {
  if (!lock.startsWith(header) || lock.includes('\\', header.length)) return undefined
  if (lock.includes('\r')) return undefined
  const articles: Article[] = []
  const gone: LockEntry[] = []
  const ids = new Set<ArticleId>()
  let text = ''
  let copied = 0
  let at = header.length
  let last = ''
  const passGone = (before?: string) => {
    const line = lineAt(lock, at)
    const entry = line && entryOf(lock, at, line)
    if (!entry || !isDateText(entry.date)) return false
    if (entry.file <= last || (before !== undefined && entry.file >= before)) return false
    gone.push(entry)
    ids.add(entry.id)
    last = entry.file
    at = line.end + 1
    return true
  }
  for (const article of parsed) {
    const { file, title, hash, publishedAt, draft, declaredId } = article
    if (draft || declaredId || file <= last) return undefined
    while (!isCell(lock, at, at + file.length, file)) if (!passGone(file)) return undefined
    const line = lineAt(lock, at)
    if (!line) return undefined
    const isHash = isCell(lock, line.hash, line.date - 1, hash)
    const isTitle = isCell(lock, line.title, line.end, title)
    if (!isTitle && !(isHash && hash !== '')) return undefined
    const id = lock.slice(line.id, line.hash - 1)
    const date = isoTime(publishedAt)
    const isDate = isCell(lock, line.date, line.title - 1, date)
    if (!isDate && !isDateText(lock.slice(line.date, line.title - 1))) return undefined
    if (!isHash || !isTitle || !isDate) {
      text += lock.slice(copied, at) + formatLine({ file, id, hash, date, title })
      copied = line.end + 1
    }
    articles.push(toArticle({ article, id }))
    ids.add(id)
    last = file
    at = line.end + 1
  }
  while (at < lock.length) if (!passGone()) return undefined
  if (ids.size !== articles.length + gone.length) return undefined
  return { articles, text: text + lock.slice(copied), gone }
}

export interface First {
  /** by row */
  readonly ids: readonly ArticleId[]
  /** of the next lock */
  readonly text: string
  /** which have no line in it */
  readonly hasDrafts: boolean
}

/**
 * The first build, at a fraction of the cost: there is no lock, and no article declares an identity. Each gets a new one,
 * and nothing is made of any article.
 *
 * @param rows in the order of their files
 * @returns undefined when an article declares what it is
 */
export function settleFirst(
  rows: Rows,
  { url, ...place }: Pick<IdentityOptions, 'url' | 'zone' | 'folder'>,
): First | undefined {
  if (rows.special().some((row) => rows.rest(row).declaredId)) return undefined
  const minting = { ...place, host: hostOf(url) }
  const taken = new Set<ArticleId>()
  const ids: ArticleId[] = []
  let text = header
  let hasDrafts = false
  for (let row = 0; row < rows.count; row++) {
    const file = rows.file(row)
    const publishedAt = new Date(rows.publishedAt(row))
    const id = mint({ file, publishedAt }, minting, taken)
    ids.push(id)
    // A draft has not been published
    if (rows.draft(row)) hasDrafts = true
    else {
      const [hash, title] = [rows.hash(row), rows.title(row)]
      text += formatLine({ file, id, hash, date: isoTime(publishedAt), title })
    }
  }
  return { ids, text, hasDrafts }
}

/** What the lock says of an article, and where it stood. */
export interface FormerArticle extends Pick<LockEntry, 'id' | 'title' | 'hash'> {
  /** its permanent link */
  readonly url: string
}

/** The articles of the former build, of which no file has come or gone since, and their lock. */
export interface FormerArticles {
  /** of a lock in which each article stands under its file, without drafts, declared identities and marks to be undone */
  readonly digest: string
  /** what it says of the articles whose files have changed since, by file */
  readonly changed: ReadonlyMap<string, FormerArticle>
  /** @param read what takes the place of some of them, by place; places are those of the rows, since no file has come or gone */
  articles(read: ReadonlyMap<number, Article>): ArticleList
}

export interface Resettled extends Omit<Settled, 'articles'> {
  readonly articles: ArticleList
  /** whether an article has another permanent link than before */
  readonly isMoved: boolean
}

/**
 * The most usual case of all: the lock is the one that the former build left, no file has come or gone, and articles
 * that have changed still have their title or their text. The same as `settle`, without reading any other line, and
 * without making any other article.
 *
 * @param read what has changed, in the order of its files and by its place
 * @returns undefined in any other case
 */
export function resettle(
  read: ReadonlyMap<number, ParseResult>,
  lock: { readonly text: string; readonly digest: string },
  former: FormerArticles | undefined,
): Resettled | undefined {
  if (former === undefined || former.digest === '' || former.digest !== lock.digest)
    return undefined
  const settled = new Map<number, Article>()
  let text = ''
  let copied = 0
  let isMoved = false
  for (const [place, { article }] of read) {
    if (!article) return undefined
    const { file, title, hash, url, publishedAt, draft, declaredId } = article
    const before = former.changed.get(file)
    if (!before || draft || declaredId) return undefined
    if (title !== before.title && (hash === '' || hash !== before.hash)) return undefined
    const { id } = before
    const line = formatLine({ file, id, hash, date: isoTime(publishedAt), title })
    const from = lock.text.indexOf(`\n${file}\t`, Math.max(0, copied - 1)) + 1
    if (from === 0) return undefined
    text += lock.text.slice(copied, from) + line
    copied = lock.text.indexOf('\n', from) + 1
    isMoved ||= url !== before.url
    settled.set(place, toArticle({ article, id }))
  }
  const articles = former.articles(settled)
  return { articles, text: text + lock.text.slice(copied), gone: [], isMoved }
}

/**
 * Whether `resettle` may rely on a lock next time.
 *
 * @param text of the lock that was made for articles without drafts and declared identities
 */
export function isPlainLock(text: string, gone: readonly LockEntry[]): boolean {
  const isPlain = text.startsWith(header) && !text.includes('\\', header.length)
  return isPlain && !text.includes('\r') && gone.length === 0
}

/** Where the cells of a line begin, and where it ends. */
interface Line {
  readonly id: number
  readonly hash: number
  readonly date: number
  readonly title: number
  readonly end: number
}

/** @returns undefined for a line that has not five cells, or that may be something else than an article */
function lineAt(lock: string, at: number): Line | undefined {
  const first = lock.charCodeAt(at)
  const isWord = (first >= 0x2e && first < 0x3c) || (first > 0x3e && first < 0x7b)
  const end = lock.indexOf('\n', at)
  const id = lock.indexOf('\t', at) + 1
  const hash = lock.indexOf('\t', id) + 1
  const date = lock.indexOf('\t', hash) + 1
  const title = lock.indexOf('\t', date) + 1
  const isWhole = at < id && id < hash - 1 && hash < date && date < title && title <= end
  if (!isWord || !isWhole) return undefined
  const more = lock.indexOf('\t', title)
  return more >= 0 && more < end ? undefined : { id, hash, date, title, end }
}

function entryOf(lock: string, at: number, { id, hash, date, title, end }: Line): LockEntry {
  return {
    file: lock.slice(at, id - 1),
    id: lock.slice(id, hash - 1),
    hash: lock.slice(hash, date - 1),
    date: lock.slice(date, title - 1),
    title: lock.slice(title, end),
  }
}

/** Whether a text stands there, and a cell ends after it. */
function isCell(lock: string, from: number, to: number, text: string): boolean {
  if (to - from !== text.length || !lock.startsWith(text, from)) return false
  const after = lock.charCodeAt(to)
  return after === 9 || after === 10
}
