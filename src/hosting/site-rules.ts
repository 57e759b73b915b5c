/** How out/ is to be served, whoever serves it: what the configurations of web servers are written from. */
export interface SiteRules {
  /** where out/ is published: ends with `/` */
  readonly url: string
  /** WebSub hubs of the feeds */
  readonly hubs: readonly string[]
  /** by path below `url`, decoded, without the slash at its beginning; to absolute URLs */
  readonly moved: ReadonlyMap<string, string>
  /** paths below `url` of articles that were withdrawn: decoded, without slashes at their ends */
  readonly gone: readonly string[]
  /** folders of out/ that are not for the public, relative to it */
  readonly hidden: readonly string[]
}

/** Nothing but our own style sheet and pictures; forms to ourselves only. */
export const pagePolicy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Messages bring their own looks and pictures from anywhere, as in a mail program; a script they never run. */
export const editionPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

/** Both in one, for hosts that would add one to the other. */
export const joinedPolicy =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' http: https: data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Readers ask again whenever they want to know, and mostly hear 304. */
export const freshly = 'public, no-cache'
export const mediaAge = 'public, max-age=86400'

/** What scripts on other pages may read of a feed's answer. */
export const exposed = 'ETag, Last-Modified, Link, Content-Length, Content-Range, IM, Delta-Base'

export const preflight: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, HEAD',
  'Access-Control-Allow-Headers': 'A-IM, If-Modified-Since, If-None-Match, If-Range, Range',
  'Access-Control-Max-Age': '86400',
}

/** The media types of feeds, by the names of their documents. */
export const feedTypes: Readonly<Record<string, string>> = {
  'rss.xml': 'application/rss+xml',
  'atom.xml': 'application/atom+xml',
  'feed.json': 'application/feed+json',
}

/**
 * What a feed in XML is to somebody who opens it: browsers show its source under its own type, or offer to save it, and
 * follow its style sheet under this one. They say that they open something (Fetch Metadata, `Sec-Fetch-Dest`).
 */
export const openedType = 'application/xml'
export const opens = { header: 'Sec-Fetch-Dest', value: 'document' }

/** A path as it is written in a URL. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** A text as a regular expression that finds it. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|"`]/g, '\\$&')
}

/** Endings of files that seldom change. */
export const media: readonly string[] = [
  ...['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'svg', 'ico'],
  ...['mp3', 'm4a', 'ogg', 'opus', 'mp4', 'webm'],
]
