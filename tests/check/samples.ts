import { type Circumstances, checkDocument } from '../../src/check/check-document.ts'

export const now = new Date('2026-11-01T00:00:00Z')

/** The codes of all that is found in a document, in its order. */
export function codesOf(
  text: string | Uint8Array,
  circumstances: Partial<Circumstances> = {},
): readonly string[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  return checkDocument(bytes, { now, ...circumstances }).findings.map(({ code }) => code)
}

/** An RSS feed to which nobody objects, with something more in its head, in an item, or in its root. */
export function rss({ head = '', item = '', items = '', root = '' } = {}): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"${root}>
  <channel>
    <title>Paper</title>
    <link>https://example.org/</link>
    <description>A paper</description>
    <atom:link rel="self" href="https://example.org/rss.xml"/>
    ${head}
    <item>
      <title>One</title>
      <guid isPermaLink="false">tag:example.org,2026:one</guid>
      ${item}
    </item>
    ${items}
  </channel>
</rss>`
}

/** An Atom feed to which nobody objects, with something more in its head or in an entry. */
export function atom({ head = '', entry = '', entries = '', root = '' } = {}): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"${root}>
  <id>tag:example.org,2026:feed</id>
  <title>Paper</title>
  <updated>2026-10-02T00:00:00Z</updated>
  <author><name>Ann</name></author>
  <link rel="self" href="https://example.org/atom.xml"/>
  ${head}
  <entry>
    <id>tag:example.org,2026:one</id>
    <title>One</title>
    <updated>2026-10-01T00:00:00Z</updated>
    <link href="https://example.org/one/"/>
    <summary>The first one.</summary>
    ${entry}
  </entry>
  ${entries}
</feed>`
}

/** A JSON feed to which nobody objects, with other members in it or in its item. */
export function json(feed: object = {}, item: object = {}): string {
  const one = { id: 'one', url: 'https://example.org/one/', content_text: 'Text.', ...item }
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: 'Paper',
    home_page_url: 'https://example.org/',
    feed_url: 'https://example.org/feed.json',
    items: [one],
    ...feed,
  })
}
