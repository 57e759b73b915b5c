import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeLimiter } from '../../src/http/limiter.ts'
import { networksOf } from '../../src/http/networks.ts'

const at = (ms: number) => new Date(1_000_000 + ms)

it('lets through what is allowed in every stretch of time, and says when the next may come', () => {
  const limits = [
    { within: 100, most: 2 },
    { within: 1000, most: 3 },
  ]
  const limiter = makeLimiter()
  const ask = (ms: number) => limiter([{ key: 'a', limits }], at(ms))
  expect([ask(0), ask(10), ask(20), ask(99), ask(100)]).toEqual([0, 0, 80, 1, 0])
  expect(ask(300)).toBe(700)
  expect(ask(1000)).toBe(0)
})

it('counts for none of the names when one of them is full', () => {
  const limiter = makeLimiter()
  const one = [{ within: 100, most: 1 }]
  const both = (key: string) => [
    { key, limits: one },
    { key: 'all', limits: one },
  ]
  expect(limiter(both('a'), at(0))).toBe(0)
  expect(limiter(both('b'), at(10))).toBe(90)
  expect(limiter([{ key: 'b', limits: one }], at(10))).toBe(0)
})

it('forgets the oldest when there are too many', () => {
  const limiter = makeLimiter(2)
  const ask = (key: string) => limiter([{ key, limits: [{ within: 100, most: 1 }] }], at(0))
  expect(['a', 'b', 'c', 'b', 'a'].map(ask)).toEqual([0, 0, 0, 100, 0])
})

it.each([
  ['192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
])('knows the networks of %s', (address, client, network) => {
  expect(networksOf(address)).toEqual({ client, network })
})

it.each(['', 'nobody', '127.0.0.1', '::1', '::ffff:127.0.0.1'])(
  'counts nobody by %j, which may stand for everybody',
  (address) => {
    expect(networksOf(address)).toBeUndefined()
  },
)

it('gives one network to a /48, however its addresses are written', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const found = networksOf(address)
      const short = new URL(`http://[${address}]`).hostname.slice(1, -1)
      expect(networksOf(short)).toEqual(found)
    }),
  )
})
