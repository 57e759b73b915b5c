import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Subscriber, subscriberStatuses } from '../../src/model/subscriber.ts'
import { readSubscribersCsv, writeSubscribersCsv } from '../../src/subscribers/csv.ts'

const file = 'readers.csv'

function read(text: string | Uint8Array) {
  return readSubscribersCsv(text, { file, now: new Date('2026-11-23T12:00:00Z') })
}

/** The complaints as a person sees them: line and message. */
function told(text: string | Uint8Array) {
  const { errors, warnings } = read(text)
  return [...errors, ...warnings].map(({ line, message }) => `${line}: ${message}`)
}

describe('a list in CSV', () => {
  it('is read by the names of its columns, in any order and as other programs call them', () => {
    expect(
      read(
        [
          'Last Name,Status,E-Mail Address,Notes,First Name,Lang,Address',
          'Ünal,subscribed,zoe@example.org,,Zoë,de_AT,12 High Street',
          ',cleaned,Bob Roe <bob@example.org>,"two\nlines",,,',
          'Lee,,ann@EXAMPLE.org,,,,',
        ].join('\r\n'),
      ),
    ).toEqual({
      subscribers: [
        { address: 'zoe@example.org', name: 'Zoë Ünal', language: 'de-AT', status: 'active' },
        {
          address: 'bob@example.org',
          name: 'Bob Roe',
          status: 'suppressed',
          reason: 'bounced',
        },
        { address: 'ann@example.org', name: 'Lee' },
      ],
      errors: [],
      warnings: [],
    })
  })

  it.each([
    ['commas', 'address,name\nann@example.org,"Lee, Ann"\n'],
    ['semicolons and a byte order mark', '\uFEFFaddress;name\nann@example.org;Lee, Ann\n'],
    ['tabs', 'address\tname\nann@example.org\tLee, Ann\n'],
    ['a hint for a spreadsheet', 'sep=;\naddress;name\nann@example.org;Lee, Ann'],
    ['old line ends and empty lines', '\n\naddress,name\r\r,\rann@example.org,"Lee, Ann"\r'],
    ['UTF-16', Buffer.from('\uFEFFaddress\tname\nann@example.org\tLee, Ann\n', 'utf16le')],
  ])('may be written with %s', (_, input) => {
    expect(read(input)).toEqual({
      subscribers: [{ address: 'ann@example.org', name: 'Lee, Ann' }],
      errors: [],
      warnings: [],
    })
  })

  it('that has no column of addresses is told so', () => {
    expect(told('\nwho,where\nann,here\n')).toEqual([
      expect.stringMatching(/^2: no column is called address or email/),
    ])
    expect(told('')).toEqual([expect.stringMatching(/is empty/)])
    expect(told(new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 9, 0]))).toEqual([
      expect.stringMatching(/is no text; save it as "CSV UTF-8"/),
    ])
  })

  it('has each line that cannot be used reported by its number, and the rest goes in', () => {
    const text = [
      'address,name,language,status',
      'ann@example.org,Ann',
      'bob.example.org,Bob',
      ',Nameless',
      'cyd@example.org,"Cyd',
      'dan@example.org,Dan,,unconfirmed',
      'eve@example.org,Eve,klingon language',
      'fay@example.org,"Fay",en,',
      'gil@example.org,Gil "the" Roe,en,active,Lee',
    ].join('\n')
    expect(read(text).subscribers.map(({ address }) => address)).toEqual([
      'ann@example.org',
      'eve@example.org',
      'fay@example.org',
      'gil@example.org',
    ])
    expect(told(text)).toEqual([
      expect.stringMatching(/^3: 'bob.example.org' has no @; write/),
      expect.stringMatching(/^4: there is no address; write/),
      expect.stringMatching(/^5: a quotation mark/),
      expect.stringMatching(/^6: status 'unconfirmed': never confirmed/),
      expect.stringMatching(/^7: language 'klingon language' is left out/),
      expect.stringMatching(/^9: has more fields than the header row/),
    ])
  })

  it('with an address twice takes it once, with the strictest status', () => {
    const text = [
      'email,name,language,status',
      'ann@example.org,,,active',
      'bob@example.org,Bob',
      'Ann@EXAMPLE.org,Ann,es,unsubscribed',
      'ann@example.org,Other,fr,active',
    ].join('\n')
    expect(read(text).subscribers).toEqual([
      { address: 'ann@example.org', name: 'Ann', language: 'es', status: 'unsubscribed' },
      { address: 'bob@example.org', name: 'Bob' },
    ])
    expect(told(text)).toEqual([
      expect.stringMatching(/^4: Ann@example.org stands on line 2 already/),
      expect.stringMatching(/^5: ann@example.org stands on line 2 already/),
    ])
  })

  it('cannot smuggle a line break, a control character or a slot of ours into a name', () => {
    const name = 'A\u0000nn\u200B\r\nBcc: x\u2028y \uFDD0name\uFDD1\u202Egnp\u0085.'
    const text = `address,name\nann@example.org,"${name}"\n`
    expect(read(text).subscribers[0]?.name).toBe('Ann\u200B Bcc: x y namegnp.')
  })

  it('whatever it holds, is read without failing, and only what can be mailed goes in', () => {
    const noise = fc.array(
      fc.oneof(
        fc.constantFrom(',', '"', '\n', '\r\n', ';', '@', 'ann@example.org', '\uFEFF', "'", '=1+1'),
        fc.string({ unit: 'binary', maxLength: 5 }),
      ),
    )
    fc.assert(
      fc.property(noise, fc.boolean(), (parts, hasHeader) => {
        const { subscribers } = read((hasHeader ? 'address,name\n' : '') + parts.join(''))
        for (const { address, name } of subscribers) {
          expect(address).toMatch(/^[^\r\n]+@[^\r\n@]+$/)
          expect(name).not.toMatch(/[\p{Cc}\uFDD0-\uFDEF]/u)
        }
      }),
    )
  })
})

