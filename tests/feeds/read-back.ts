import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith'
import { SaxesParser } from 'saxes'

/** What a reader learns of an item; instants in milliseconds. */
export interface ReadItem {
  readonly id: string | undefined
  readonly url: string | undefined
  readonly title: string | undefined
  readonly summary: string | undefined
  readonly html: string | undefined
  readonly published: number
  readonly updated: number
  readonly authors: readonly (string | undefined)[]
  readonly tags: readonly (string | undefined)[]
  readonly image: string | undefined
  readonly enclosures: readonly {
    url: string | undefined
    type: string | undefined
    length: number
  }[]
}

/** Throws unless the document is well-formed XML 1.0 with namespaces; counts its elements by name. */
export function parseStrictly(xml: string): ReadonlyMap<string, number> {
  const elements = new Map<string, number>()
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name }) => elements.set(name, (elements.get(name) ?? 0) + 1))
  parser.write(xml).close()
  return elements
}

export function readRss(xml: string): readonly ReadItem[] {
  return (parseRssFeed(xml).items ?? []).map((item) => ({
    id: item.guid?.value,
    url: item.link,
    title: item.title,
    summary: plainOf(item.description),
    html: item.content?.encoded,
    published: Date.parse(String(item.pubDate)),
    updated: Date.parse(String(item.atom?.updated ?? item.pubDate)),
    authors: item.dc?.creators ?? [],
    tags: item.categories?.map(({ name }) => name) ?? [],
    image: item.media?.contents?.[0]?.url,
    enclosures: item.enclosures?.map(({ url, type, length = 0 }) => ({ url, type, length })) ?? [],
  }))
}

export function readAtom(xml: string): readonly ReadItem[] {
  return (parseAtomFeed(xml).entries ?? []).map((entry) => ({
    id: entry.id,
    url: entry.links?.find(({ rel }) => rel === undefined)?.href,
    title: textOf(entry.title),
    summary: textOf(entry.summary),
    html: entry.content?.value,
    published: parseWithin(entry.published),
    updated: parseWithin(entry.updated),
    authors: entry.authors?.map(({ name }) => name) ?? [],
    tags: entry.categories?.map(({ term }) => term) ?? [],
    image: entry.media?.contents?.[0]?.url,
    enclosures:
      entry.links
        ?.filter(({ rel }) => rel === 'enclosure')
        .map(({ href, type, length = 0 }) => ({ url: href, type, length })) ?? [],
  }))
}

export function readJson(json: string): readonly ReadItem[] {
  return (parseJsonFeed(json).items ?? []).map((item) => ({
    id: item.id,
    url: item.url,
    title: item.title,
    summary: item.summary ?? item.content_text,
    html: item.content_html,
    published: Date.parse(String(item.date_published)),
    updated: Date.parse(String(item.date_modified)),
    authors: item.authors?.map(({ name }) => name) ?? [],
    tags: item.tags ?? [],
    image: item.image,
    enclosures:
      item.attachments?.map(({ url, mime_type, size_in_bytes = 0 }) => ({
        url,
        type: mime_type,
        length: size_in_bytes,
      })) ?? [],
  }))
}

/** An RSS description is HTML; ours is escaped plain text. */
function plainOf(html: string | undefined): string | undefined {
  const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return html?.replace(/&(amp|lt|gt|quot);/g, (_, name) => characters[name] ?? '')
}

/** An entry has a fraction of its second to itself, in six digits. */
function parseWithin(date: unknown): number {
  return Date.parse(String(date).replace(/\.\d{6}Z$/, 'Z'))
}

/** A text that looks like markup comes as HTML. */
function textOf(given: { value?: string; type?: string } | undefined): string | undefined {
  return given?.type === 'html' ? plainOf(given.value) : given?.value
}
