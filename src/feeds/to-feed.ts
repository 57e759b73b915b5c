import type { Article, RenderArticle } from '../model/article.ts'
import type { Collection } from '../model/collection.ts'
import type { Feed, FeedItem, PlacedWithdrawal } from '../model/feed.ts'
import type { Publication } from '../model/publication.ts'
import { type Channel, listChannels, placeOf } from './channels.ts'
import { latestDate } from './guard.ts'
import { type History, lastPage } from './history.ts'
import { openItems } from './items.ts'
import type { TermKind } from './terms.ts'

export interface FeedTerms {
  /** how many articles a feed holds at most, the newest ones */
  readonly limit: number
  /** whole texts, or summaries only */
  readonly content: 'full' | 'summary'
  /** what has a feed of its own besides the site */
  readonly per: readonly TermKind[]
  /** absolute URLs of WebSub hubs */
  readonly hubs?: readonly string[]
  /** of `podcastCategories` */
  readonly podcastCategory?: string
}

/** What the site's feed says beside its articles; see history.ts. */
export interface SitePast {
  /** absent: the site's feed has no archive */
  readonly history?: History
  /** the latest first */
  readonly withdrawn: readonly PlacedWithdrawal[]
}

/**
 * All feeds of the publication, in the order of `listChannels`. Where the site's has an archive, it holds besides the
 * newest articles all that stand in no archive document yet: whoever walks back misses none.
 *
 * @param render called once for each article that stands in a feed, and for no other
 */
export function toFeeds(
  publication: Publication,
  collection: Collection,
  terms: FeedTerms,
  render: RenderArticle,
  past?: SitePast,
): readonly Feed[] {
  const toFeed = openFeeds(publication, collection, terms, render, past)
  return listChannels(publication, collection, terms.per).map(toFeed)
}

/** The same, for one channel at a time: who knows that a feed has not changed need not ask for it. */
export function openFeeds(
  publication: Publication,
  collection: Collection,
  terms: FeedTerms,
  render: RenderArticle,
  past: SitePast = { withdrawn: [] },
): (channel: Channel) => Feed {
  const toItem = openItems(collection.articles, terms.content, render)
  const items = new Map<Article, FeedItem>()
  const itemOf = (article: Article) => {
    const item = items.get(article) ?? toItem(article)
    items.set(article, item)
    return item
  }
  return (channel) => {
    const isSite = channel.kind === 'site'
    const history = isSite ? past.history : undefined
    const withdrawn = past.withdrawn.filter(
      ({ folders }) => isSite || folders.includes(channel.folder),
    )
    const articles = [
      ...channel.articles.slice(0, terms.limit),
      ...(history ? channel.articles.slice(terms.limit).filter(isWaiting(history)) : []),
    ]
    const last = history ? lastPage(history) : 0
    return toFeed(publication, channel, articles.map(itemOf), {
      ...(terms.hubs && { hubs: terms.hubs }),
      ...(terms.podcastCategory && { podcastCategory: terms.podcastCategory }),
      history: {
        complete: articles.length === channel.articles.length && last === 0,
        ...(last > 0 && { previous: placeOf(publication, `archive/${last}/`).urls }),
      },
      withdrawn: withdrawn.slice(0, terms.limit).map(({ id, at }) => ({ id, at })),
    })
  }
}

function isWaiting(history: History): (article: Article) => boolean {
  return ({ id }) => history.get(id)?.page === undefined
}

/** One document of a channel. */
export function toFeed(
  publication: Publication,
  channel: Channel,
  items: readonly FeedItem[],
  rest: Pick<Feed, 'hubs' | 'podcastCategory' | 'history' | 'withdrawn'>,
): Feed {
  const { id, title, description, language, folder, firstUrl, urls, authors } = channel
  const { url, copyright, icon } = publication
  const changes = [
    ...items.map((item) => item.updatedAt),
    ...(rest.withdrawn ?? []).map(({ at }) => at),
  ]
  return {
    id,
    title,
    description,
    language,
    // The page of a term stands beside its documents.
    homeUrl: channel.kind === 'site' ? url : urls.rss.replace(/[^/]*$/, ''),
    ...(firstUrl !== undefined && { firstUrl }),
    urls,
    folder,
    updatedAt: latestDate(changes),
    authors,
    ...(copyright !== undefined && { copyright }),
    ...(icon !== undefined && { icon }),
    ...rest,
    items,
  }
}
