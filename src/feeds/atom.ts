import { hash } from 'node:crypto'
import { type Item, Feed as Writer } from 'feed'
import type { Enclosure } from '../model/article.ts'
import type { Feed } from '../model/feed.ts'
import type { Author } from '../model/publication.ts'
import { between, insertBefore, writtenOnce } from './fragments.ts'
import { isoDate } from './guard.ts'
import { guardFeed } from './guard-feed.ts'
import { mediaElements, mediaNamespace } from './media.ts'
import { historyNamespaces, relationElements, stylesheet } from './relations.ts'
import { element, escapeXml, placeholders, template, templates } from './xml.ts'

/**
 * An Atom 1.0 document (RFC 4287), as UTF-8. Titles and summaries are plain text, or HTML where they look like markup;
 * the content is HTML; identities stand in it verbatim. What has been withdrawn is a `deleted-entry` (RFC 6721).
 */
export function renderAtom(given: Feed): Uint8Array {
  const feed = guardFeed(given)
  const marks = placeholders()
  const writer = new Writer({
    id: marks.text(feed.id),
    title: marks.text(feed.title),
    description: marks.text(feed.description),
    link: marks.text(feed.homeUrl),
    feed: marks.text(feed.urls.atom),
    updated: marks.date(isoDate(feed.updatedAt)),
    generator: 'tidings',
    copyright: marks.elements(feedElements(feed)),
    ...(feed.icon && { image: marks.text(feed.icon), favicon: marks.text(feed.icon) }),
  })
  const skeleton = writer.atom1().replace(/<feed [^>]*>/, () => rootOf(feed))
  const entries = feed.items.map((item) => entryXml(item, feed.language))
  return insertBefore(`${template(skeleton)(marks.values)}\n`, feedEnd, entries)
}

function rootOf(feed: Feed): string {
  const used = [
    'xmlns="http://www.w3.org/2005/Atom"',
    mediaNamespace,
    ...historyNamespaces(feed),
    ...(feed.withdrawn ? ['xmlns:at="http://purl.org/atompub/tombstones/1.0"'] : []),
  ]
  return `${stylesheet(feed)}\n<feed ${used.join(' ')}${inLanguage(feed.language)}>`
}

const feedEnd = '\n</feed>'

interface EntryTokens {
  /** the start tag */
  readonly start: string
  /** the start tag of its content */
  readonly content: string
  readonly title: TextType
  readonly summary: TextType
  readonly item: Item
}

const fillEntry = templates(({ start, content, title, summary, item }: EntryTokens) => {
  const writer = new Writer({ title: '' })
  writer.addItem(item)
  const skeleton = between(writer.atom1(), '<entry>', feedEnd)
    .replace('<title type="html">', `<title type="${title}">`)
    .replace('<summary type="html">', `<summary type="${summary}">`)
    .replace('<content type="html">', content)
  return `\n    ${start}${skeleton}`
})

const entryXml = writtenOnce((item, language) => {
  const marks = placeholders()
  const own = item.language === language ? '' : inLanguage(item.language)
  const person = ({ name, email, url }: Author) => ({
    name: marks.text(name),
    ...(email && { email: marks.text(email) }),
    ...(url && { link: marks.text(url) }),
  })
  const title = unmistakable(item.title)
  const summary = unmistakable(item.summary)
  const entry = {
    title: marks.text(title.text),
    id: marks.text(item.id),
    link: marks.text(item.url),
    date: marks.date(distinctDate(item.updatedAt, item.id)),
    published: marks.date(distinctDate(item.publishedAt, item.id)),
    ...(item.summary && { description: marks.text(summary.text) }),
    ...(item.html && { content: marks.cdata(item.html) }),
    author: item.authors.map(person),
    ...(item.contributors && { contributor: item.contributors.map(person) }),
    category: item.tags.map((tag) => ({ name: marks.text(tag), term: marks.text(tag) })),
    copyright: marks.elements([...enclosureElements(item.enclosure), ...mediaElements(item.image)]),
  }
  const start = `<entry${marks.xml(own)}>`
  // Its URLs are absolute; whatever a reader still takes for a relative one belongs to the article's page.
  const content = `<content type="html" xml:base="${marks.text(item.url)}">`
  const types = { title: title.type, summary: summary.type }
  return fillEntry({ start, content, ...types, item: entry }, marks)
})

type TextType = 'text' | 'html'

/**
 * Plain text that looks like markup is taken for it by some readers, whatever its type says: as HTML that says it, it is
 * clear to all (RFC 4287 §3.1.1).
 */
function unmistakable(text: string): { readonly type: TextType; readonly text: string } {
  const looksLikeMarkup = /<[a-z/!?]|&#?\w+;/i.test(text)
  return looksLikeMarkup ? { type: 'html', text: escapeXml(text) } : { type: 'text', text }
}

/**
 * Of articles of one day many say no time. Validators warn where two entries were updated at one instant, so each entry
 * has a fraction of its second to itself, which its identity decides: it never moves.
 */
function distinctDate(date: Date, id: string): string {
  const fraction = (hash('sha1', id, 'buffer').readUInt32BE() % 999_999) + 1
  return isoDate(date).replace('Z', `.${String(fraction).padStart(6, '0')}Z`)
}

function inLanguage(language: string): string {
  return language && ` xml:lang="${language}"`
}

function feedElements(feed: Feed): readonly string[] {
  const { title, copyright, authors, items, withdrawn = [] } = feed
  // RFC 4287 §4.1.1: a feed has an author unless every one of its entries has.
  const anonymous = items.length === 0 || items.some((item) => item.authors.length === 0)
  const named = authors.length === 0 && anonymous ? [{ name: title }] : authors
  return [
    ...(copyright ? [element('rights', {}, escapeXml(copyright))] : []),
    ...named.map(authorElement),
    ...relationElements(feed, 'atom', 'link'),
    ...withdrawn.map(({ id, at }) => element('at:deleted-entry', { ref: id, when: isoDate(at) })),
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
