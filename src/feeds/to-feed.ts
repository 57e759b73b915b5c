import type { Article, RenderArticle } from '../model/article.ts'
import type { Collection } from '../model/collection.ts'
import type { Feed, FeedItem } from '../model/feed.ts'
import type { Publication } from '../model/publication.ts'
import { type Channel, listChannels } from './channels.ts'
import { cleanLine, latestDate } from './guard.ts'
import { type TermKind, termKey, termsOf } from './terms.ts'

export interface FeedTerms {
  /** how many articles a feed holds at most, the newest ones */
  readonly limit: number
  /** whole texts, or summaries only */
  readonly content: 'full' | 'summary'
  /** what has a feed of its own besides the site */
  readonly per: readonly TermKind[]
}

/**
 * All feeds of the publication, in the order of `listChannels`. A tag is spelled alike in all items.
 *
 * @param render called once for each article that stands in a feed, and for no other
 */
export function toFeeds(
  publication: Publication,
  collection: Collection,
  { limit, content, per }: FeedTerms,
  render: RenderArticle,
): readonly Feed[] {
  const spelling = new Map(termsOf('tag', collection.articles).map(({ key, name }) => [key, name]))
  const items = new Map<Article, FeedItem>()
  const itemOf = (article: Article) => {
    const item = items.get(article) ?? toItem(article, { content, spelling, render })
    items.set(article, item)
    return item
  }
  return listChannels(publication, collection, per).map((channel) =>
    toFeed(publication, channel, channel.articles.slice(0, limit).map(itemOf)),
  )
}

function toFeed(publication: Publication, channel: Channel, items: readonly FeedItem[]): Feed {
  const { id, title, description, language, folder, urls, authors } = channel
  const { url, copyright, icon } = publication
  return {
    id,
    title,
    description,
    language,
    homeUrl: url,
    urls,
    folder,
    updatedAt: latestDate(items.map((item) => item.updatedAt)),
    authors,
    ...(copyright !== undefined && { copyright }),
    ...(icon !== undefined && { icon }),
    items,
  }
}

function toItem(
  article: Article,
  terms: {
    readonly content: 'full' | 'summary'
    readonly spelling: ReadonlyMap<string, string>
    readonly render: RenderArticle
  },
): FeedItem {
  const { html, summary, image = article.image } = terms.render(article)
  const { id, url, title, publishedAt, updatedAt, authors, language, enclosure } = article
  const tags = article.tags.map((tag) => terms.spelling.get(termKey(tag)) ?? cleanLine(tag))
  return {
    id,
    url,
    title,
    summary,
    ...(terms.content === 'full' && { html }),
    publishedAt,
    updatedAt,
    authors,
    tags: [...new Set(tags)],
    language,
    ...(image && { image }),
    ...(enclosure && { enclosure }),
  }
}
