import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Article, ArticleId } from '../model/article.ts'
import { type ArticleList, listOf } from '../model/article-list.ts'
import type { Collection } from '../model/collection.ts'
import { once } from '../model/memo.ts'
import type { Problem } from '../model/problem.ts'
import type { Publication } from '../model/publication.ts'
import type { Threads } from '../threads/threads.ts'
import { type CacheOptions, openCacheFile } from './cache-file.ts'
import { digest } from './cache-table.ts'
import type { IdentityOptions } from './claims.ts'
import { collect } from './collect.ts'
import { localDay, openTimeZone } from './dates.ts'
import { findFile } from './find-file.ts'
import { assignIdentities } from './identity.ts'
import type { FirstArticles } from './kept-articles.ts'
import { formatLock, type LockEntry, lockFile, parseLock } from './lock.ts'
import { measureMedia } from './measure-media.ts'
import { expandPermalink } from './permalink.ts'
import { parsedOf, readArticles } from './read-articles.ts'
import type { ReadOptions } from './read-share.ts'
import { isPlainLock, resettle, type Settled, settle, settleFirst } from './settled.ts'
import { readFileName, toSlug } from './slug.ts'
import { findSharedUrls } from './urls.ts'

export interface LoadOptions {
  /** the publication's folder */
  readonly root: string
  /** the content folder, relative to `root` */
  readonly folder: string
  readonly publication: Publication
  /** pattern of `content.permalink` */
  readonly permalink: string
  readonly now: Date
  /** where articles are kept from one run to the next; without it, all files are read */
  readonly cache?: CacheOptions
  /** who helps to read many files */
  readonly threads?: Threads | undefined
}

