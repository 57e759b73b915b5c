import { Feed as Writer } from 'feed'
import type { Enclosure } from '../model/article.ts'
import type { Feed, FeedItem } from '../model/feed.ts'
import type { Author } from '../model/publication.ts'
import { guardFeed } from './guard.ts'
import { mediaElements, mediaNamespace } from './media.ts'
import { element, escapeXml, type Placeholders, placeholders } from './xml.ts'

/**
 * An Atom 1.0 document (RFC 4287). Titles and summaries are plain text, the content is HTML; identities stand in it
 * verbatim.
 */
export function renderAtom(given: Feed): string {
  const feed = guardFeed(given)
  const marks = placeholders()
  const writer = new Writer({
    id: marks.text(feed.id),
    title: marks.text(feed.title),
    description: marks.text(feed.description),
    link: marks.text(feed.homeUrl),
    feed: marks.text(feed.urls.atom),
    updated: feed.updatedAt,
    generator: 'tidings',
    copyright: marks.elements(feedElements(feed)),
    ...(feed.icon && { image: marks.text(feed.icon), favicon: marks.text(feed.icon) }),
  })
  for (const item of feed.items) addItem(writer, marks, item)
  const root = `<feed xmlns="http://www.w3.org/2005/Atom" ${mediaNamespace}${inLanguage(feed.language)}>`
  return marks.finish(mendEntries(writer.atom1(), feed), root)
}

function addItem(writer: Writer, marks: Placeholders, item: FeedItem) {
  writer.addItem({
    title: marks.text(item.title),
    id: marks.text(item.id),
    link: marks.text(item.url),
    date: item.updatedAt,
    published: item.publishedAt,
    ...(item.summary && { description: marks.text(item.summary) }),
    ...(item.html && { content: marks.cdata(item.html) }),
    author: item.authors.map(({ name, email, url }) => ({
      name: marks.text(name),
      ...(email && { email: marks.text(email) }),
      ...(url && { link: marks.text(url) }),
    })),
    category: item.tags.map((tag) => ({ name: marks.text(tag), term: marks.text(tag) })),
    copyright: marks.elements([...enclosureElements(item.enclosure), ...mediaElements(item.image)]),
  })
}

/** Corrects what `feed` takes for granted of an entry: no value stands in the skeleton yet, so none is touched. */
function mendEntries(skeleton: string, { items, language }: Feed): string {
  let index = 0
  return skeleton
    .replaceAll('.000Z<', 'Z<')
    .replaceAll('<title type="html">', '<title type="text">')
    .replaceAll('<summary type="html">', '<summary type="text">')
    .replaceAll('<entry>', () => {
      const own = items[index++]?.language ?? ''
      return `<entry${own === language ? '' : inLanguage(own)}>`
    })
}

function inLanguage(language: string): string {
  return language && ` xml:lang="${language}"`
}

function feedElements({ title, copyright, authors, items }: Feed): readonly string[] {
  // RFC 4287 §4.1.1: a feed has an author unless every one of its entries has.
  const anonymous = items.length === 0 || items.some((item) => item.authors.length === 0)
  const named = authors.length === 0 && anonymous ? [{ name: title }] : authors
  return [
    ...(copyright ? [element('rights', {}, escapeXml(copyright))] : []),
    ...named.map(authorElement),
  ]
}

function authorElement({ name, email, url }: Author): string {
  const parts = [
    element('name', {}, escapeXml(name)),
    email && element('email', {}, escapeXml(email)),
    url && element('uri', {}, escapeXml(url)),
  ]
  return element('author', {}, parts.filter(Boolean).join(''))
}

function enclosureElements(enclosure: Enclosure | undefined): readonly string[] {
  if (enclosure === undefined) return []
  const { url, type, length, title } = enclosure
  const attributes = { rel: 'enclosure', href: url, type, length: length || undefined, title }
  return [element('link', attributes)]
}
