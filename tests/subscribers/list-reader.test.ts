import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listReader, type Piece } from '../../src/subscribers/list-reader.ts'
import { readDate } from '../../src/subscribers/read-date.ts'
import { seenAddresses } from '../../src/subscribers/seen-addresses.ts'

const now = new Date('2026-11-23T12:00:00Z')

function read(pieces: readonly (Uint8Array | string)[]) {
  const reader = listReader({ file: 'list.csv', now })
  const good: Piece[] = []
  for (const piece of [...pieces.map((bytes) => reader.push(bytes)), reader.end()]) {
    if ('refused' in piece) return { refused: piece.refused, people: [], lines: [], reader }
    good.push(piece)
  }
  return {
    reader,
    people: good.flatMap(({ people }) => people),
    lines: good.flatMap(({ errors }) => errors.map(({ line }) => line)),
  }
}

/** As it comes from a disk or a network. */
function inPieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

const names = [
  'Ann Lee',
  'Zoë Ünal',
  'José; García',
  '=1+1',
  'Łucja, "the" Roe',
  "O'Neil | Sons",
  '王芳',
]

const encodings = {
  'utf-8': (text: string) => Buffer.from(text),
  'utf-8 with its mark': (text: string) => Buffer.from(`\uFEFF${text}`),
  'utf-16le with its mark': (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  'utf-16be with its mark': (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
  'utf-16le': (text: string) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text: string) => Buffer.from(text, 'utf16le').swap16(),
}

describe('how a list is written', () => {
  it('is found out: separator, encoding, line ends, header or none, columns in any order', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom(...(Object.keys(encodings) as (keyof typeof encodings)[])),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        fc.shuffledSubarray(['email', 'name', 'status', 'created_at'], { minLength: 4 }),
        fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 50 }),
        (separator, encoding, end, hasHeader, columns, people, size) => {
          const rows = people.map((name, at) => ({
            email: `r${at}@example.org`,
            name,
            status: at % 2 === 0 ? 'active' : 'unsubscribed',
            created_at: '2024-01-02T03:04:05Z',
          }))
          const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
          const line = (row: Record<string, string>) =>
            columns.map((column) => quoted(row[column] ?? '')).join(separator)
          const text = [...(hasHeader ? [columns.join(separator)] : []), ...rows.map(line), '']
          const { people: found, lines } = read(inPieces(encodings[encoding](text.join(end)), size))
          expect(lines).toEqual([])
          expect(found.map(({ address, status }) => [address, status])).toEqual(
            rows.map(({ email, status }) => [email, status]),
          )
          // Without a header, a name is taken for one only where all in its column look like names
          if (hasHeader) expect(found.map(({ name }) => name)).toEqual(people)
        },
      ),
    )
  })

  it('is Windows-1252 where it cannot be UTF-8', () => {
    const bytes = Buffer.from('email;name\nann@example.org;Zo\xEB \x93x\x94\n', 'latin1')
    for (const size of [1, 7, 1000]) {
      const { people, reader } = read(inPieces(bytes, size))
      expect(reader.encoding).toBe('Windows-1252')
      expect(people).toMatchObject([{ name: 'Zoë “x”' }])
    }
  })

  it('may change its mind after a million octets of plain ASCII, and not after a letter in UTF-8', () => {
    const many = 'ann@example.org,Ann\n'.repeat(60_000)
    const late = read([
      Buffer.from(`email,name\n${many}`),
      Buffer.from('b@example.org,Zo\xEB\n', 'latin1'),
    ])
    expect(late.people.at(-1)?.name).toBe('Zoë')
    const mixed = Buffer.concat([
      Buffer.from('email,name\nann@example.org,Zoë\nann2@example.org,Åsa\n'),
      Buffer.from('b\xEB@example.org,Bo\nc@example.org,Z\xEB\n', 'latin1'),
    ])
    const { people, lines, reader } = read([mixed])
    expect(reader.encoding).toBe('UTF-8')
    expect(lines).toEqual([4])
    expect(people.map(({ name }) => name)).toEqual(['Zoë', 'Åsa', 'Z'])
  })

  it('is not guessed where it is no text', () => {
    for (const bytes of [
      Buffer.from('PK\x03\x04\x14\0\0\0', 'latin1'),
      Buffer.from([0xff, 0, 0xfe, 0x80, 0, 0, 1]),
      Buffer.from('email\0,name\n'),
    ]) {
      expect(read([bytes]).refused?.message).toMatch(/is no text; save it as "CSV UTF-8"/)
    }
  })

  it('has a column of addresses, whatever it is called', () => {
    const { people } = read(['Kontakt,Wer\nann@example.org,Ann\nbob@example.org,Bob\n'])
    expect(people.map(({ address }) => address)).toEqual(['ann@example.org', 'bob@example.org'])
  })

  it('does not take a part of a country for a state of the list', () => {
    const { people } = read(['email,state\nann@example.org,OR\nbob@example.org,NY\n'])
    expect(people.map(({ status }) => status)).toEqual([undefined, undefined])
  })
})

