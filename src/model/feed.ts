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
  /** where its RSS document stood when it was first published, where that was elsewhere: a podcast's identity is made of it */
  readonly firstUrl?: string
  /** the three documents, each naming itself */
  readonly urls: FeedUrls
  /** where the documents stand below out/, `''` or `tags/nato/` */
  readonly folder: string
  /** the newest `updatedAt` of its items; the publication's epoch when it has none. Never the clock's. */
  readonly updatedAt: Date
  readonly authors: readonly Author[]
  readonly copyright?: string
  readonly icon?: string
  /** absolute URLs of WebSub hubs that are told of changes */
  readonly hubs?: readonly string[]
  /** `News > Politics`: what a podcast is about, in the words of directories of podcasts */
  readonly podcastCategory?: string
  readonly history?: FeedHistory
  /** newest first */
  readonly items: readonly FeedItem[]
  /** articles that readers may still have and should not, the latest withdrawal first */
  readonly withdrawn?: readonly Withdrawal[]
}

/** Absolute URLs of one document in each of the three formats. */
export interface FeedUrls {
  readonly rss: string
  readonly atom: string
  readonly json: string
}

/** Where a document stands in the history of its feed (RFC 5005). */
export interface FeedHistory {
  /** it holds all that the feed has (§2) */
  readonly complete?: boolean
  /** it will hold these articles for good (§4) */
  readonly archive?: boolean
  /** the archive document before it */
  readonly previous?: FeedUrls
  /** the document after an archive document */
  readonly next?: FeedUrls
  /** the document to subscribe to; absent when this is it */
  readonly current?: FeedUrls
}

/** An article that has been taken back (RFC 6721). */
export interface Withdrawal {
  readonly id: ArticleId
  /** when it expired, or when its file was first found to be gone */
  readonly at: Date
}

/** A withdrawal, and the feeds that it concerns besides the publication's. */
export interface PlacedWithdrawal extends Withdrawal {
  /** `tags/nato/`; empty where they are not known: nothing but a file tells its terms */
  readonly folders: readonly string[]
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
  readonly contributors?: readonly Author[]
  readonly tags: readonly string[]
  readonly language: string
  readonly image?: Image
  readonly enclosure?: Enclosure
}
