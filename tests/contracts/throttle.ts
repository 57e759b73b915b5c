import { describe, expect, it } from 'vitest'
import type { Pace } from '../../src/model/pace.ts'
import type { Slots } from '../../src/store/throttle.ts'
import { edition, minutesAfter, noon, type OpenDatabase, readers } from './store.ts'

const pace: Pace = {
  level: 0.5,
  slowedAt: noon.getTime(),
  ceiling: 12.5,
  pauses: 1,
  since: noon.getTime(),
  pausedUntil: noon.getTime() + 30_000,
  probeUntil: 0,
  reply: '421 4.7.0 “später”, …',
}

/** Send times of one answer, in milliseconds after noon. */
function times(slots: readonly Slots[]): number[] {
  return slots.flatMap(({ from, step, count }) =>
    Array.from({ length: count }, (_, n) => Math.round(from + n * step - noon.getTime())),
  )
}

/** What every adapter of the port `Throttle` does. */
export function throttleContract(open: OpenDatabase): void {
  async function two() {
    const database = await open()
    const [one, other] = [await database.connect(), await database.connect()]
    return {
      one: one.throttle,
      other: other.throttle,
      store: one,
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  }

  describe('the send times of the throttle', () => {
    it('are one sequence at the rate, whoever asks for them', async () => {
      await using given = await two()
      const ask = [{ key: '', perSecond: 20, count: 4 }]
      const first = await given.one.reserve(ask, noon)
      const second = await given.other.reserve(ask, noon)
      expect([...times(first), ...times(second)]).toEqual([0, 50, 100, 150, 200, 250, 300, 350])
    })

    it('are nobody’s twice when many ask at once, and no more than the rate in any second', async () => {
      await using given = await two()
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 ? given.one : given.other).reserve(
            [
              { key: 'b.test', perSecond: 20, count: 3 },
              { key: 'a.test', perSecond: 1, count: 1 },
            ].toSorted(() => (n % 3) - 1),
            noon,
          ),
        ),
      )
      const of = (key: string) =>
        times(answers.flat().filter((slots) => slots.key === key)).toSorted((a, b) => a - b)
      expect(of('b.test')).toEqual(Array.from({ length: 60 }, (_, n) => n * 50))
      expect(of('a.test')).toEqual(Array.from({ length: 20 }, (_, n) => n * 1000))
    })

    it('begin now when nobody has sent for a while: what was not used is not made up for', async () => {
      await using given = await two()
      const ask = [{ key: '', perSecond: 10, count: 2 }]
      await given.one.reserve(ask, noon)
      expect(times(await given.other.reserve(ask, minutesAfter(noon, 5)))).toEqual([
        300_000, 300_100,
      ])
    })

    it('that a sender took before it died hold up the others for no longer than they are', async () => {
      await using given = await two()
      await given.one.reserve([{ key: '', perSecond: 2, count: 1 }], noon)
      expect(times(await given.other.reserve([{ key: '', perSecond: 2, count: 1 }], noon))).toEqual(
        [500],
      )
    })

    it('begin anew after a clock that ran ahead', async () => {
      await using given = await two()
      const ask = [{ key: '', perSecond: 1, count: 1 }]
      await given.one.reserve(ask, minutesAfter(noon, 60 * 24))
      expect(times(await given.other.reserve(ask, noon))).toEqual([0])
    })
  })

  describe('the paces of the throttle', () => {
    it('are seen by all, changed by one after the other, and forgotten', async () => {
      await using given = await two()
      expect(await given.one.paces()).toEqual(new Map())
      expect(await given.one.change('a.test', () => undefined)).toBeUndefined()
      expect(await given.one.change('a.test', (known) => known ?? pace)).toEqual(pace)
      await Promise.all(
        [given.one, given.other, given.one, given.other].map((throttle) =>
          throttle.change('a.test', (known) => known && { ...known, pauses: known.pauses + 1 }),
        ),
      )
      expect(await given.other.paces()).toEqual(new Map([['a.test', { ...pace, pauses: 5 }]]))
      await given.other.change('a.test', () => undefined)
      expect(await given.one.paces()).toEqual(new Map())
    })

    it('and the send times of one key do not touch each other', async () => {
      await using given = await two()
      await given.one.change('', () => pace)
      await given.one.reserve([{ key: '', perSecond: 1, count: 1 }], noon)
      expect((await given.one.paces()).get('')).toEqual(pace)
      await given.one.change('', () => undefined)
      expect(times(await given.one.reserve([{ key: '', perSecond: 1, count: 1 }], noon))).toEqual([
        1000,
      ])
    })
  })

  describe('the pace of a domain', () => {
    it('is erased with the last address there', async () => {
      await using given = await two()
      const people = ['ann@own.test', 'bob@own.test', 'cy@sub.own.test']
      await given.store.subscribers.add(
        people.map((address) => ({ address, name: '' })),
        noon,
      )
      await given.one.change('own.test', () => pace)
      await given.store.subscribers.erase('ann@own.test', noon)
      expect((await given.other.paces()).size).toBe(1)
      await given.store.subscribers.erase('bob@own.test', noon)
      expect((await given.other.paces()).size).toBe(0)
    })
  })

  describe('the days of the throttle', () => {
    it('are used up by all together, and what was not sent is given back', async () => {
      await using given = await two()
      const terms = { limit: 10, most: 4 }
      const taken = await Promise.all(
        [given.one, given.other, given.one, given.other].map((throttle) =>
          throttle.takeOfDay('2026-12-01', terms),
        ),
      )
      expect(taken.toSorted()).toEqual([0, 2, 4, 4])
      await given.other.giveBackOfDay('2026-12-01', 3)
      expect(await given.one.takenOfDay('2026-12-01')).toBe(7)
      expect(await given.one.takeOfDay('2026-12-01', { limit: 5, most: 4 })).toBe(0)
      expect(await given.one.takenOfDay('2026-12-02')).toBe(0)
    })
  })

  describe('the spread of an edition', () => {
    it('is kept with it until it is lifted', async () => {
      await using given = await two()
      await given.store.subscribers.add(readers(1), noon)
      await given.store.ledger.open(edition('one'))
      expect(await given.one.spreadUntil('one')).toBeUndefined()
      await given.one.spread('one', minutesAfter(noon, 360))
      expect(await given.other.spreadUntil('one')).toEqual(minutesAfter(noon, 360))
      await given.other.spread('one', undefined)
      expect(await given.one.spreadUntil('one')).toBeUndefined()
      expect(await given.one.spreadUntil('none')).toBeUndefined()
    })
  })
}