describe('a long list', () => {
  it('loses the lines around a quotation mark that is missing, and no other', () => {
    const line = (n: number) => `r${n}@example.org,"Reader, ${n}"`
    const rows = Array.from({ length: 8000 }, (_, n) => line(n))
    rows[3000] = 'bad@example.org,"Bad'
    rows[6000] = 'two@example.org,"Two\nlines"'
    const { people, lines } = read([`email,name\n${rows.join('\n')}\n`])
    expect(lines).toEqual([3002])
    expect(people).toHaveLength(7999)
    expect(people.at(-1)).toMatchObject({ address: 'r7999@example.org', line: 8002 })
    expect(people.find(({ address }) => address === 'two@example.org')?.name).toBe('Two lines')
  })

  it('says the same whatever pieces it comes in', () => {
    const noise = fc.constantFrom('a@b.example', ',', '"', '\n', '\r\n', '\r', ' ', 'é', '""', 'x')
    fc.assert(
      fc.property(
        fc.array(noise, { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (parts, size) => {
          const bytes = Buffer.from(`email,name\n${parts.join('')}`)
          const whole = read([bytes])
          const pieced = read(inPieces(bytes, size))
          expect(pieced.people).toEqual(whole.people)
          expect(pieced.lines).toEqual(whole.lines)
        },
      ),
    )
  })
})

describe('a date', () => {
  it.each([
    ['2024-01-31', '2024-01-31T00:00:00.000Z'],
    ['2024-01-31 10:20:30', '2024-01-31T10:20:30.000Z'],
    ['2024-01-31T10:20:30.123456+01:00', '2024-01-31T09:20:30.123Z'],
    ['2024-01-31 10:20:30.5 +0000 UTC', '2024-01-31T10:20:30.500Z'],
    ['1706696430', '2024-01-31T10:20:30.000Z'],
    ['2024-02-30', undefined],
    ['03/04/2024', undefined],
    ['yesterday', undefined],
  ])('written %s is %s', (text, instant) => {
    expect(readDate(text)?.toISOString()).toBe(instant)
  })

  it('in the future, or none, is left out with a word', () => {
    const reader = listReader({ file: 'list.csv', now })
    const piece = reader.push('email,joined\na@example.org,2099-01-01\nb@example.org,1/2/2024\n')
    const rest = reader.end()
    if ('refused' in piece || 'refused' in rest) throw new Error('refused')
    expect(rest.warnings.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      expect.stringMatching(/^2: date '2099-01-01' is left out/),
      expect.stringMatching(/^3: date '1\/2\/2024' is left out/),
    ])
  })
})

describe('addresses that were seen', () => {
  it('are remembered with their lines, as far as there is room', () => {
    const seen = seenAddresses(1 << 13)
    for (let n = 0; n < 6000; n++) expect(seen.meet(`r${n}@example.org`, n + 1)).toBeUndefined()
    for (let n = 0; n < 6000; n++) expect(seen.meet(`r${n}@example.org`, 9)).toBe(n + 1)
    for (let n = 6000; n < 9000; n++) expect(seen.meet(`r${n}@example.org`, 9)).toBeUndefined()
  })
})
