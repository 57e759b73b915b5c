import type { RenderArticle } from '../model/article.ts'
import { listOf } from '../model/article-list.ts'
import type { Collection } from '../model/collection.ts'
import type { Feed, FeedHistory } from '../model/feed.ts'
import type { Publication } from '../model/publication.ts'
import { type Channel, listChannels, placeOf } from './channels.ts'
import { type History, lastPage } from './history.ts'
import { openItems } from './items.ts'
import { type FeedTerms, toFeed } from './to-feed.ts'

/** One document of the archive, before any article of it is rendered. */
export interface ArchivePage {
  /** the site's, with the articles and the place of this document */
  readonly channel: Channel
  readonly history: FeedHistory
}

/**
 * The documents that the site's feed has had, the oldest first, as RFC 5005 §4 has them; none before one is full.
 *
 * The one after the last full document is no archive document yet, and does not say that it is one. It is there since
 * the last one names it from the start: to name it later would change what must not change.
 */
export function listArchive(
  publication: Publication,
  collection: Collection,
  history: History,
): readonly ArchivePage[] {
  const last = lastPage(history)
  const [site] = listChannels(publication, collection, [])
  if (last === 0 || site === undefined) return []
  const pages = Map.groupBy(site.articles, ({ id }) => history.get(id)?.page ?? last + 1)
  const place = (page: number) => placeOf(publication, `archive/${page}/`)
  return Array.from({ length: last + 1 }, (_, index) => {
    const page = index + 1
    const { folder, urls } = place(page)
    return {
      channel: { ...site, folder, urls, articles: listOf(pages.get(page) ?? []) },
      history: {
        archive: page <= last,
        current: site.urls,
        ...(page > 1 && { previous: place(page - 1).urls }),
        ...(page <= last && { next: place(page + 1).urls }),
      },
    }
  })
}

/** Makes the documents of an archive one at a time: together they hold all that was ever published. */
export function openArchive(
  publication: Publication,
  collection: Collection,
  terms: FeedTerms,
  render: RenderArticle,
): (page: ArchivePage) => Feed {
  const toItem = openItems(collection.articles, terms.content, render)
  const about = terms.podcastCategory && { podcastCategory: terms.podcastCategory }
  return ({ channel, history }) =>
    toFeed(publication, channel, channel.articles.slice().map(toItem), { ...about, history })
}

/** All documents of the archive, the oldest first, each made when it is asked for. */
export function* toArchive(
  publication: Publication,
  collection: Collection,
  terms: FeedTerms,
  render: RenderArticle,
  history: History,
): Generator<Feed> {
  const pages = listArchive(publication, collection, history)
  if (pages.length === 0) return
  const toDocument = openArchive(publication, collection, terms, render)
  for (const page of pages) yield toDocument(page)
}
