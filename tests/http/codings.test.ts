import fc from 'fast-check'
import { expect, it } from 'vitest'
import { acceptedCodings } from '../../src/http/codings.ts'

it.each([
  [undefined, ['identity']],
  ['', ['identity']],
  ['gzip', ['gzip', 'identity']],
  ['x-gzip', ['gzip', 'identity']],
  ['GZIP', ['gzip', 'identity']],
  ['gzip, deflate, br, zstd', ['br', 'zstd', 'gzip', 'identity']],
  ['gzip;q=1.0, br;q=0.5', ['gzip', 'br', 'identity']],
  ['br;q=0, gzip', ['gzip', 'identity']],
  ['*', ['br', 'zstd', 'gzip', 'identity']],
  ['*;q=0, gzip', ['gzip']],
  ['identity, gzip;q=0.5', ['identity', 'gzip']],
  ['identity;q=0, gzip', ['gzip']],
  ['identity;q=0', ['identity']],
  ['gzip;q=nonsense', ['identity']],
] as const)('takes Accept-Encoding: %j for %j', (header, accepted) => {
  expect(acceptedCodings(header)).toEqual(accepted)
})

it('has an answer to any header', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      expect(acceptedCodings(header).length).toBeGreaterThan(0)
    }),
  )
})
