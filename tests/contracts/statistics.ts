import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { addToSketch, emptySketch } from '../../src/statistics/sketch.ts'
import { minutesAfter, noon, type OpenDatabase, readers } from './store.ts'

const hour = (hours: number) => minutesAfter(noon, 60 * hours)

function sketchOf(hashes: readonly Uint8Array[]) {
  const sketch = emptySketch()
  for (const hash of hashes) addToSketch(sketch, hash)
  return sketch
}

/** Always the same: a sketch of other ones may count one more or less. */
const hashesOf = (count: number) =>
  Array.from({ length: count }, (_, at) => hash('sha256', `reader ${at}`, 'buffer'))

/** What every adapter of the port `Statistics` does. */
export function statisticsContract(open: OpenDatabase): void {
  describe('joins and leaves', () => {
    it('are counted by whatever path somebody joins, leaves, comes back or is erased', async () => {
      await using database = await open()
      const { subscribers, statistics } = await database.connect()
      const [ann, bob, cyd] = ['r01@example.org', 'r02@example.org', 'r03@example.org'] as const
      await subscribers.add(readers(3), noon)
      await subscribers.setStatus(ann, 'unsubscribed', minutesAfter(hour(1), 5))
      await subscribers.add([{ address: bob, name: '', status: 'suppressed' }], hour(2))
      await subscribers.erase(bob, hour(3))
      await subscribers.setStatus(ann, 'active', hour(4))
      await subscribers.erase(cyd, hour(5))
      const all = [
        { hour: noon, joins: 3, leaves: 0 },
        { hour: hour(1), joins: 0, leaves: 1 },
        { hour: hour(2), joins: 0, leaves: 1 },
        { hour: hour(4), joins: 1, leaves: 0 },
        { hour: hour(5), joins: 0, leaves: 1 },
      ]
      expect(await statistics.movements(hour(-1))).toEqual({ before: 0, hours: all })
      expect(await statistics.movements(hour(2))).toEqual({ before: 2, hours: all.slice(2) })
      expect(await statistics.movements(hour(6))).toEqual({ before: 1, hours: [] })
      expect(await statistics.movementsBetween(hour(-1), hour(1))).toEqual({ joins: 3, leaves: 1 })
      expect(await statistics.movementsBetween(hour(1), hour(9))).toEqual({ joins: 1, leaves: 2 })
    })

    it('of a list that is brought are those of its dates; who had left without one is neither', async () => {
      await using database = await open()
      const { subscribers, statistics } = await database.connect()
      const gone = { name: '', status: 'unsubscribed' } as const
      await subscribers.add(
        [
          { address: 'ann@example.org', name: '', joinedAt: hour(-48) },
          { ...gone, address: 'bob@example.org', joinedAt: hour(-48), leftAt: hour(-24) },
          { ...gone, address: 'cyd@example.org' },
        ],
        noon,
      )
      expect(await statistics.movements(hour(-99))).toEqual({
        before: 0,
        hours: [
          { hour: hour(-48), joins: 2, leaves: 0 },
          { hour: hour(-24), joins: 0, leaves: 1 },
        ],
      })
    })
  })

  describe('the audience of the feeds', () => {
    it('is the last word of each aggregator, and how many others there were, from several servers', async () => {
      await using database = await open()
      const [one, two] = [await database.connect(), await database.connect()]
      const day = '2026-11-23'
      const hashes = hashesOf(40)
      const salt = await one.statistics.salt(day)
      expect(await two.statistics.salt(day)).toBe(salt)
      expect(Buffer.from(salt, 'base64url')).toHaveLength(16)
      const seen = (subscribers: number, from: number, until: number) => ({
        day,
        aggregators: [{ path: 'rss.xml', name: 'Feedly', subscribers }],
        readers: [{ path: '*', sketch: sketchOf(hashes.slice(from, until)) }],
      })
      await Promise.all([
        one.statistics.addSightings(seen(7, 0, 30)),
        two.statistics.addSightings(seen(7, 20, 40)),
      ])
      await one.statistics.addSightings(seen(9, 0, 5))
      const [found, ...more] = await two.statistics.audience(day)
      expect(more).toEqual([])
      expect(found).toMatchObject({
        day,
        aggregators: [{ path: 'rss.xml', name: 'Feedly', subscribers: 9 }],
      })
      expect(found?.readers['*']).toBeGreaterThanOrEqual(38)
      expect(found?.readers['*']).toBeLessThanOrEqual(42)
    })

    it('keeps of a day that is over nothing but numbers', async () => {
      await using database = await open()
      const { statistics } = await database.connect()
      const [day, next] = ['2026-11-23', '2026-11-24'] as const
      const salt = await statistics.salt(day)
      const readersOf = (count: number) => ({
        day,
        aggregators: [],
        readers: [{ path: '*', sketch: sketchOf(hashesOf(count)) }],
      })
      await statistics.addSightings(readersOf(3))
      expect(await statistics.salt(next)).not.toBe(salt)
      await statistics.addSightings(readersOf(9))
      expect(await statistics.audience(day)).toEqual([
        { day, aggregators: [], readers: { '*': 3 } },
      ])
      // Asked again, that day has another one
      expect(await statistics.salt(day)).not.toBe(salt)
    })
  })
}
