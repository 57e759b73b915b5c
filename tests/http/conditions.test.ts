import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readRange, readTags, wantsDelta } from '../../src/http/conditions.ts'

it.each([
  ['bytes=0-4', 10, { start: 0, end: 4 }],
  ['bytes=4-', 10, { start: 4, end: 9 }],
  ['bytes=4-100', 10, { start: 4, end: 9 }],
  ['bytes=-3', 10, { start: 7, end: 9 }],
  ['bytes=-30', 10, { start: 0, end: 9 }],
  ['Bytes = 0 - 0', 10, { start: 0, end: 0 }],
  ['bytes=10-', 10, 'none'],
  ['bytes=-0', 10, 'none'],
  ['bytes=0-', 0, 'none'],
  // What is not understood is passed over
  ['bytes=4-2', 10, undefined],
  ['bytes=0-1,4-5', 10, undefined],
  ['bytes=-', 10, undefined],
  ['bytes=a-b', 10, undefined],
  ['items=0-4', 10, undefined],
  [undefined, 10, undefined],
])('reads Range: %s of %d octets as %j', (header, size, range) => {
  expect(readRange(header, size)).toEqual(range)
})

it('is through with a range of a million spaces in no time', () => {
  const spaces = ' '.repeat(1_000_000)
  for (const range of [`=${spaces}x`, `=1${spaces}x`, `=-${spaces}1${spaces}x`, `=${spaces}-x`]) {
    expect(readRange(`bytes${range}`, 10)).toBeUndefined()
  }
})

it('never reads a range beyond the file', () => {
  const parts = fc.tuple(fc.option(fc.nat()), fc.option(fc.nat()), fc.nat())
  fc.assert(
    fc.property(parts, ([first, last, size]) => {
      const range = readRange(`bytes=${first ?? ''}-${last ?? ''}`, size)
      if (typeof range !== 'object') return
      expect(range.start).toBeGreaterThanOrEqual(0)
      expect(range.end).toBeGreaterThanOrEqual(range.start)
      expect(range.end).toBeLessThan(size)
    }),
  )
})

it.each([
  ['"a"', ['a']],
  ['"a", W/"b","c,d"', ['a', 'b', 'c,d']],
  ['*', ['*']],
  // Some readers lose the quotes
  ['abc', ['abc']],
  ['', ['']],
])('reads the tags of If-None-Match: %s', (header, tags) => {
  expect(readTags(header)).toEqual(tags)
})

it.each([
  ['feed', true],
  ['vcdiff, Feed;q=0.5', true],
  ['feed;q=0', false],
  ['feed; q=0.000', false],
  ['feeds', false],
  [undefined, false],
])('takes A-IM: %s for a wish for what is new: %s', (header, wants) => {
  expect(wantsDelta(header)).toBe(wants)
})
