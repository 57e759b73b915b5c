import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanName } from '../../src/subscribers/name.ts'

describe('a name', () => {
  it.each([
    ['¡\t\u0000\t¡', '¡ ¡'],
    ['Jose\u0000\u0301', 'José'],
    ['\u202EAda\u2066\n Lovelace\u0085 ', 'Ada Lovelace'],
    ['\u0000 \uFEFF', ''],
  ])('that was %j is %j', (text, name) => {
    expect(cleanName(text)).toBe(name)
  })

  it('that is clean stays as it is, and has nothing in it that a header could not carry', () => {
    const odd = fc.constantFrom(
      '\t',
      '\u0000',
      ' ',
      '\u0301',
      'e',
      '\u202E',
      '\uFEFF',
      '\uFFFE',
      '\uD800',
      '\u2028',
      '가',
      'ᄀ',
      'ᅡ',
    )
    const text = fc.string({
      unit: fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 1 })),
      maxLength: 300,
    })
    fc.assert(
      fc.property(text, (any) => {
        const name = cleanName(any)
        expect(cleanName(name)).toBe(name)
        expect(name.normalize()).toBe(name)
        expect(name).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]| {2}|^\s|\s$/u)
        expect([...name].length).toBeLessThanOrEqual(200)
      }),
      { numRuns: 2_000 },
    )
  })
})