export interface Content {
  readonly collection: Collection
  /** all that could be read, held ones too */
  readonly articles: ArticleList
  /** the next `tidings.lock`, to be written by the caller when `changed`, and only when there are no problems */
  readonly lock: { readonly file: string; readonly text: string; readonly changed: boolean }
  /** whether the lock of the former build has this identity */
  readonly wasPublished: (id: ArticleId) => boolean
  /** what has been published, or was to be, and is withdrawn: its file is gone or a draft again */
  readonly gone: readonly LockEntry[]
  /** such an article, where its file is still there: it is a draft again */
  readonly draftOf: (gone: LockEntry) => Article | undefined
  /** where it stood, as it was read last, or as the pattern of permalinks has it */
  readonly urlOf: (gone: LockEntry) => string
  /** Keeps what was read for the next run; once is enough. */
  keep(): void
  /** in the order of files and lines */
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

interface Identities extends Omit<Settled, 'articles'> {
  readonly articles: ArticleList
  /** whether there are neither drafts nor declared identities among the articles */
  readonly isUsual: () => boolean
  readonly problems?: readonly Problem[]
  readonly warnings?: readonly Problem[]
}

/**
 * Reads the content folder and `tidings.lock`. Writes nothing: see `keep`. All that is wrong with any file is in `problems`.
 *
 * @throws {Fault} 'content-invalid' without a content folder, 'config-invalid' for an unknown time zone
 */
export async function loadContent(options: LoadOptions): Promise<Content> {
  const { root, publication, permalink, now } = options
  const spelled = normalFolder(options.folder)
  // One spelling on every machine, as for the names in it; the disk may know it by another
  const folder = spelled.normalize('NFC')
  const zone = await openTimeZone(publication.timezone)
  const reading = { publication, zone, folder, permalink }
  const cache = options.cache && openCacheFile(options.cache, reading)
  const before = readLock(root)
  const parsedLock = once(() => parseLock(before.text))
  const read = await readArticles({ root, folder: spelled }, reading, {
    lock: () => parsedLock().entries,
    cache,
    threads: options.threads,
  })
  const { results, problems, present } = read
  const all = once(() => results.all())
  const parsed = once(() => all().flatMap((result) => parsedOf(result) ?? []))
  const place = { url: publication.url, zone, folder }
  const identify = (): Omit<Identities, 'articles' | 'isUsual'> & Settled => {
    const { entries, problems } = parsedLock()
    const identified = assignIdentities(parsed(), entries, { ...place, present: present() })
    const text = formatLock(identified.lock)
    return { ...identified, text, problems: [...problems, ...identified.problems] }
  }
  const resettled = resettle(results.read, before, read.former)
  const inFull = (): Identities => {
    const settled = settle(parsed(), before.text) ?? identify()
    const isUsual = () => parsed().every(({ draft, declaredId }) => !draft && !declaredId)
    return { ...settled, articles: listOf(settled.articles), isUsual }
  }
  const identified: Identities = resettled
    ? { ...resettled, isUsual: () => true }
    : (before.text === '' && begin(read.first(), place)) || inFull()
  const { text, warnings: moved = [] } = identified
  // Where no link has changed, none can be shared that was not before
  const shared = resettled?.isMoved === false ? [] : findSharedUrls(identified.articles)
  const keep = () => {
    const lock = text === before.text ? before.digest : digest(text)
    const hasProblems = (identified.problems ?? []).length + shared.length > 0
    const isSettled = read.isWhole && !hasProblems && problems.length === 0
    const isPlain = isSettled && identified.isUsual() && isPlainLock(text, identified.gone)
    const idOf = idsIn(identified.articles)
    read.keep({ idOf, lock: isPlain ? lock : '', isResettled: resettled !== undefined })
  }
  const knownIds = once(() => new Set(parsedLock().entries.map(({ id }) => id)))
  const byFile = once(() => new Map([...articles].map((article) => [article.file, article])))
  const draftOf = ({ file, id }: LockEntry) => {
    const there = byFile().get(file)
    return there?.id === id ? there : undefined
  }
  const parses = [...results.read.values()]
  const articles = measureMedia(identified.articles, {
    root,
    folder: spelled,
    base: publication.url,
  })
  return {
    collection: collect(articles, now),
    articles,
    lock: { file: lockFile, text, changed: text !== before.text },
    wasPublished: (id) => knownIds().has(id),
    gone: identified.gone,
    draftOf,
    urlOf: (entry) => (draftOf(entry) ?? read.gone(entry.file))?.url ?? usualUrl(entry, reading),
    keep: once(cache ? keep : () => undefined),
    problems: inOrder([
      ...problems,
      ...before.problems,
      ...parses.flatMap(({ problems }) => problems),
      ...(identified.problems ?? []),
      ...shared,
    ]),
    warnings: inOrder([...parses.flatMap(({ warnings }) => warnings), ...moved]),
  }
}

/** @param articles in the order of their files, in which they are mostly asked for */
function idsIn(articles: ArticleList): (file: string) => string | undefined {
  const fileAt = (place: number) => articles.get(place).file
  let next = 0
  return (file) => {
    const isNext = next < articles.length && fileAt(next) === file
    const place = isNext ? next : findFile(file, articles.length, fileAt)
    if (place < 0) return undefined
    next = place + 1
    return articles.get(place).id
  }
}

/** See `settleFirst`. */
function begin(
  first: FirstArticles | undefined,
  place: Pick<IdentityOptions, 'url' | 'zone' | 'folder'>,
): Identities | undefined {
  const settled = first && settleFirst(first.rows, place)
  if (!settled) return undefined
  const { ids, text, hasDrafts } = settled
  return { articles: first.identify(ids), text, gone: [], isUsual: () => !hasDrafts }
}

interface LockText {
  readonly text: string
  readonly digest: string
  readonly problems: readonly Problem[]
}

function readLock(root: string): LockText {
  try {
    const bytes = readFileSync(join(root, lockFile))
    return { text: bytes.toString('utf8'), digest: digest(bytes), problems: [] }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'ENOENT') return { text: '', digest: digest(''), problems: [] }
    const message = `cannot be read (${String(error.code)}); mend its permissions, or take it back from Git`
    return { text: '', digest: '', problems: [{ file: lockFile, message }] }
  }
}

function usualUrl(
  { file, date }: LockEntry,
  { publication, permalink, folder, zone }: ReadOptions,
): string {
  const { slug, folders } = readFileName(folder === '.' ? file : file.slice(folder.length + 1))
  const [year, month, day] = localDay(new Date(date), zone)
  const slugs = folders.map(toSlug)
  const path = [...slugs, slug].join('/')
  const parts = { slug, year, month, day, section: slugs[0] ?? '', path }
  return expandPermalink(permalink, parts, publication.url)
}

function normalFolder(folder: string): string {
  const parts = folder.replaceAll('\\', '/').split('/')
  return parts.filter((part) => part !== '' && part !== '.').join('/') || '.'
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) =>
    a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1,
  )
}
