import type { ArticleId, Enclosure, Image } from './article.ts'
import type { Author } from './publication.ts'

/** A feed before it has a format: what its RSS, Atom and JSON documents say alike. */
export interface Feed {
  /** permanent: a tag URI (RFC 4151) */
  readonly id: string
  readonly title: string
  readonly description: string
  readonly language: string
  /** absolute URL of the page that the feed belongs to */
  readonly homeUrl: string
  /** absolute URLs of the three documents, each naming itself */
  readonly urls: { readonly rss: string; readonly atom: string; readonly json: string }
  /** where the documents stand below out/, `''` or `tags/nato/` */
  readonly folder: string
  /** the newest `updatedAt` of its items; the publication's epoch when it has none. Never the clock's. */
  readonly updatedAt: Date
  readonly authors: readonly Author[]
  readonly copyright?: string
  readonly icon?: string
  /** newest first */
  readonly items: readonly FeedItem[]
}

/** An article in a feed: RSS item, Atom entry, JSON Feed item. */
export interface FeedItem {
  readonly id: ArticleId
  readonly url: string
  readonly title: string
  /** plain text */
  readonly summary: string
  /** absent when the feed carries summaries only */
  readonly html?: string
  readonly publishedAt: Date
  readonly updatedAt: Date
  readonly authors: readonly Author[]
  readonly tags: readonly string[]
  readonly language: string
  readonly image?: Image
  readonly enclosure?: Enclosure
}
