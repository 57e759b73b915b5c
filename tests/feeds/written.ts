import { renderAtom as writeAtom } from '../../src/feeds/atom.ts'
import { feedFiles as writeFiles } from '../../src/feeds/feed-files.ts'
import { renderJsonFeed as writeJsonFeed } from '../../src/feeds/json-feed.ts'
import { renderRss as writeRss } from '../../src/feeds/rss.ts'
import type { Feed } from '../../src/model/feed.ts'

// The documents as texts, as tests read them.

const text = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

export const renderRss = (feed: Feed): string => text(writeRss(feed))
export const renderAtom = (feed: Feed): string => text(writeAtom(feed))
export const renderJsonFeed = (feed: Feed): string => text(writeJsonFeed(feed))

export function feedFiles(feeds: readonly Feed[]): { path: string; contents: string }[] {
  return writeFiles(feeds).map(({ path, contents }) => ({ path, contents: text(contents) }))
}
