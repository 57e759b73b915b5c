import { type Article, copyArticle } from '../model/article.ts'
import type { Problem } from '../model/problem.ts'
import {
  type Candidate,
  type Claims,
  claimDeclared,
  claimOwn,
  claimRenamed,
  createClaims,
  createStrays,
  type IdentityOptions,
  renamings,
  sameDate,
  sameWords,
} from './claims.ts'
import { isoTime, localDay } from './dates.ts'
import type { LockEntry } from './lock.ts'
import type { ParsedArticle } from './parse-article.ts'
import { StoredArticle } from './stored-article.ts'
import { carriedText, encodeSpecific, hostOf } from './tag-uri.ts'

export interface Identified {
  readonly articles: readonly Article[]
  /** for the next run: all articles but drafts, and what is known of files that are gone */
  readonly lock: readonly LockEntry[]
  /** what the lock knows and no file holds any more, unless as a draft */
  readonly gone: readonly LockEntry[]
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/**
 * Gives every article its permanent identity. In this order:
 *
 * 1. what its front matter declares (see tag-uri.ts)
 * 2. the lock's entry for its file, when the text or the title is still that of the entry
 * 3. the entry of another file, unclaimed so far, with the same title and date, or with the same text, if that is long or one of the two goes with it: it was renamed
 * 4. the lock's entry for its file, when at least the date is
 * 5. a new tag URI (RFC 4151) of the publication's host, the article's day and its path
 *
 * A file of which text, title and date are all others than before holds another article, and that is said. Entries of
 * files that are gone stay in the lock: the file may come back. Drafts have not been published: what is minted for
 * them is not recorded.
 */
export function assignIdentities(
  parsed: readonly ParsedArticle[],
  lock: readonly LockEntry[],
  options: IdentityOptions,
): Identified {
  const candidates = parsed
    .toSorted((a, b) => (a.file < b.file ? -1 : 1))
    .map((article): Candidate => ({ article, print: fingerprint(article) }))
  const warnings: Problem[] = []
  const claims = createClaims(lock)
  for (const candidate of candidates) claimDeclared(candidate, claims, options, warnings)
  for (const candidate of candidates) claimOwn(candidate, claims, sameWords)
  const renamed = candidates.filter(({ id }) => id === undefined)
  // Most times all that the lock knows has found its article
  const isLeft = lock.some(({ id }) => !claims.claimed.has(id))
  if (renamed.length > 0 && isLeft) {
    const strays = createStrays(claims, candidates, options.present)
    for (const renaming of renamings) {
      for (const candidate of renamed) claimRenamed(candidate, claims, strays, renaming)
    }
    for (const candidate of renamed) claimOwn(candidate, claims, sameDate)
  }
  const fresh = renamed.filter(({ id }) => id === undefined)
  const known = fresh.length > 0 ? candidates : []
  const taken = new Set([...claims.byId.keys(), ...known.flatMap(({ id }) => id ?? [])])
  const owners = new Map(known.map(({ id = '', article }) => [id, article.file]))
  const problems: Problem[] = []
  const minted = new Set<Candidate>()
  const minting = { ...options, host: hostOf(options.url) }
  for (const candidate of fresh) {
    candidate.id = mint(candidate.article, minting, taken)
    minted.add(candidate)
    const before = claims.byFile.get(candidate.article.file)
    if (before && !claims.claimed.has(before.id)) warnings.push(replaced(candidate, before))
    const rival = before && sameWords(candidate.print, before) && owners.get(before.id)
    if (rival) problems.push(takenOver(candidate, before, rival))
  }
  return {
    articles: candidates.map(toArticle),
    lock: nextLock(candidates, minted, claims),
    gone: findGone(candidates, claims),
    problems: [...problems, ...findClashes(candidates)],
    warnings,
  }
}

function replaced({ article }: Candidate, before: LockEntry): Problem {
  const message = `is another article than '${before.title}', which was published from this file, and has a new identity; if it is the same one, add 'id: ${before.id}'`
  return { file: article.file, message }
}

function takenOver({ article }: Candidate, before: LockEntry, rival: string): Problem {
  const message = `was published as '${before.id}', which ${rival} declares now; delete that 'id' there, or this file`
  return { file: article.file, message }
}

/** What a new identity is made of, beside the article. */
export interface Minting extends Pick<IdentityOptions, 'zone' | 'folder'> {
  /** see `hostOf` */
  readonly host: string
}

/** An identity for an article that has none, and that no other has. @param taken those of others; the new one is added */
export function mint(
  { file, publishedAt }: Pick<ParsedArticle, 'file' | 'publishedAt'>,
  { host, zone, folder }: Minting,
  taken: Set<string>,
): string {
  const path = (folder === '.' ? file : file.slice(folder.length + 1)).replace(
    /(?:\/index)?\.[^./]+$/i,
    '',
  )
  const base = `tag:${host},${localDay(publishedAt, zone).join('-')}:${encodeSpecific(path)}`
  let id = base
  for (let n = 2; !addTo(taken, id); n++) id = `${base};${n}`
  return id
}

/** @returns whether it was not there before: the same as to ask first, in half the time */
function addTo(set: Set<string>, text: string): boolean {
  const { size } = set
  return set.add(text).size > size
}

function findClashes(candidates: readonly Candidate[]): readonly Problem[] {
  const owners = new Map<string, string>()
  const problems: Problem[] = []
  for (const { article, id = '' } of candidates) {
    if (article.draft) continue
    // Under two dates the same text makes two identities, until one of the two is looked up in the lock by its text
    const text = article.declaredId && carriedText(id)
    const owner = owners.get(id) ?? (text && owners.get(text))
    if (owner === undefined) {
      owners.set(id, article.file)
      if (text) owners.set(text, article.file)
    } else {
      const shown = text ? article.declaredId : id
      const message = `has the same identity as ${owner}: '${shown}'; give one of the two another 'id', or none`
      problems.push({ file: article.file, message })
    }
  }
  return problems
}

function nextLock(
  candidates: readonly Candidate[],
  minted: ReadonlySet<Candidate>,
  { byId, claimed }: Claims,
): readonly LockEntry[] {
  const entries = candidates.flatMap((candidate) => {
    const { article, print, id } = candidate
    const provisional = article.draft && (minted.has(candidate) || !byId.has(id ?? ''))
    return provisional || id === undefined ? [] : [{ ...print, id }]
  })
  const unclaimed = [...byId.values()].filter(({ id }) => !claimed.has(id))
  if (unclaimed.length === 0) return entries
  const files = new Set(entries.map(({ file }) => file))
  const gone = unclaimed.filter(({ file }) => !files.has(file))
  return [...entries, ...gone]
}

function findGone(
  candidates: readonly Candidate[],
  { byId, claimed }: Claims,
): readonly LockEntry[] {
  const drafts = new Set(candidates.flatMap(({ article, id }) => (article.draft && id) || []))
  return [...byId.values()].filter(({ id }) => !claimed.has(id) || drafts.has(id))
}

export function toArticle({ article, id = '' }: Pick<Candidate, 'article' | 'id'>): Article {
  return article instanceof StoredArticle ? article.identified(id) : copyArticle(article, id)
}

function fingerprint({ file, title, publishedAt, hash }: ParsedArticle): LockEntry {
  return { file, id: '', hash, date: isoTime(publishedAt), title }
}
