import type { Feed } from '../model/feed.ts'
import { renderAtom } from './atom.ts'
import { renderJsonFeed } from './json-feed.ts'
import { renderRss } from './rss.ts'

/** A file of a feed. */
export interface FeedFile {
  /** below out/, with `/` between its parts */
  readonly path: string
  readonly contents: Uint8Array
}

/** Every feed in its three formats, in the order given. */
export function feedFiles(feeds: readonly Feed[]): readonly FeedFile[] {
  return feeds.flatMap((feed) => [
    { path: `${feed.folder}rss.xml`, contents: renderRss(feed) },
    { path: `${feed.folder}atom.xml`, contents: renderAtom(feed) },
    { path: `${feed.folder}feed.json`, contents: renderJsonFeed(feed) },
  ])
}
