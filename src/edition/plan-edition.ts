import type { Article, ArticleId } from '../model/article.ts'
import type { Collection } from '../model/collection.ts'

/** What the next edition carries. No articles: there is no edition this time, and nothing to record. */
export interface EditionPlan {
  /** newest first; the first one leads */
  readonly articles: readonly Article[]
  /**
   * What a first edition leaves behind for good: the backlog of an old blog. To be recorded in the transaction
   * that opens the edition, and to be among `sent` from then on. Always empty after the first edition.
   */
  readonly passedOver: readonly ArticleId[]
  /** how many more are new and wait for the next edition */
  readonly waiting: number
}

/**
 * Picks the articles of the next edition: published by `now`, meant for the newsletter, in no earlier edition;
 * newest first. Membership decides, not dates: one that appears later with an older date is still sent once.
 *
 * @param sent identities of the articles that were sent or passed over by any earlier edition
 * @param first no edition has ever been made: only the newest articles go out, the rest is passed over
 * @param most at least 1
 */
export function planEdition(
  { articles }: Collection,
  {
    sent,
    first,
    now,
    most,
  }: {
    readonly sent: ReadonlySet<ArticleId>
    readonly first: boolean
    readonly now: Date
    readonly most: number
  },
): EditionPlan {
  const fresh = [...articles]
    .filter((article) => isDue(article, now) && !sent.has(article.id))
    .toSorted((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime())
  const carried = fresh.slice(0, most)
  const rest = fresh.slice(most)
  return first
    ? { articles: carried, passedOver: rest.map(({ id }) => id), waiting: 0 }
    : { articles: carried, passedOver: [], waiting: rest.length }
}

function isDue(article: Article, now: Date): boolean {
  const { draft, inNewsletter, publishedAt, expiresAt } = article
  const expired = expiresAt !== undefined && expiresAt <= now
  return inNewsletter && !draft && !expired && publishedAt <= now
}
