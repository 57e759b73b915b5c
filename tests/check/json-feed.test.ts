import { describe, expect, it } from 'vitest'
import { codesOf, json } from './samples.ts'

const url = 'https://example.org/feed.json'

describe('a JSON feed to which there is nothing to object', () => {
  it.each([
    ['has version, title, addresses and items', {}, {}],
    ['is of version 1', { version: 'https://jsonfeed.org/version/1', author: { name: 'Ann' } }, {}],
    ['has no items yet', { items: [] }, {}],
    ['has members of its own', { _paper: { about: 1 } }, { _paper: [null] }],
    [
      'uses what there is to use',
      {
        authors: [{ name: 'Ann', url: 'https://example.org/ann' }],
        language: 'pt-BR',
        hubs: [{ type: 'WebSub', url: 'https://example.net/' }],
        next_url: 'https://example.org/2.json',
        expired: false,
      },
      {
        content_html: '<p>A <a href="https://example.org/">b</a></p>',
        summary: 'A < B & C',
        tags: ['one'],
        date_published: '2026-10-01T00:00:00+02:00',
        attachments: [
          { url: 'https://example.org/a.mp3', mime_type: 'audio/mpeg', size_in_bytes: 1 },
        ],
      },
    ],
  ])('%s', (_, feed, item) => {
    expect(codesOf(json(feed, item), { url })).toEqual([])
  })
})

describe('in a JSON feed', () => {
  it.each([
    ['version-unknown', { version: '1.1' }, {}],
    ['version-obsolete', { version: 'https://jsonfeed.org/version/1', language: 'en' }, {}],
    ['member-missing', { title: undefined }, {}],
    ['member-missing', { items: undefined }, {}],
    ['member-missing', { home_page_url: undefined }, {}],
    ['self-missing', { feed_url: undefined }, {}],
    ['self-mismatch', { feed_url: 'https://example.org/other.json' }, {}],
    ['history-circle', { next_url: url }, {}],
    ['json-type', { items: {} }, {}],
    ['json-type', { title: 1 }, {}],
    ['json-type', { expired: 'false' }, {}],
    ['json-type', { items: ['one'] }, {}],
    ['member-missing', { authors: [{}] }, {}],
    ['member-missing', { hubs: [{ type: 'WebSub' }] }, {}],
    ['url-relative', { icon: '/icon.png' }, {}],
    ['language-invalid', { language: 'en_US' }, {}],
    ['html-in-text', { title: '<b>Paper</b>' }, {}],
    ['member-missing', {}, { id: undefined }],
    ['json-type', {}, { id: 7 }],
    ['id-invalid', {}, { id: '' }],
    ['content-missing', {}, { content_text: undefined }],
    ['date-invalid', {}, { date_published: '1 October 2026' }],
    ['date-future', {}, { date_published: '2026-12-01T00:00:00Z' }],
    [
      'date-order',
      {},
      { date_published: '2026-10-02T00:00:00Z', date_modified: '2026-10-01T00:00:00Z' },
    ],
    ['json-type', {}, { tags: 'one' }],
    ['json-type', {}, { summary: null }],
    ['member-unknown', {}, { content: 'Text' }],
    ['member-missing', {}, { attachments: [{ url: 'https://example.org/a.mp3' }] }],
    [
      'media-type-invalid',
      {},
      { attachments: [{ url: 'https://example.org/a.mp3', mime_type: 'mp3' }] },
    ],
    [
      'number-invalid',
      {},
      {
        attachments: [{ url: 'https://example.org/a', mime_type: 'audio/mpeg', size_in_bytes: -1 }],
      },
    ],
    ['html-unsafe', {}, { content_html: '<script>x()</script>' }],
    ['html-relative', {}, { content_html: '<img src="a.png">' }],
    ['url-unsafe', {}, { url: 'javascript:x()' }],
  ])('finds %s in %o with %o', (code, feed, item) => {
    expect(codesOf(json(feed, item), { url })).toEqual([code])
  })

  it('finds an identity that stands twice', () => {
    const item = { id: 'one', content_text: 'x' }
    expect(codesOf(json({ items: [item, { ...item, content_text: 'y' }] }))).toEqual([
      'id-duplicate',
    ])
  })

  it('finds a member that stands twice, which JSON.parse would not tell', () => {
    expect(codesOf(json().replace('{', '{"title":"Other",'))).toEqual(['member-duplicate'])
  })

  it('takes members that are called like those of every object for what they are', () => {
    expect(codesOf(json().replace('{', '{"toString":{"title":1},"constructor":1,'))).toEqual([
      'member-unknown',
      'member-unknown',
    ])
  })
})
