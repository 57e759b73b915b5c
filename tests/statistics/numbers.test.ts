import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lastDays, listDays } from '../../src/statistics/days.ts'
import { type FeedDay, feedAudienceOf } from '../../src/statistics/feed-audience.ts'
import { addToSketch, emptySketch, estimate, mergeSketches } from '../../src/statistics/sketch.ts'
import { gather, spark } from '../../src/statistics/spark.ts'
import { statisticsSvg } from '../../src/statistics/svg.ts'
import { xmlProblem } from './xml.ts'

function sketchOf(from: number, until: number) {
  const sketch = emptySketch()
  for (let n = from; n < until; n++) {
    addToSketch(sketch, createHash('sha256').update(`reader ${n}`).digest())
  }
  return sketch
}

describe('a sketch', () => {
  it.each([0, 1, 10, 100, 1000, 5000, 20_000, 100_000])('of %i is off by few', (count) => {
    const off = Math.abs(estimate(sketchOf(0, count)) - count)
    expect(off).toBeLessThanOrEqual(Math.max(1, count * 0.07))
  })

  it('of two servers counts whom both saw once', () => {
    const both = mergeSketches(sketchOf(0, 3000), sketchOf(2000, 4000))
    expect(both).toEqual(sketchOf(0, 4000))
  })
})

describe('days', () => {
  it('are those of the time zone, each once, over a change of clocks', () => {
    const now = new Date('2026-10-26T22:30:00Z')
    expect(lastDays(3, now, 'Europe/Madrid')).toEqual(['2026-10-24', '2026-10-25', '2026-10-26'])
    expect(lastDays(2, now, 'Pacific/Auckland')).toEqual(['2026-10-26', '2026-10-27'])
  })

  it('add up to what came before them', () => {
    const at = (text: string, joins: number, leaves: number) => ({
      hour: new Date(text),
      joins,
      leaves,
    })
    const hours = [
      at('2026-11-20T10:00:00Z', 5, 0),
      at('2026-11-21T23:00:00Z', 2, 1),
      at('2026-11-23T01:00:00Z', 0, 3),
    ]
    const days = ['2026-11-22', '2026-11-23']
    expect(listDays(days, 'Europe/Madrid', { before: 10, hours })).toEqual([
      { day: '2026-11-22', joins: 2, leaves: 1, subscribers: 16 },
      { day: '2026-11-23', joins: 0, leaves: 3, subscribers: 13 },
    ])
  })
})

describe('the audience of feeds', () => {
  it('is the newest word of each aggregator about each feed, and the mean of whole days', () => {
    const word = (path: string, name: string, subscribers: number) => ({ path, name, subscribers })
    const days: readonly FeedDay[] = [
      { day: '2026-11-01', aggregators: [word('rss.xml', 'Gone', 99)], readers: {} },
      {
        day: '2026-11-21',
        aggregators: [word('rss.xml', 'Feedly', 5), word('atom.xml', 'Feedly', 2)],
        readers: { '*': 10, 'rss.xml': 8 },
      },
      {
        day: '2026-11-22',
        aggregators: [word('rss.xml', 'Feedly', 6)],
        readers: { '*': 20, 'rss.xml': 12 },
      },
      { day: '2026-11-23', aggregators: [word('rss.xml', 'Feedbin', 1)], readers: { '*': 1 } },
    ]
    expect(feedAudienceOf(days, '2026-11-23')).toEqual({
      aggregators: [
        { name: 'Feedly', subscribers: 8, feeds: 2, day: '2026-11-22' },
        { name: 'Feedbin', subscribers: 1, feeds: 1, day: '2026-11-23' },
      ],
      readers: 10,
      feeds: [{ path: 'rss.xml', readers: 7 }],
      total: 19,
    })
  })
})

describe('a line of signs', () => {
  it('has one for each number, in ASCII where the terminal has no more', () => {
    expect(spark([0, 1, 4, 8], { unicode: true })).toBe(' ▂▅█')
    expect(spark([0, 1, 4, 8], { unicode: false })).toMatch(/^ [ -~]{3}$/)
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { minLength: 1, maxLength: 300 }),
        fc.boolean(),
        (values, unicode) => {
          const few = gather(values, 60, (some) => some.reduce((a, b) => a + b, 0))
          expect(few.length).toBeLessThanOrEqual(60)
          expect(few.reduce((a, b) => a + b, 0)).toBe(values.reduce((a, b) => a + b, 0))
          expect(spark(few, { unicode })).toHaveLength(few.length)
        },
      ),
    )
  })
})

describe('the picture', () => {
  it('is well-formed whatever the publication and the aggregators are called', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.nat(1e6), { minLength: 1, maxLength: 40 }),
        (name, values) => {
          const days = values.map((n, at) => ({
            day: `day ${at}`,
            joins: n % 7,
            leaves: n % 5,
            subscribers: n,
          }))
          const svg = statisticsSvg({
            title: name,
            days,
            audience: {
              aggregators: [{ name, subscribers: 3, feeds: 1, day: '' }],
              readers: 0,
              feeds: [],
              total: 3,
            },
          })
          expect(xmlProblem(svg)).toBeUndefined()
          expect(svg).not.toMatch(/NaN|Infinity|<script/)
        },
      ),
    )
  })
})
