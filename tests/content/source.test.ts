import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cleanLine, cleanText } from '../../src/content/clean.ts'
import { isPlainAscii } from '../../src/content/plain-bytes.ts'
import { problems } from './parsing.ts'

it('knows plain texts by their octets as by their characters', () => {
  const isPlain = (bytes: Uint8Array) =>
    /^[\t\n\x20-\x7e]*$/.test(Buffer.from(bytes).toString('latin1'))
  for (let octet = 0; octet < 256; octet++) {
    for (let at = 0; at < 11; at++) {
      const bytes = new Uint8Array(11).fill(0x20)
      bytes[at] = octet
      expect([octet, at, isPlainAscii(bytes)]).toEqual([octet, at, isPlain(bytes)])
    }
  }
  const octet = fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 9, max: 0x7e }) }, fc.nat(255))
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 20 }), (octets) => {
      const bytes = Uint8Array.from(octets)
      expect(isPlainAscii(bytes)).toBe(isPlain(bytes))
    }),
    { numRuns: 2000 },
  )
})

it('names the byte and the line of what is not UTF-8', () => {
  const latin1 = Buffer.from('Title\n\nUn día\n', 'latin1')
  expect(problems(latin1)).toEqual(['3: the file is not UTF-8: byte 12 is 0xED; save it as UTF-8'])
})

it.each([
  ['with a mark', Buffer.from('\ufeffTitle', 'utf16le')],
  ['with a mark, big-endian', Buffer.from('\ufeffTitle', 'utf16le').swap16()],
  ['without a mark', Buffer.from('Title', 'utf16le')],
])('recognises UTF-16 %s', (_, bytes) => {
  expect(problems(bytes)).toEqual(['-: the file is in UTF-16; save it as UTF-8'])
})

it('finds the first wrong byte wherever it is', () => {
  const bad = fc.constantFrom(
    [0xff],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xe2, 0x82],
    [0x80],
    [0xf5, 0x80],
  )
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 3 }),
      bad,
      fc.string({ unit: 'grapheme-ascii' }),
      (before, bytes, after) => {
        fc.pre(!/[\0]/.test(before))
        const good = Buffer.from(before)
        const [problem] = problems(
          Buffer.concat([good, Buffer.from(bytes), Buffer.from(`.${after}`)]),
        )
        expect(problem).toContain(
          `byte ${good.length + 1} is 0x${bytes[0]?.toString(16).toUpperCase()}`,
        )
      },
    ),
  )
})

it('lets nothing pass that XML, a mail header or a slot could stumble over, and loses nothing else', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        'a',
        '\r',
        '\n',
        '\t',
        '\v',
        '\0',
        '\ufdd0',
        '\ufffe',
        '\u{1fffe}',
        '\ud800',
        '\udc00',
        '\x85',
        '\ufeff',
        '🎉',
        'e\u0301',
      ),
    }),
  )
  fc.assert(
    fc.property(text, (typed) => {
      const clean = cleanText(typed)
      expect(clean).not.toMatch(/[\p{Cs}\p{Noncharacter_Code_Point}\ufeff]/u)
      expect(clean.replace(/[\t\n]/g, '')).not.toMatch(/\p{Cc}/u)
      expect(clean.normalize('NFC')).toBe(clean)
      expect(cleanText(clean)).toBe(clean)
      expect(clean.split('\n')).toHaveLength(typed.split(/\r\n?|\n/).length)
      expect(cleanLine(typed)).not.toMatch(/\n|^\s|\s$|\s\s/)
      const visible = (all: string) =>
        all.normalize('NFC').replace(/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\ufeff ]/gu, '')
      expect(visible(clean).normalize('NFC')).toBe(visible(typed).normalize('NFC'))
    }),
    { numRuns: 2000 },
  )
})
