import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowanceOf, dayIn, nextDayIn } from '../../src/delivery/warm-up.ts'

describe('a warm-up', () => {
  it('allows more each day, until it is over', () => {
    const terms = { from: '2026-12-30', first: 500, factor: 1.5, until: 1500 }
    expect(
      ['2026-12-29', '2026-12-30', '2026-12-31', '2027-01-01', '2027-01-02', '2027-01-03'].map(
        (day) => allowanceOf(terms, day),
      ),
    ).toEqual([0, 500, 750, 1125, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
  })

  it('takes a list of days', () => {
    const terms = { from: '2026-12-01', days: [10, 20] }
    expect(
      ['2026-12-01', '2026-12-02', '2026-12-03'].map((day) => allowanceOf(terms, day)),
    ).toEqual([10, 20, Number.POSITIVE_INFINITY])
  })
})

describe('a day', () => {
  it('is that of the time zone, and ends when its clocks say so', () => {
    const late = new Date('2026-11-01T23:30:00Z')
    expect(dayIn('Europe/Madrid', late)).toBe('2026-11-02')
    expect(dayIn('America/New_York', late)).toBe('2026-11-01')
    // The day on which Madrid puts its clocks back has 25 hours.
    expect(nextDayIn('Europe/Madrid', new Date('2026-10-24T22:00:00Z'))).toEqual(
      new Date('2026-10-25T23:00:00Z'),
    )
  })

  it('ends within 26 hours, and the next one begins then, anywhere', () => {
    const zones = fc.constantFrom('UTC', 'Asia/Kathmandu', 'Pacific/Apia', 'America/St_Johns')
    const times = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2040-01-01'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(zones, times, (zone, now) => {
        const next = nextDayIn(zone, now)
        expect(next.getTime()).toBeGreaterThan(now.getTime())
        expect(dayIn(zone, next)).not.toBe(dayIn(zone, now))
        expect(dayIn(zone, new Date(next.getTime() - 60_000))).toBe(dayIn(zone, now))
      }),
    )
  })
})
