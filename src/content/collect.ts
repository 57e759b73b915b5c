import { type ArticleList, pickFrom } from '../model/article-list.ts'
import type { Collection, HeldArticle } from '../model/collection.ts'

/**
 * What is published at `now`: newest first, articles of one instant in the order of their identities. Drafts, what is
 * dated after `now` and what expires at or before it are held, in the order of their files.
 */
export function collect(all: ArticleList, now: Date): Collection {
  const held: HeldArticle[] = []
  const places: number[] = []
  const [isDraft, time, id] = [all.column('draft'), all.times(), all.column('id')]
  const expired = new Set<number>()
  for (const place of all.special()) {
    const { expiresAt } = all.get(place)
    if (expiresAt && expiresAt <= now) expired.add(place)
  }
  const end = now.getTime()
  const times = new Float64Array(all.length)
  for (let place = 0; place < all.length; place++) {
    times[place] = time(place)
    const isFuture = !(time(place) <= end)
    if (!isDraft(place) && !isFuture && !expired.has(place)) places.push(place)
    else {
      const reason = isDraft(place) ? 'draft' : expired.has(place) ? 'expired' : 'future'
      held.push({ file: all.get(place).file, reason })
    }
  }
  const timeOf = (place: number) => times[place] ?? 0
  places.sort((a, b) => timeOf(b) - timeOf(a) || compare(id(a), id(b)))
  return {
    articles: pickFrom(all, places),
    held: held.sort((a, b) => compare(a.file, b.file)),
  }
}

// Code units, not a locale: the same order on every machine
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
