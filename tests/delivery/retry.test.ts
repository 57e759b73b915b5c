import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryAt } from '../../src/delivery/retry.ts'

const hour = 3_600_000
const firstAt = new Date('2026-11-23T12:00:00Z')

/** The attempts of a sender that tries whenever it may, in hours after the first. */
function attempts(key: string): number[] {
  const made: number[] = []
  for (let now: Date | undefined = firstAt; now; ) {
    made.push((now.getTime() - firstAt.getTime()) / hour)
    now = retryAt({ key, number: made.length, firstAt }, now)
  }
  return made
}

describe('a deferred delivery', () => {
  it('is tried soon, then ever more seldom, and a last time after exactly three days', () => {
    const made = attempts('one ann')
    expect(made.length).toBeGreaterThan(15)
    expect(made.length).toBeLessThan(30)
    expect(made[1]).toBeLessThan(0.2)
    expect(made.at(-1)).toBe(72)
  })

  it('comes back at another time than those that were deferred with it', () => {
    const second = new Set(Array.from({ length: 50 }, (_, n) => attempts(`one r${n}`)[1]))
    expect(second.size).toBeGreaterThan(40)
    expect(attempts('one ann')).toEqual(attempts('one ann'))
  })

  it('is due later than now and within the three days, or given up after them', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 0, max: 100 * hour }),
        (key, number, passed) => {
          const now = new Date(firstAt.getTime() + passed)
          const due = retryAt({ key, number, firstAt }, now)
          if (passed >= 72 * hour) return due === undefined
          return !!due && due > now && due.getTime() <= firstAt.getTime() + 72 * hour
        },
      ),
    )
  })
})
