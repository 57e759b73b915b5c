import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isOver,
  levelAt,
  paceTerms,
  probe,
  resume,
  sane,
  spare,
  type Trouble,
  wayAt,
} from '../../src/delivery/pace.ts'
import type { Pace } from '../../src/model/pace.ts'

const minute = 60_000
const terms = paceTerms.destination
const noon = Date.UTC(2026, 10, 23, 12)

function trouble(now: number, more: Partial<Trouble> = {}): Trouble {
  return { now, begunAt: now, isSlow: true, rate: 40, reply: '421 4.7.0', chance: 0, ...more }
}

describe('a destination that asks for less', () => {
  it('gets half of what it got, and a pause, and rises slowly to full speed', () => {
    const pace = spare(undefined, trouble(noon), terms)
    expect(pace).toMatchObject({ level: 0.5, ceiling: 40, pauses: 1, since: noon })
    expect(spare(undefined, trouble(noon, { rate: undefined }), terms)).not.toHaveProperty(
      'ceiling',
    )
    expect(wayAt(pace, noon)).toEqual({ kind: 'paused', until: noon + terms.firstPause })
    const open = resume(pace, noon + minute)
    expect(wayAt(open, noon + minute)).toEqual({ kind: 'open' })
    expect([1, 5, 9].map((n) => levelAt(open, noon + n * minute).toFixed(2))).toEqual([
      '0.55',
      '0.75',
      '0.95',
    ])
    expect(isOver(open, noon + 9 * minute)).toBe(false)
    expect(isOver(open, noon + 11 * minute)).toBe(true)
  })

  it('falls once for all that was on its way, however many replies come', () => {
    const first = spare(undefined, trouble(noon), terms)
    const more = trouble(noon + 500, { begunAt: noon - 100 })
    expect(spare(first, more, terms)).toBe(first)
  })

  it('pauses twice as long each time in a row, up to the longest, and as at first once it took a message', () => {
    let pace: Pace | undefined
    let now = noon
    const pauses: number[] = []
    for (let n = 0; n < 12; n += 1) {
      pace = spare(pace, trouble(now), terms)
      pauses.push((pace.pausedUntil - now) / 1000)
      now = pace.pausedUntil + 1
    }
    expect(pauses.slice(0, 4)).toEqual([30, 60, 120, 240])
    expect(pauses.at(-1)).toBe(terms.longestPause / 1000)
    expect(pace?.since).toBe(noon)
    const again = spare(resume(pace as Pace, now), trouble(now + 1), terms)
    expect(again.pausedUntil - now - 1).toBe(terms.firstPause)
    expect(again.since).toBe(now + 1)
  })

  it('keeps its speed where it failed without asking for less', () => {
    expect(spare(undefined, trouble(noon, { isSlow: false }), terms).level).toBe(1)
  })

  it('is tried with one message after a pause, by one sender, for as long as that may take', () => {
    const pace = spare(undefined, trouble(noon), terms)
    const later = pace.pausedUntil
    expect(probe(pace, later - 1)).toBeUndefined()
    const probed = probe(pace, later)
    expect(probed && probe(probed, later + 1)).toBeUndefined()
    expect(wayAt(probed, later + 1).kind).toBe('paused')
    expect(wayAt(probed, later + paceTerms.probe).kind).toBe('probe')
    const failed = spare(probed, trouble(later + 9, { begunAt: later }), terms)
    expect(failed).toMatchObject({ pauses: 2, probeUntil: 0 })
  })

  it('is not taken for well by a message that was begun before it asked', () => {
    const pace = spare(undefined, trouble(noon), terms)
    expect(resume(pace, noon - 1)).toBe(pace)
  })

  it('does not stop us because a clock was wrong', () => {
    const ahead = spare(undefined, trouble(noon + 365 * 24 * 60 * minute), terms)
    expect(sane(ahead, noon, terms)).toBeUndefined()
    expect(sane(spare(undefined, trouble(noon), terms), noon, terms)).toBeDefined()
  })

  it('always has some speed left, a pause within its terms, and comes back to full speed when left alone', () => {
    const step = fc.record({
      passes: fc.integer({ min: 0, max: 60 * minute }),
      took: fc.boolean(),
      isSlow: fc.boolean(),
      rate: fc.double({ min: 0, max: 5000, noNaN: true }),
      chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let pace: Pace | undefined
        let now = noon
        for (const { passes, took, ...rest } of steps) {
          now += passes
          if (took) pace = pace && resume(pace, now)
          else pace = spare(pace, trouble(now, rest), terms)
          if (!pace) continue
          expect(pace.level).toBeGreaterThanOrEqual(paceTerms.lowest)
          expect(pace.level).toBeLessThanOrEqual(1)
          expect(pace.pausedUntil - now).toBeLessThanOrEqual(terms.longestPause * 1.25)
          expect(sane(pace, now, terms)).toEqual(pace)
        }
        const end = pace && resume(pace, now + 1)
        if (end) expect(levelAt(end, now + 100 * 60 * minute)).toBe(1)
      }),
    )
  })
})
