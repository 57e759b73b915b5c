import fc from 'fast-check'
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith'
import { expect, it } from 'vitest'
import type { Feed, FeedItem } from '../../src/model/feed.ts'
import { parseStrictly, readAtom, readJson, readRss } from './read-back.ts'
import { feed, item } from './samples.ts'
import { renderAtom, renderJsonFeed, renderRss } from './written.ts'

const nasty = fc.constantFrom(
  ...[']]>', '<![CDATA[', '&', '&amp;', '&lt;', '&#0;', '<b>', '</title>', '<!--', '"', "'"],
  ...['\0', '\b', '\u001B', '\u0085', '\u009F', '\r', '\r\n', '\t', '\u2028', '\uFEFF', '\u00A0'],
  ...['\uD800', '\uDC00', '\uFDD0', '\uFFFE', '\uFFFF', '\u{1FFFE}', 'x-tidings:0;', '$&', '$1'],
  ...[
    '🎉',
    '👩‍👩‍👧',
    'مرحبا',
    '\u202E',
    'ﬁ',
    'é',
    'e\u0301',
    'word',
    ' ',
    '%',
    '?a=1&b=2',
    '[',
    '|',
  ],
)
const hostile = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 8 })
  .map((parts) => parts.join(''))
const url = fc.oneof(
  hostile.map((text) => `https://example.org/${text}`),
  hostile,
  fc.constantFrom('javascript:alert(1)', '', '//', 'https://', '/a b', 'https://[::1]/'),
)
const author = fc.record(
  { name: hostile, email: fc.oneof(hostile, fc.constant('ana@example.org')), url },
  { requiredKeys: ['name'] },
)
const number = fc.oneof(fc.nat(), fc.constantFrom(-1, Number.NaN, 0.5))
const anyItem: fc.Arbitrary<FeedItem> = fc.record(
  {
    id: hostile,
    url,
    title: hostile,
    summary: hostile,
    html: hostile,
    publishedAt: fc.date({ noInvalidDate: false }),
    updatedAt: fc.date({ noInvalidDate: false }),
    authors: fc.array(author, { maxLength: 3 }),
    contributors: fc.array(author, { maxLength: 2 }),
    tags: fc.array(hostile, { maxLength: 3 }),
    language: fc.oneof(hostile, fc.constant('de')),
    image: fc.record({ url, alt: hostile }),
    enclosure: fc.record({
      url,
      type: fc.oneof(hostile, fc.constant('audio/mpeg')),
      length: number,
      title: hostile,
      duration: number,
    }),
  },
  {
    requiredKeys: [
      ...(['id', 'url', 'title', 'summary', 'publishedAt', 'updatedAt', 'authors'] as const),
      ...(['tags', 'language'] as const),
    ],
  },
)
const urls = fc.record({ rss: url, atom: url, json: url })
const anyFeed: fc.Arbitrary<Feed> = fc.record({
  id: hostile,
  title: hostile,
  description: hostile,
  language: fc.oneof(hostile, fc.constant('en')),
  homeUrl: url,
  urls,
  folder: fc.constantFrom('', 'tags/a/'),
  podcastCategory: fc.constantFrom('News', 'TV & Film > After Shows', 'none of them'),
  updatedAt: fc.date({ noInvalidDate: false }),
  authors: fc.array(author, { maxLength: 2 }),
  copyright: hostile,
  icon: url,
  hubs: fc.array(url, { maxLength: 2 }),
  history: fc.record(
    {
      complete: fc.boolean(),
      archive: fc.boolean(),
      previous: urls,
      next: urls,
      current: urls,
    },
    { requiredKeys: [] },
  ),
  withdrawn: fc.array(fc.record({ id: hostile, at: fc.date({ noInvalidDate: false }) }), {
    maxLength: 2,
  }),
  items: fc.array(anyItem, { maxLength: 3 }),
})

it('stays well-formed and says the same in all three formats, whatever is typed into it', () => {
  fc.assert(
    fc.property(anyFeed, (given) => {
      const [rss, atom, json] = [renderRss(given), renderAtom(given), renderJsonFeed(given)]
      expect(parseStrictly(rss).get('item') ?? 0).toBe(given.items.length)
      expect(parseStrictly(atom).get('entry') ?? 0).toBe(given.items.length)
      expect(readAtom(atom)).toEqual(readJson(json))
      // An item has a description before its text, if only its title
      const described = readJson(json).map((one) => ({ ...one, summary: one.summary ?? one.title }))
      expect(readRss(rss)).toEqual(described)
      expect(json.isWellFormed()).toBe(true)

      const channel = parseRssFeed(rss)
      const head = parseAtomFeed(atom)
      const top = parseJsonFeed(json)
      expect([head.title?.value, head.subtitle?.value]).toEqual([top.title, top.description])
      expect([channel.title, channel.description]).toEqual([top.title, top.description])
      expect(Date.parse(String(channel.lastBuildDate))).toBe(Date.parse(String(head.updated)))
      const links = (list: readonly { rel?: string; href?: string }[] = [], wanted: string) =>
        list.flatMap(({ rel, href }) => (rel === wanted ? href : []))
      const hubs = top.hubs?.map((hub) => hub.url) ?? []
      expect(links(channel.atom?.links, 'hub')).toEqual(hubs)
      expect(links(head.links, 'hub')).toEqual(hubs)
      const walks = [
        links(channel.atom?.links, 'prev-archive'),
        links(head.links, 'prev-archive'),
        top.next_url === undefined ? [] : [top.next_url],
      ]
      expect(new Set(walks.map((walk) => walk.length)).size).toBe(1)
      const gone = new Set(readAtom(atom).map(({ id }) => id))
      for (const [, ref] of atom.matchAll(/<at:deleted-entry ref="([^"]*)"/g))
        expect(gone).not.toContain(ref)
    }),
    { numRuns: 300 },
  )
})

it('keeps every text that XML can carry as it was typed', () => {
  const text = fc
    .array(
      fc.constantFrom(']]>', '&', '&amp;', '<b>', '"', "'", 'x-tidings:0;', '$&', '🎉', 'é', 'Ж'),
    )
    .map((parts) => `a${parts.join('')}z`)
  fc.assert(
    fc.property(text, text, text, text, (title, html, tag, name) => {
      const given = feed({
        items: [item({ id: `urn:x:${tag}`, title, html, tags: [tag], authors: [{ name }] })],
      })
      const said = { id: `urn:x:${tag}`, title, html, tags: [tag], authors: [name] }
      expect(readRss(renderRss(given))).toMatchObject([said])
      expect(readAtom(renderAtom(given))).toMatchObject([said])
      expect(readJson(renderJsonFeed(given))).toMatchObject([said])
    }),
  )
})
