import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ExplainTerms, explainFeed as explain } from '../../src/feeds/explain.ts'

interface Item {
  readonly id: string
  readonly day: number
  readonly title?: string
  readonly html?: string
}

const feed = (...items: readonly Item[]) =>
  JSON.stringify({
    items: items.map(({ id, day, title = id, html = '' }) => ({
      id,
      url: `https://example.org/${title}/`,
      title,
      content_html: html,
      date_published: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`,
    })),
  })

const explainFeed = (
  folder: string,
  before: string | undefined,
  after: string,
  { published = [], withdrawn = [] }: { published?: string[]; withdrawn?: string[] } = {},
) => {
  const terms: ExplainTerms = {
    wasPublished: (id) => published.includes(id),
    wasWithdrawn: (id) => withdrawn.includes(id),
    dayOf: (date) => date.slice(0, 10),
  }
  return explain(folder, before, after, terms)
}

const a = { id: 'a', day: 1 }
const b = { id: 'b', day: 2 }
const c = { id: 'c', day: 3 }

describe('what readers will see of a feed', () => {
  it('is nothing when nothing has changed, or nobody could follow it before', () => {
    const nothing = { folder: '', fresh: [], back: [], changed: [], gone: [], warnings: [] }
    expect(explainFeed('', feed(b, a), feed(b, a))).toEqual(nothing)
    expect(explainFeed('', undefined, feed(b, a))).toEqual(nothing)
    expect(explainFeed('', '<html>', feed(b, a))).toEqual(nothing)
  })

  it('names the new, the changed and the gone, and not what newer ones pushed out', () => {
    expect(explainFeed('', feed(b, a), feed(c, { ...b, html: 'x' }))).toMatchObject({
      fresh: ['c'],
      changed: ['b'],
      gone: [],
      warnings: [],
    })
    expect(explainFeed('', feed(c, b, a), feed(c, a))).toMatchObject({ fresh: [], gone: ['b'] })
  })

  it('warns of an old article that gets another identity', () => {
    const { warnings } = explainFeed('', feed(b, a), feed({ ...b, id: 'z', title: 'b' }, a))
    expect(warnings).toEqual([expect.stringContaining("add 'id: b' to it")])
  })

  it('warns of old articles that come back from behind the end, and of no new one of an old date', () => {
    const raised = explainFeed('', feed(c, b), feed(c, b, a), { published: ['a'] })
    expect(raised.fresh).toEqual(['a'])
    expect(raised.warnings).toEqual([expect.stringContaining('comes back into the feed')])
    const joined = { fresh: ['a'], back: [], warnings: [] }
    expect(explainFeed('', feed(c, b), feed(c, b, a))).toMatchObject(joined)
    const tag = explainFeed('tags/x/', feed(c, b), feed(c, b, a), { published: ['a'] })
    expect(tag).toMatchObject(joined)
  })

  it('lets an older one take the place of one that is gone', () => {
    expect(explainFeed('', feed(c, b), feed(b, a), { published: ['a'] })).toMatchObject({
      fresh: [],
      back: ['a'],
      gone: ['c'],
      warnings: [],
    })
  })

  it('warns of what was withdrawn and comes back', () => {
    const { fresh, warnings } = explainFeed('', feed(c, a), feed(c, b, a), {
      published: ['b'],
      withdrawn: ['b'],
    })
    expect(fresh).toEqual(['b'])
    expect(warnings).toEqual([expect.stringContaining('was withdrawn and comes back')])
  })

  it('warns of a date that moved', () => {
    const { warnings } = explainFeed('', feed(b, a), feed({ ...a, day: 9 }, b))
    expect(warnings).toEqual([expect.stringContaining('2026-01-01 to 2026-01-09')])
  })

  it('tells another author, address or enclosure as a change', () => {
    const other = JSON.parse(feed(b, a))
    other.items[1].attachments = [{ url: 'https://example.org/a.mp3' }]
    expect(explainFeed('', feed(b, a), JSON.stringify(other)).changed).toEqual(['a'])
  })

  it('warns of an edit of most of the feed at once', () => {
    const many = Array.from({ length: 6 }, (_, day) => ({ id: `i${day}`, day: 20 - day }))
    const { changed, warnings } = explainFeed(
      '',
      feed(...many),
      feed(...many.map((item) => ({ ...item, html: 'x' }))),
    )
    expect(changed).toHaveLength(6)
    expect(warnings).toEqual([expect.stringContaining('6 of 6 articles have changed at once')])
  })

  it('takes whatever stands in out/', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (before, after) => {
        expect(explainFeed('', before, after).folder).toBe('')
      }),
    )
  })
})
