import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wireForm } from '../../../src/mail/mailer/wire-form.ts'

const pieces = fc.array(
  fc.constantFrom('.', '\r', '\n', '\r\n', 'a', 'é', '.\r\n', 'x'.repeat(5000)),
)
const wire = (parts: readonly Uint8Array[]) => Buffer.concat(wireForm(parts)).toString('latin1')

describe('the wire form of a message', () => {
  it('has whole lines without lone CR or LF, no dot alone on one, and nothing lost', () => {
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1 }), (given) => {
        const parts = given.map((part) => Buffer.from(part.join('')))
        const sent = wire(parts)
        const lines = sent.split('\r\n')
        expect(lines.pop()).toBe('')
        for (const line of lines) {
          expect(line).not.toMatch(/[\r\n]/)
          expect(line).not.toMatch(/^\.(?!\.)/)
        }
        const text = Buffer.concat(parts).toString('latin1')
        const meant = text.split(/\r\n|\r|\n/)
        if (meant.at(-1) === '') meant.pop()
        expect(lines.map((line) => line.replace(/^\./, ''))).toEqual(meant)
      }),
    )
  })

  it('is the same however often a part is sent, in whatever company', () => {
    const shared = Buffer.from(`.a\r\n${'x'.repeat(5000)}\r\n`)
    const open = Buffer.from('no line end')
    expect(wire([shared])).toBe(`.${shared}`)
    expect(wire([open, shared])).toBe(`${open}${shared}`)
    expect(wire([shared, shared])).toBe(`.${shared}.${shared}`)
  })
})
