import fc from 'fast-check'
import { encode as encodeThere, wrap } from 'nodemailer/lib/qp'
import { describe, expect, it } from 'vitest'
import { breakLines, encode } from '../../src/mail/quoted-printable.ts'

/** Words and line ends of which every case of breaking is made, where it falls. */
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z/]{1,30}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z]{70,80}$/) },
  fc.constantFrom(' ', '.', ',', '!', '?', '\t', '=', '==', ' \r\n', '\r\n', '\r\n\r\n', '\t\r\n'),
  fc.constantFrom('é', '船', '🚢', '\u0001', '\n', '\r'),
)
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))
const longer = '\r\n'.repeat(39)

describe('a text in quoted-printable', () => {
  it('has the octets that Nodemailer gives it', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(encode(given)).toBe(encodeThere(given))
      }),
      { numRuns: 3000 },
    )
  })

  it('is broken where Nodemailer breaks it', () => {
    fc.assert(
      fc.property(text, (given) => {
        const encoded = encodeThere(given)
        expect(breakLines(encoded)).toBe(wrap(longer + encoded).slice(longer.length))
      }),
      { numRuns: 20_000 },
    )
  })

  it('has no line longer than 76 characters, and soft line breaks where it was long', () => {
    const url = `https://news.example.org/unsubscribe/${'x'.repeat(120)}`
    const lines = breakLines(encode(`<a href="${url}">Leave, please</a>`)).split('\r\n')
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(76)
    for (const line of lines.slice(0, -1)) expect(line.endsWith('=')).toBe(true)
  })
})
