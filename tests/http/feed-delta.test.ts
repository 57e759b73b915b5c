import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkDocument } from '../../src/check/check-document.ts'
import { cutFeed } from '../../src/http/feed-delta.ts'
import type { Feed, FeedItem } from '../../src/model/feed.ts'
import { feed, item } from '../feeds/samples.ts'
import { renderAtom, renderJsonFeed, renderRss } from '../feeds/written.ts'

const formats = [
  ['RSS', renderRss],
  ['Atom', renderAtom],
  ['JSON Feed', renderJsonFeed],
] as const

function items(...names: readonly string[]): readonly FeedItem[] {
  return names.map((name) => item({ id: `tag:example.org,2026:${name}`, title: `Title ${name}` }))
}

/** What a reader of a former version gets of the one that stands. */
function delta(render: (feed: Feed) => string, before: Feed, now: Feed): string {
  const known = new Set(cutFeed(render(before))?.keys)
  return cutFeed(render(now))?.without(known) ?? ''
}

it.each(formats)('keeps of %s what is new and what has changed', (_, render) => {
  const [a, b, c] = items('a', 'b', 'c')
  if (!a || !b || !c) throw new Error('three')
  const before = feed({ items: [a, b] })
  const now = feed({ items: [c, a, { ...b, title: 'Corrected' }] })
  const text = delta(render, before, now)
  expect(text).toContain('Title c')
  expect(text).toContain('Corrected')
  expect(text).not.toContain('Title a')
  expect(text).toBe(render(feed({ items: [c, { ...b, title: 'Corrected' }] })))
})

it.each(formats)('leaves %s whole for who knows nothing of it', (_, render) => {
  const text = render(feed({ items: items('a', 'b') }))
  expect(cutFeed(text)?.without(new Set())).toBe(text)
})

it('does not say of what it leaves out that it is gone', () => {
  const before = feed({ items: items('a'), history: { complete: true } })
  const now = feed({ items: items('b', 'a'), history: { complete: true } })
  for (const render of [renderRss, renderAtom]) {
    expect(render(now)).toContain('<fh:complete/>')
    expect(delta(render, before, now)).not.toContain('<fh:complete/>')
  }
})

it('tells which articles were withdrawn since', () => {
  const at = new Date('2026-01-01T00:00:00Z')
  const withdrawn = (...ids: readonly string[]) =>
    feed({ withdrawn: ids.map((id) => ({ id, at })) })
  const text = delta(
    renderAtom,
    withdrawn('tag:x,2026:a'),
    withdrawn('tag:x,2026:b', 'tag:x,2026:a'),
  )
  expect(text).toContain('ref="tag:x,2026:b"')
  expect(text).not.toContain('ref="tag:x,2026:a"')
})

it.each([
  '<rss><channel><item></channel></rss>',
  '<!DOCTYPE rss><rss/>',
  '<html><item></item></html>',
  '<rss><channel><item>',
  '{"items": 1}',
  '{',
  'text',
  '',
])('does not cut %j', (text) => {
  expect(cutFeed(text)).toBeUndefined()
})

it('is not misled by what an article says', () => {
  const html = '</item></entry>]]><item><entry a=">"><!-- <fh:complete/>'
  const texts = fc.oneof(fc.string(), fc.constant(html))
  const some = fc.array(fc.record({ title: texts, summary: texts, html: texts }), { maxLength: 4 })
  const named = (list: readonly Partial<FeedItem>[]) =>
    list.map((one, index) => item({ ...one, id: `tag:example.org,2026:${index}` }))
  fc.assert(
    fc.property(some, fc.nat(4), (list, split) => {
      for (const [, render] of formats) {
        const all = named(list)
        const text = delta(render, feed({ items: all.slice(split) }), feed({ items: all }))
        const expected = render(feed({ items: all.slice(0, split) }))
        if (split > 0 && split < all.length) expect(text).toBe(expected)
        expect(cutFeed(text)?.keys.length).toBe(Math.min(split, all.length))
      }
    }),
  )
})

it.each(formats)(
  'makes documents of %s that no validator faults more than the whole',
  (_, render) => {
    const before = feed({ items: items('a', 'b') })
    const now = feed({ items: items('c', 'a', 'b') })
    const faults = (text: string) =>
      checkDocument(Buffer.from(text), { now: new Date('2026-11-26') }).findings.map(
        ({ code }) => code,
      )
    expect(faults(delta(render, before, now))).toEqual(faults(render(now)))
  },
)
