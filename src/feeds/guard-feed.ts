import type { Feed, FeedHistory, FeedItem, FeedUrls, Withdrawal } from '../model/feed.ts'
import type { Author } from '../model/publication.ts'
import { cleanLine, cleanText, httpUrl, safeDate, unknownDate } from './guard.ts'
import { podcastCategories } from './podcast-categories.ts'

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
  const contributors = safeAuthors(given.contributors ?? [])
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
    ...(contributors.length > 0 && { contributors }),
    tags: [...new Set(given.tags.map(cleanLine))].filter((tag) => tag !== ''),
    language: safeLanguage(given.language),
    ...(image && { image }),
    ...(enclosure && { enclosure }),
  }
}

function safeUrls({ rss, atom, json }: FeedUrls, base: string): FeedUrls {
  const safe = (url: string) => httpUrl(url, base) ?? base
  return { rss: safe(rss), atom: safe(atom), json: safe(json) }
}

function safeHubs(hubs: readonly string[] = []): readonly string[] {
  return [...new Set(hubs.flatMap((hub) => httpUrl(hub) ?? []))]
}

function safeHistory(given: FeedHistory, base: string): FeedHistory {
  const { complete = false, archive = false } = given
  const [previous, next, current] = [given.previous, given.next, given.current].map((urls) =>
    safeNeighbour(urls, base),
  )
  return {
    ...(complete && !archive && !previous && { complete }),
    ...(archive && { archive }),
    ...(previous && { previous }),
    ...(next && { next }),
    ...(current && { current }),
  }
}

/** All three addresses or none: a reader of one format gets no further than that of another. */
function safeNeighbour(urls: FeedUrls | undefined, base: string): FeedUrls | undefined {
  const rss = urls && httpUrl(urls.rss, base)
  const atom = urls && httpUrl(urls.atom, base)
  const json = urls && httpUrl(urls.json, base)
  return rss && atom && json ? { rss, atom, json } : undefined
}

/** Each article once, with the date of its first mention; none that the feed holds, since it has come back. */
function safeWithdrawals(
  given: readonly Withdrawal[] = [],
  items: readonly FeedItem[],
): readonly Withdrawal[] {
  const known = new Set(['', ...items.map(({ id }) => id)])
  return given.flatMap((withdrawal) => {
    const id = cleanLine(withdrawal.id)
    const at = safeDate(withdrawal.at)
    if (known.has(id) || at === undefined) return []
    known.add(id)
    return [{ id, at }]
  })
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
  const urls = safeUrls(given.urls, homeUrl)
  const hubs = safeHubs(given.hubs)
  const podcastCategory = podcastCategories.find((known) => known === given.podcastCategory)
  const history = given.history && safeHistory(given.history, homeUrl)
  const title = cleanLine(given.title) || homeUrl || 'Untitled'
  const copyright = cleanLine(given.copyright ?? '')
  const icon = given.icon === undefined ? undefined : httpUrl(given.icon, homeUrl)
  // Of the host, not of the feed's own page: an item is the same in all feeds.
  const base = URL.parse('/', homeUrl)?.href ?? homeUrl
  const items = given.items.map((item) => guardOnce(item, base))
  const withdrawn = safeWithdrawals(given.withdrawn, items)
  const feed: Feed = {
    id: cleanLine(given.id) || urls.atom,
    title,
    description: cleanLine(given.description) || title,
    language: safeLanguage(given.language),
    homeUrl,
    ...(given.firstUrl !== undefined && { firstUrl: given.firstUrl }),
    urls,
    folder: given.folder,
    updatedAt: safeDate(given.updatedAt) ?? unknownDate,
    authors: safeAuthors(given.authors),
    ...(copyright && { copyright }),
    ...(icon && { icon }),
    ...(hubs.length > 0 && { hubs }),
    ...(podcastCategory !== undefined && { podcastCategory }),
    ...(history && { history }),
    items,
    ...(withdrawn.length > 0 && { withdrawn }),
  }
  guardedFeeds.set(given, feed)
  guardedFeeds.set(feed, feed)
  return feed
}
