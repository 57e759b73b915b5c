import { Buffer } from 'node:buffer'
import { type Extension, Feed as Writer } from 'feed'
import type { Enclosure } from '../model/article.ts'
import type { Feed } from '../model/feed.ts'
import type { Author } from '../model/publication.ts'
import { between, insertBefore, writtenOnce } from './fragments.ts'
import { isoDate } from './guard.ts'
import { guardFeed } from './guard-feed.ts'

/** A JSON Feed 1.1 document, as UTF-8 (https://www.jsonfeed.org/version/1.1/). */
export function renderJsonFeed(given: Feed): Uint8Array {
  const feed = guardFeed(given)
  const writer = new Writer({
    title: feed.title,
    link: feed.homeUrl,
    feedLinks: { json: feed.urls.json },
    description: feed.description,
    ...(feed.icon && { image: feed.icon }),
  })
  // `feed` writes version 1; a member of the same name takes the place of its own.
  writer.addExtension(member('version', 'https://jsonfeed.org/version/1.1'))
  if (feed.language) writer.addExtension(member('language', feed.language))
  if (feed.authors.length > 0) writer.addExtension(member('authors', feed.authors.map(toAuthor)))
  if (feed.icon) writer.addExtension(member('favicon', feed.icon))
  if (feed.history?.previous) writer.addExtension(member('next_url', feed.history.previous.json))
  if (feed.hubs) {
    const hubs = feed.hubs.map((url) => ({ type: 'WebSub', url }))
    writer.addExtension(member('hubs', hubs))
  }
  const json = `${writer.json1()}\n`
  if (feed.items.length === 0) return Buffer.from(json)
  const items = feed.items.flatMap((item, index) => [
    ...(index === 0 ? [] : [comma]),
    itemJson(item, feed.language),
  ])
  return insertBefore(json, ']\n}', [...items, indent])
}

const comma = Buffer.from(',')
const indent = Buffer.from('\n    ')

/** One item as it stands in the list, from the line end before it to its brace. */
const itemJson = writtenOnce((item, feedLanguage) => {
  const { html, summary, enclosure, authors, language } = item
  const writer = new Writer({ title: '' })
  writer.addItem({
    id: item.id,
    link: item.url,
    title: item.title,
    date: item.updatedAt,
    published: item.publishedAt,
    ...(summary && { description: summary }),
    ...(html && { content: html }),
    ...(item.image && { image: item.image.url }),
    ...(item.tags.length > 0 && { category: item.tags.map((name) => ({ name })) }),
    extensions: [
      // Without content `feed` would pass the plain summary off as HTML. One of the two is required.
      ...(html ? [] : [member('content_html', undefined), member('content_text', summary)]),
      member('date_published', isoDate(item.publishedAt)),
      member('date_modified', isoDate(item.updatedAt)),
      ...(authors.length > 0 ? [member('authors', authors.map(toAuthor))] : []),
      ...(language && language !== feedLanguage ? [member('language', language)] : []),
      ...(enclosure ? [member('attachments', [toAttachment(enclosure)])] : []),
    ],
  })
  return between(writer.json1(), '"items": [', '\n    ]\n}')
})

/** One member of an object; `feed` promises objects for values and takes whatever JSON takes. */
function member(name: string, value: unknown): Extension {
  return { name, objects: value as Extension['objects'] }
}

function toAuthor({ name, url }: Author) {
  return { name, ...(url && { url }) }
}

function toAttachment({ url, type, title, length, duration }: Enclosure) {
  return {
    url,
    mime_type: type,
    ...(title && { title }),
    ...(length && { size_in_bytes: length }),
    ...(duration && { duration_in_seconds: duration }),
  }
}
