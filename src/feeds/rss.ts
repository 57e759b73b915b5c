import { type Item, Feed as Writer } from 'feed'
import type { Feed, FeedItem } from '../model/feed.ts'
import type { Author } from '../model/publication.ts'
import { between, insertBefore, writtenOnce } from './fragments.ts'
import { isoDate } from './guard.ts'
import { guardFeed } from './guard-feed.ts'
import { mediaElements, mediaNamespace } from './media.ts'
import { channelPodcast, isPodcast, itemPodcast, podcastNamespaces } from './podcast.ts'
import { historyNamespaces, relationElements, stylesheet } from './relations.ts'
import { element, escapeXml, placeholders, template, templates } from './xml.ts'

const namespaces = [
  'xmlns:atom="http://www.w3.org/2005/Atom"',
  'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
  'xmlns:dc="http://purl.org/dc/elements/1.1/"',
  mediaNamespace,
]

/** How long a reader may keep a document before it asks again, in minutes. */
const timeToLive = 60

/**
 * An RSS 2.0 document, as UTF-8, by the profile of the RSS Advisory Board. An item's `description` is its summary and
 * `content:encoded` its whole text; its picture is `media:content`, as `enclosure` is for attachments. Authors are
 * `dc:creator`, one each, since `author` is single, demands an address, and validators object to both at once.
 */
export function renderRss(given: Feed): Uint8Array {
  const feed = guardFeed(given)
  const marks = placeholders()
  const writer = new Writer({
    title: marks.xml(plainText(feed.title)),
    description: marks.xml(plainText(feed.description)),
    link: marks.text(feed.homeUrl),
    ...(feed.language && { language: marks.text(feed.language) }),
    updated: feed.updatedAt,
    ttl: timeToLive,
    docs: 'https://www.rssboard.org/rss-specification',
    generator: 'tidings',
    copyright: marks.elements(channelElements(feed)),
    feed: marks.text(feed.urls.rss),
    ...(feed.icon && { image: marks.text(feed.icon) }),
  })
  const skeleton = writer.rss2().replace(/<rss [^>]*>/, () => rootOf(feed))
  const items = feed.items.map((item) => itemXml(item, feed.language))
  return insertBefore(`${template(skeleton)(marks.values)}\n`, channelEnd, items)
}

function rootOf(feed: Feed): string {
  const used = [
    ...namespaces,
    ...historyNamespaces(feed),
    ...(isPodcast(feed) ? podcastNamespaces : []),
  ]
  return `${stylesheet(feed)}\n<rss version="2.0" ${used.join(' ')}>`
}

const channelEnd = '\n    </channel>\n</rss>'

const fillItem = templates((entry: Item) => {
  const writer = new Writer({ title: '' })
  writer.addItem(entry)
  return `\n        <item>${between(writer.rss2(), '<item>', channelEnd)}`
})

const itemXml = writtenOnce((item, language) => {
  const marks = placeholders()
  const entry: Item = {
    title: marks.xml(plainText(item.title)),
    link: marks.text(item.url),
    id: marks.text(item.id),
    date: marks.date(item.publishedAt.toUTCString()),
    // The profile wants one before `content:encoded`, also where there is nothing but a table or a picture
    description: marks.cdata(escapeXml(item.summary || item.title)),
    ...(item.html && { content: marks.cdata(item.html) }),
    category: item.tags.map((tag) => ({ name: marks.xml(plainText(tag)) })),
    extensions: [
      { name: 'tidings', objects: { _text: marks.elements(itemElements(item, language)) } },
    ],
  }
  return fillItem(entry, marks)
})

/**
 * Plain text in the way that the profile found most readers to understand, of whom some take a title for HTML and
 * undo `&lt;` twice.
 */
function plainText(value: string): string {
  return value.replaceAll('&', '&#x26;').replaceAll('<', '&#x3C;').replaceAll('>', '&#x3E;')
}

function channelElements(feed: Feed): readonly string[] {
  const { copyright, authors } = feed
  const editor = authors.map(mailbox).find((text) => text !== '')
  return [
    ...(copyright ? [element('copyright', {}, plainText(copyright))] : []),
    ...(editor ? [element('managingEditor', {}, plainText(editor))] : []),
    ...relationElements(feed, 'rss', 'atom:link'),
    ...channelPodcast(feed, plainText),
  ]
}

function itemElements(item: FeedItem, feedLanguage: string): readonly string[] {
  const { authors, contributors = [], publishedAt, updatedAt, language, image, enclosure } = item
  const { url, length, type } = enclosure ?? {}
  return [
    ...(url ? [element('enclosure', { url, length, type })] : []),
    ...authors.map(({ name }) => element('dc:creator', {}, plainText(name))),
    ...contributors.map(({ name }) => element('dc:contributor', {}, plainText(name))),
    ...(updatedAt > publishedAt ? [element('atom:updated', {}, isoDate(updatedAt))] : []),
    ...(language && language !== feedLanguage ? [element('dc:language', {}, language)] : []),
    ...mediaElements(image),
    ...itemPodcast(item),
  ]
}

/**
 * `news@example.org (The Desk)`: the profile demands both. The name is a comment (RFC 822), in which parentheses
 * would have to pair.
 *
 * @returns empty where one of the two is not known
 */
function mailbox({ name, email }: Author): string {
  const comment = name.replace(/[()\\]/g, ' ').trim()
  return email === undefined || comment === '' || comment === email ? '' : `${email} (${comment})`
}
