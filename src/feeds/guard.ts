import type { Feed, FeedItem } from '../model/feed.ts'
import type { Author } from '../model/publication.ts'

/** The date of what has none: a constant, since the clock would change the file on every run. */
export const unknownDate = new Date(0)

const oldest = Date.parse('0001-01-01T00:00:00Z')
const newest = Date.parse('9999-12-31T23:59:59Z')

/**
 * A text without what XML 1.0 (§2.2) forbids or discourages: control characters, noncharacters, lone surrogates.
 * Line ends become LF, as every XML parser would make them anyway, so that JSON says the same.
 */
export function cleanText(value: string): string {
  return value
    .replace(/\r\n?|[\v\f\u0085]/g, '\n')
    .replace(/[[\p{Cc}--[\t\n]]\p{Noncharacter_Code_Point}\p{Cs}]/gv, '')
    .trim()
}

/**
 * A text that stands on one line, for titles, names and attributes, in which parsers fold white space. Spaces that
 * do not break stay: French puts one before a colon.
 */
export function cleanLine(value: string): string {
  return cleanText(value).replace(/[\t\n \u2028\u2029]+/g, ' ')
}

/**
 * An absolute http or https URL in the characters of RFC 3986, which validators and old readers insist on.
 *
 * @returns nothing when it cannot be made one; never throws
 */
export function httpUrl(value: string, base?: string): string | undefined {
  const line = cleanLine(value)
  const url = URL.parse(line) ?? URL.parse(line, base)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return undefined
  const forbidden = url.hostname.startsWith('[') ? /["<>\\^`{|}]/g : /["<>[\\\]^`{|}]/g
  return url.href.replace(forbidden, encodeURIComponent).replace(/%(?![\da-f]{2})/gi, '%25')
}

/** To the second, as RSS has it; nothing for what is no date, or has no four-digit year (RFC 3339, RFC 822). */
export function safeDate(date: Date): Date | undefined {
  const time = date.getTime()
  return time >= oldest && time <= newest ? new Date(Math.floor(time / 1000) * 1000) : undefined
}

/** The newest date of several, or `unknownDate` when there is none. */
export function latestDate(dates: readonly Date[]): Date {
  const times = dates.flatMap((date) => safeDate(date)?.getTime() ?? [])
  return times.length === 0
    ? unknownDate
    : new Date(times.reduce((latest, time) => Math.max(latest, time)))
}

/** `2026-11-23T12:00:00Z` */
export function isoDate(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z')
}

/** A language tag in the form of BCP 47, or empty: a wrong one is worse than none. */
function safeLanguage(value: string): string {
  return /^[a-z]{2,8}(-[a-z\d]{1,8})*$/i.test(value) ? value : ''
}

/** RFC 4287 and the validators know ASCII addresses only (RFC 2822 addr-spec). */
function safeEmail(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d-]+(\.[a-z\d-]+)+$/i.test(value)
    ? value
    : undefined
}

function safeAuthors(authors: readonly Author[]): readonly Author[] {
  return authors.flatMap((author) => {
    const name = cleanLine(author.name) || cleanLine(author.email ?? '')
    const email = safeEmail(author.email)
    const url = author.url === undefined ? undefined : httpUrl(author.url)
    return name === '' ? [] : [{ name, ...(email && { email }), ...(url && { url }) }]
  })
}

function safeType(value: string): string {
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(value) ? value : 'application/octet-stream'
}

function safeNumber(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) && value > 0 ? Math.round(value) : 0
}

function safeEnclosure(given: FeedItem['enclosure'], base: string): FeedItem['enclosure'] {
  const url = given && httpUrl(given.url, base)
  if (given === undefined || url === undefined) return undefined
  const title = cleanLine(given.title ?? '')
  const duration = safeNumber(given.duration)
  return {
    url,
    type: safeType(given.type),
    length: safeNumber(given.length),
    ...(title && { title }),
    ...(duration && { duration }),
  }
}

function safeImage(given: FeedItem['image'], base: string): FeedItem['image'] {
  const url = given && httpUrl(given.url, base)
  return given && url !== undefined ? { url, alt: cleanLine(given.alt) } : undefined
}

/** The beginning of a text, for an item that would have no title at all. */
function beginning(text: string): string {
  return [...text.slice(0, 160)].slice(0, 80).join('').trim()
}

function guardItem(given: FeedItem, base: string): FeedItem {
  const publishedAt = safeDate(given.publishedAt) ?? safeDate(given.updatedAt) ?? unknownDate
  const updatedAt = safeDate(given.updatedAt) ?? publishedAt
  const url = httpUrl(given.url, base) ?? base
  const html = cleanText(given.html ?? '')
  const text = cleanLine(given.summary)
  const title = cleanLine(given.title) || beginning(text) || url
  const image = safeImage(given.image, base)
  const enclosure = safeEnclosure(given.enclosure, base)
  return {
    id: cleanLine(given.id) || url,
    url,
    title,
    // JSON Feed demands one text or the other.
    summary: text || (html === '' ? title : ''),
    ...(html && { html }),
    publishedAt,
    updatedAt: updatedAt < publishedAt ? publishedAt : updatedAt,
    authors: safeAuthors(given.authors),
    tags: [...new Set(given.tags.map(cleanLine))].filter((tag) => tag !== ''),
    language: safeLanguage(given.language),
    ...(image && { image }),
    ...(enclosure && { enclosure }),
  }
}

// An item stands in many feeds and each feed in three formats: its text is looked through once.
const guardedFeeds = new WeakMap<Feed, Feed>()
const guardedItems = new WeakMap<FeedItem, { readonly base: string; readonly item: FeedItem }>()

function guardOnce(given: FeedItem, base: string): FeedItem {
  const known = guardedItems.get(given)
  if (known?.base === base) return known.item
  const item = guardItem(given, base)
  guardedItems.set(given, { base, item })
  return item
}

/**
 * Makes a feed fit for all three formats, whatever was typed into it: its texts may stand in XML 1.0, its URLs are
 * absolute, its dates are dates, and nothing that a format requires is empty. What the documents say alike is
 * decided here; the renderers only write it down.
 */
export function guardFeed(given: Feed): Feed {
  const known = guardedFeeds.get(given)
  if (known !== undefined) return known
  const homeUrl = httpUrl(given.homeUrl) ?? cleanLine(given.homeUrl)
  const own = (url: string) => httpUrl(url, homeUrl) ?? homeUrl
  const title = cleanLine(given.title) || homeUrl
  const copyright = cleanLine(given.copyright ?? '')
  const icon = given.icon === undefined ? undefined : httpUrl(given.icon, homeUrl)
  const feed: Feed = {
    id: cleanLine(given.id) || own(given.urls.atom),
    title,
    description: cleanLine(given.description) || title,
    language: safeLanguage(given.language),
    homeUrl,
    urls: { rss: own(given.urls.rss), atom: own(given.urls.atom), json: own(given.urls.json) },
    folder: given.folder,
    updatedAt: safeDate(given.updatedAt) ?? unknownDate,
    authors: safeAuthors(given.authors),
    ...(copyright && { copyright }),
    ...(icon && { icon }),
    items: given.items.map((item) => guardOnce(item, homeUrl)),
  }
  guardedFeeds.set(given, feed)
  guardedFeeds.set(feed, feed)
  return feed
}