describe('fields for templates', () => {
  it('are the columns that are called so, and no others', () => {
    const { subscribers } = read(
      'email,fields.town, Fields.plan_2 ,ip\nann@example.org,Bath ,"a\nb",192.0.2.1\nbob@example.org,,,\n',
    )
    expect(subscribers).toEqual([
      { address: 'ann@example.org', name: '', fields: { town: 'Bath', plan_2: 'a b' } },
      { address: 'bob@example.org', name: '' },
    ])
  })

  it('of a reader who stands twice are put together, the first line before the second', () => {
    const { subscribers } = read(
      'email,fields.a,fields.b\nann@example.org,1,\nann@example.org,2,3\n',
    )
    expect(subscribers).toEqual([
      { address: 'ann@example.org', name: '', fields: { a: '1', b: '3' } },
    ])
  })

  it.each(['fields.', 'fields.my town', 'fields.a__b', 'fields.ñ', 'fields.1'])(
    'cannot be called %s',
    (title) => {
      const { subscribers, errors } = read(`email,${title}\nann@example.org,x\n`)
      expect(subscribers).toEqual([])
      expect(errors).toEqual([{ file, line: 1, message: expect.stringContaining(title.trim()) }])
    },
  )
})

describe('an exported list', () => {
  const person: Subscriber = {
    id: 'id',
    address: 'ann@example.org',
    name: 'Ann',
    status: 'active',
    token: 'secret-token',
    createdAt: new Date(0),
  }

  async function write(people: readonly Subscriber[]): Promise<string> {
    let text = ''
    for await (const piece of writeSubscribersCsv(stream(people), [])) text += piece
    return text
  }

  async function* stream(people: readonly Subscriber[]) {
    yield* people
  }

  it('names its columns, keeps its secrets, and runs nothing in a spreadsheet', async () => {
    const formula = { ...person, address: '+tag@example.org', name: '=HYPERLINK("https://x.test")' }
    expect(await write([person, { ...formula, language: 'en' }])).toBe(
      `address,name,language,status,topics,reason,joined,left\n` +
        `ann@example.org,Ann,,active,,,1970-01-01T00:00:00.000Z,\n` +
        `'+tag@example.org,"'=HYPERLINK(""https://x.test"")",en,active,,,1970-01-01T00:00:00.000Z,\n`,
    )
  })

  it('is taken back as it was', async () => {
    const names = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.array(fc.constantFrom("'", '=', '+', '-', '@', 'a', ',', '"', ';', ' '), { maxLength: 6 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(names, fc.constantFrom(...subscriberStatuses)), { maxLength: 8 }),
        async (rows) => {
          const people = rows.map(([name, status], index) => ({
            ...person,
            address: `=r${index}@example.org`,
            // A sign of damage is taken out of every name that comes in
            name: (typeof name === 'string' ? name : name.join(''))
              .replaceAll('\uFFFD', '')
              .trim()
              .replace(/\s+/gu, ' '),
            status,
          }))
          const taken = read(await write(people))
          expect(taken.errors).toEqual([])
          expect(taken.subscribers).toEqual(
            people.map(({ address, name, status, createdAt }) => ({
              address,
              name: name.normalize(),
              status,
              joinedAt: createdAt,
            })),
          )
        },
      ),
    )
  })
})
