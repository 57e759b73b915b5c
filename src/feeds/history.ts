import type { Article, ArticleId } from '../model/article.ts'
import type { ArticleList } from '../model/article-list.ts'
import type { PlacedWithdrawal } from '../model/feed.ts'
import { once } from '../model/memo.ts'
import type { Problem } from '../model/problem.ts'

/** What cannot be told from the articles as they are now, and has to stay as it was once decided. */
export interface Past {
  /** number of the archive document that holds the article; from 1, the oldest */
  readonly page?: number
  /** when its file was first found to be gone */
  readonly withdrawnAt?: Date
  /** where it stood below the publication's URL, encoded; absent where that is not known */
  readonly path?: string
  /** the feeds in which it stood besides the publication's: `tags/nato/`; absent for none, and where they are not known */
  readonly folders?: readonly string[]
}

/** Most articles have no entry. */
export type History = ReadonlyMap<ArticleId, Past>

export const historyFile = 'tidings.history'

/** Articles in an archive document. It must never change: documents in readers' hands were filled by it. */
export const pageSize = 20

const header = `# tidings.history: what readers of the feeds have been told. Keep it in Git beside tidings.lock; do not edit it.
# One article a line, sorted by identity: identity, archive document (or -), when it was withdrawn (or -), from which path (or -) and which feeds, with a tab between.
`

/** Writes the history, sorted by identity, so that two branches rarely touch the same line. */
export function formatHistory(history: History): string {
  const lines = [...history]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { page, withdrawnAt, path, folders }]) =>
      [
        id,
        page ?? '-',
        withdrawnAt ? withdrawnAt.toISOString() : '-',
        ...(path || folders ? [path ?? '-'] : []),
        ...(folders ? [folders.join(' ')] : []),
      ].join('\t'),
    )
  return header + lines.map((line) => `${line}\n`).join('')
}

/** Reads the history. An article that stands on several lines was decided on in two branches: the earlier counts. */
export function parseHistory(text: string): {
  readonly history: History
  readonly problems: readonly Problem[]
} {
  const history = new Map<ArticleId, Past>()
  const problems: Problem[] = []
  let lines = 0
  let last = 0
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const problem = (message: string) =>
      problems.push({ file: historyFile, line: index + 1, message })
    if (/^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/.test(line)) {
      problem('an unresolved merge: keep the lines of both sides and delete the markers')
      continue
    }
    const [, id = '', page = '', at = '', path, folders] =
      /^([^\t]+)\t(\d{1,7}|-)\t([^\t]+)(?:\t([!-~]+)(?:\t([^\t]+))?)?$/.exec(line) ?? []
    const time = Date.parse(at)
    if (id === '' || page === '0' || (at !== '-' && Number.isNaN(time))) {
      problem('this line is damaged; take it back from Git')
      continue
    }
    const past = {
      ...(page !== '-' && { page: Number(page) }),
      ...(at !== '-' && { withdrawnAt: new Date(time) }),
      ...(path && path !== '-' && { path }),
      ...(folders && { folders: folders.split(' ') }),
    }
    history.set(id, earlier(past, history.get(id)))
    lines++
    last = Math.max(last, past.page ?? 0)
  }
  // Each document has an article at least; a number out of all proportion would make as many files.
  if (last > lines) {
    const message = `there is no archive document ${last} yet, with ${lines} articles; take the file back from Git`
    problems.push({ file: historyFile, message })
  }
  return { history, problems }
}

function earlier(a: Past, b: Past = {}): Past {
  const page = Math.min(a.page ?? Number.POSITIVE_INFINITY, b.page ?? Number.POSITIVE_INFINITY)
  const at = a.withdrawnAt && b.withdrawnAt && b.withdrawnAt < a.withdrawnAt ? b : a
  const withdrawnAt = at.withdrawnAt ?? b.withdrawnAt
  const path = at.path ?? a.path ?? b.path
  const folders = at.folders ?? a.folders ?? b.folders
  return {
    ...(Number.isFinite(page) && { page }),
    ...(withdrawnAt && { withdrawnAt }),
    ...(path && { path }),
    ...(folders && { folders }),
  }
}

/** A published article whose file is gone. */
export interface Gone {
  readonly id: ArticleId
  /** its date of publication, ISO 8601 */
  readonly date: string
  /** where it stood below the publication's URL, encoded, as far as that is known; asked for once */
  readonly path?: () => string | undefined
  /** the feeds in which it stood besides the publication's; asked for once */
  readonly folders?: () => readonly string[]
}

/**
 * The history after this build. What is found to be gone is withdrawn as of `now`; what has come back is not. With
 * `archives`, articles that stand in the feed no more, being older than the newest `limit`, are put into archive
 * documents for good, the oldest first, as many as fill one: the rest waits, and the feed keeps it meanwhile. So no
 * article that is published later, whatever its date, can change a document that is out.
 *
 * @param articles newest first
 * @returns the same object when nothing has changed
 */
