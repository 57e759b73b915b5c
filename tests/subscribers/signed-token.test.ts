import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readToken, signToken } from '../../src/subscribers/signed-token.ts'

const now = new Date('2026-11-01T12:00:00Z')
const expires = new Date('2026-11-03T12:00:00Z')
const secrets = ['a secret of the year 2026'] as const

describe('a signed token', () => {
  it('says what it was told, until it expires', () => {
    const token = signToken('confirm', { address: 'ann@example.org' }, { secrets, expires })
    expect(readToken('confirm', token, { secrets, now })).toEqual({ address: 'ann@example.org' })
    expect(readToken('confirm', token, { secrets, now: expires })).toBe('expired')
  })

  it('is worth nothing for another purpose', () => {
    const token = signToken('confirm', { address: 'ann@example.org' }, { secrets, expires })
    expect(readToken('change-address', token, { secrets, now })).toBe('forged')
  })

  it('outlives a change of the secret, as long as the old one is known', () => {
    const token = signToken('confirm', { address: 'ann@example.org' }, { secrets, expires })
    const rotated = ['a secret of the year 2027', ...secrets] as const
    expect(readToken('confirm', token, { secrets: rotated, now })).toEqual({
      address: 'ann@example.org',
    })
    expect(readToken('confirm', token, { secrets: [rotated[0]], now })).toBe('forged')
  })

  it('is forged as soon as one character differs', () => {
    const token = signToken('confirm', { address: 'ann@example.org' }, { secrets, expires })
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'aZ0_-.=/ '), (at, character) => {
        fc.pre(token[at] !== character)
        const changed = token.slice(0, at) + character + token.slice(at + 1)
        expect(readToken('confirm', changed, { secrets, now })).toBe('forged')
      }),
    )
  })

  it('reads any text without a fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readToken('form', text, { secrets, now })).toBe('forged')
      }),
    )
  })
})
