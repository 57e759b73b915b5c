import type { ArticleId } from '../model/article.ts'
import type { Problem } from '../model/problem.ts'
import { localDay, type TimeZone } from './dates.ts'
import type { LockEntry } from './lock.ts'
import type { ParsedArticle } from './parse-article.ts'
import { carriedText, declaredIdentity, hostOf } from './tag-uri.ts'

/** What identities depend on beside the articles and the lock. */
export interface IdentityOptions {
  /** the publication's URL, whose host mints */
  readonly url: string
  readonly zone: TimeZone
  /** the content folder, relative to the publication's, without a slash at its end */
  readonly folder: string
  /** all files of the content folder, with those that could not be read: what is theirs is not to be given away */
  readonly present: ReadonlySet<string>
}

/** An article on its way to its identity. */
export interface Candidate {
  readonly article: ParsedArticle
  readonly print: LockEntry
  id?: ArticleId
}

/** What the lock remembers, and what of it has found its article. */
export interface Claims {
  readonly byFile: ReadonlyMap<string, LockEntry>
  readonly byId: ReadonlyMap<ArticleId, LockEntry>
  /** identities that carry a declared text, by that text */
  readonly byText: ReadonlyMap<string, ArticleId>
  /** identities of the lock that have found their article */
  readonly claimed: Set<ArticleId>
}

/** Nothing is claimed yet. */
export function createClaims(lock: readonly LockEntry[]): Claims {
  let byText: ReadonlyMap<string, ArticleId> | undefined
  return {
    byFile: new Map(lock.map((entry) => [entry.file, entry])),
    byId: new Map(lock.map((entry) => [entry.id, entry])),
    get byText() {
      // Few publications declare identities
      byText ??= new Map(lock.map(({ id }) => [carriedText(id) ?? id, id]))
      return byText
    },
    claimed: new Set(),
  }
}

/** Gives a candidate what its front matter declares. */
export function claimDeclared(
  candidate: Candidate,
  claims: Claims,
  { url, zone }: IdentityOptions,
  warnings: Problem[],
): void {
  const { article } = candidate
  if (!article.declaredId) return
  const { byFile, byId, byText, claimed } = claims
  const fresh = declaredIdentity(
    article.declaredId,
    hostOf(url),
    localDay(article.publishedAt, zone).join('-'),
  )
  const before = byFile.get(article.file)
  // What carries the same text stays, though day or host have changed since
  const id = byText.get(carriedText(fresh) ?? '') ?? fresh
  if (before && before.id !== id && !byId.has(id)) {
    const message = `declares the identity '${id}', but was published as '${before.id}': readers will get it again; declare the old one to avoid that`
    warnings.push({ file: article.file, message })
    claimed.add(before.id)
  }
  candidate.id = id
  claimed.add(id)
}

/** Gives a candidate the entry of its file, if that is still the same article. */
export function claimOwn(
  candidate: Candidate,
  { byFile, claimed }: Claims,
  isSame: (print: LockEntry, entry: LockEntry) => boolean,
): void {
  const entry = byFile.get(candidate.article.file)
  if (candidate.id !== undefined || !entry || claimed.has(entry.id)) return
  if (!isSame(candidate.print, entry)) return
  candidate.id = entry.id
  claimed.add(entry.id)
}

/** Whether the text or the title is that of the entry. */
export function sameWords(print: LockEntry, entry: LockEntry): boolean {
  return (print.hash !== '' && print.hash === entry.hash) || print.title === entry.title
}

/** Whether at least the date is that of the entry. */
export function sameDate(print: LockEntry, entry: LockEntry): boolean {
  return print.date === entry.date
}

/** Entries without a file, for those whose file has a new name. */
export interface Strays {
  readonly byHash: ReadonlyMap<string, readonly LockEntry[]>
  readonly byKey: ReadonlyMap<string, readonly LockEntry[]>
}

/** Entries that no file claims: their files are gone, or hold another article now. */
export function createStrays(
  { byId, claimed }: Claims,
  candidates: readonly Candidate[],
  present: ReadonlySet<string>,
): Strays {
  const readable = new Set(candidates.map(({ article }) => article.file))
  const entries = [...byId.values()].filter(
    ({ id, file }) => !claimed.has(id) && (!present.has(file) || readable.has(file)),
  )
  return {
    byHash: Map.groupBy(
      entries.filter((entry) => entry.hash !== ''),
      (entry) => entry.hash,
    ),
    byKey: Map.groupBy(entries, keyOf),
  }
}

/** So many characters nobody writes twice; "No news this week." is said of every week. */
const unmistakable = 200

/** What may be a candidate's entry under another file name, the surest first. */
export const renamings: readonly ((
  candidate: Candidate,
  strays: Strays,
) => readonly LockEntry[])[] = [
  ({ print }, strays) => sameText(print, strays).filter((entry) => keyOf(entry) === keyOf(print)),
  ({ print }, { byKey }) => byKey.get(keyOf(print)) ?? [],
  ({ print }, strays) =>
    sameText(print, strays).filter(
      ({ title, date }) => title === print.title || date === print.date,
    ),
  ({ print, article }, strays) => {
    const same = sameText(print, strays)
    // To ask for the text reads the file once more
    return same.length === 0 || article.body.source.length < unmistakable ? [] : same
  },
]

function sameText(print: LockEntry, { byHash }: Strays): readonly LockEntry[] {
  return print.hash === '' ? [] : (byHash.get(print.hash) ?? [])
}

/** Gives a candidate the entry of another file that is its own by one of `renamings`. */
export function claimRenamed(
  candidate: Candidate,
  { claimed }: Claims,
  strays: Strays,
  renaming: (typeof renamings)[number],
): void {
  if (candidate.id !== undefined) return
  const entry = renaming(candidate, strays).find(({ id }) => !claimed.has(id))
  if (!entry) return
  candidate.id = entry.id
  claimed.add(entry.id)
}

function keyOf({ title, date }: LockEntry): string {
  return `${date}\t${title}`
}