export function advanceHistory(
  history: History,
  {
    articles,
    gone,
    limit,
    archives,
    now,
  }: {
    readonly articles: ArticleList
    readonly gone: readonly Gone[]
    readonly limit: number
    readonly archives: boolean
    readonly now: Date
  },
): History {
  const next = new Map(history)
  const isGone = new Set(gone.map(({ id }) => id))
  const waiting = archives
    ? articles.slice(limit).filter(({ id }) => history.get(id)?.page === undefined)
    : []
  let page = lastPage(history)
  for (let end = waiting.length; end >= pageSize; end -= pageSize) {
    page++
    for (const { id } of waiting.slice(end - pageSize, end)) {
      next.set(id, { ...next.get(id), page })
    }
  }
  // The lock forgets one whose file holds another article now
  const isBack = once(() => idsOf(articles))
  for (const [id, { page, withdrawnAt }] of next) {
    if (withdrawnAt === undefined || isGone.has(id) || !isBack().has(id)) continue
    if (page === undefined) next.delete(id)
    else next.set(id, { page })
  }
  const at = new Date(Math.floor(now.getTime() / 1000) * 1000)
  for (const { id, path: pathOf, folders: foldersOf } of gone) {
    if (next.get(id)?.withdrawnAt) continue
    const path = pathOf?.()
    const folders = foldersOf?.() ?? []
    const places = { ...(path && { path }), ...(folders.length > 0 && { folders }) }
    next.set(id, { ...next.get(id), withdrawnAt: at, ...places })
  }
  return [...next].every(([id, past]) => history.get(id) === past) && next.size === history.size
    ? history
    : next
}

function idsOf(articles: ArticleList): ReadonlySet<ArticleId> {
  const idAt = articles.column('id')
  return new Set(Array.from({ length: articles.length }, (_, place) => idAt(place)))
}

/** 0 when there is no archive document yet. */
export function lastPage(history: History): number {
  let last = 0
  for (const { page = 0 } of history.values()) last = Math.max(last, page)
  return last
}

/**
 * What readers may still have and should not, the latest first: articles that are gone, and those that have expired.
 * Not what was gone before its date had come, which nobody has seen.
 *
 * @param articles all of them, those that are held as well
 * @param foldersOf the feeds of an article besides the publication's
 */
export function withdrawals(
  history: History,
  {
    articles,
    gone,
    now,
    foldersOf = () => [],
  }: {
    readonly articles: ArticleList
    readonly gone: readonly Gone[]
    readonly now: Date
    readonly foldersOf?: (article: Article) => readonly string[]
  },
): readonly PlacedWithdrawal[] {
  const dates = new Map(gone.map(({ id, date }) => [id, new Date(date)]))
  const isThere = once(() => idsOf(articles))
  const deleted = [...history].flatMap(([id, { withdrawnAt: at, folders = [] }]) => {
    if (!at) return []
    const date = dates.get(id)
    const isSeen = date ? date <= at : !isThere().has(id)
    return isSeen ? [{ id, at, folders }] : []
  })
  const expired = specialOf(articles).flatMap((article): PlacedWithdrawal[] => {
    const { id, publishedAt, expiresAt: at, draft } = article
    const isOver = at && at <= now && publishedAt < at && !draft
    return isOver ? [{ id, at, folders: foldersOf(article) }] : []
  })
  return [...deleted, ...expired].sort(
    (a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? -1 : 1),
  )
}

/**
 * Where withdrawn and expired articles stood below the publication's URL, unless another one stands there now: encoded,
 * in the order of the alphabet.
 *
 * @param articles all of them, those that are held as well
 * @param base the publication's URL
 */
export function gonePaths(
  history: History,
  {
    articles,
    base,
    now,
  }: { readonly articles: ArticleList; readonly base: string; readonly now: Date },
): readonly string[] {
  const paths = new Set<string>()
  const taken = new Set<string>()
  for (const { path } of history.values()) if (path) paths.add(path)
  for (const { url, publishedAt, expiresAt, draft } of specialOf(articles)) {
    const isExpired = expiresAt !== undefined && expiresAt <= now
    const path = isExpired && !draft && publishedAt < expiresAt && pathBelow(url, base)
    if (path) paths.add(path)
  }
  if (paths.size === 0) return []
  for (const { url, publishedAt, expiresAt, draft } of articles) {
    const isOut = !draft && publishedAt <= now && (expiresAt === undefined || expiresAt > now)
    const path = isOut && pathBelow(url, base)
    if (path) taken.add(path)
  }
  return [...paths].filter((path) => !taken.has(path)).sort()
}

/** Those that may have an end. */
function specialOf(articles: ArticleList): readonly Article[] {
  return articles.special().map(articles.get)
}

/** @returns undefined for what does not stand below the base */
export function pathBelow(url: string, base: string): string | undefined {
  const path = url.startsWith(base) ? url.slice(base.length).replace(/[?#].*$/s, '') : ''
  return path === '' ? undefined : path
}
