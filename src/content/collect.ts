import type { Article } from '../model/article.ts'
import type { Collection, HeldArticle } from '../model/collection.ts'

/**
 * What is published at `now`: newest first, articles of one instant in the order of their identities. Drafts, what is
 * dated after `now` and what expires at or before it are held, in the order of their files.
 */
export function collect(all: readonly Article[], now: Date): Collection {
  const held: HeldArticle[] = []
  const articles: Article[] = []
  for (const article of all) {
    const reason = reasonToHold(article, now)
    if (reason) held.push({ file: article.file, reason })
    else articles.push(article)
  }
  return {
    articles: articles.sort(
      (a, b) => b.publishedAt.getTime() - a.publishedAt.getTime() || compare(a.id, b.id),
    ),
    held: held.sort((a, b) => compare(a.file, b.file)),
  }
}

function reasonToHold(article: Article, now: Date): HeldArticle['reason'] | undefined {
  if (article.draft) return 'draft'
  if (article.expiresAt && article.expiresAt <= now) return 'expired'
  return article.publishedAt > now ? 'future' : undefined
}

// Code units, not a locale: the same order on every machine
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
