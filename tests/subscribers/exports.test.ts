import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listReader } from '../../src/subscribers/list-reader.ts'

const folder = join(import.meta.dirname, '../fixtures/lists')
const now = new Date('2026-11-23T12:00:00Z')

function read(file: string, wanted: readonly string[] = []) {
  const reader = listReader({ file, now, wanted })
  const pieces = [reader.push(readFileSync(join(folder, file))), reader.end()]
  const good = pieces.map((piece) => {
    if ('refused' in piece) throw new Error(piece.refused.message)
    return piece
  })
  return {
    program: reader.layout?.program,
    people: good.flatMap(({ people }) => people),
    problems: good.flatMap(({ errors, warnings }) => [...errors, ...warnings]),
    unconfirmed: good.flatMap(({ unconfirmed }) => unconfirmed.map(({ line }) => line)),
  }
}

const date = (text: string) => new Date(text)

describe('an export of Mailchimp', () => {
  it('brings names, dates, tags and what the publisher asked, and leaves street and telephone out', () => {
    expect(read('mailchimp-subscribed.csv')).toEqual({
      program: 'Mailchimp',
      people: [
        {
          line: 2,
          address: 'ann@example.org',
          name: 'Ann Lee',
          fields: { favourite_section: 'Sport', tags: 'vip, early bird' },
          joinedAt: date('2021-03-04T10:20:30Z'),
        },
        {
          line: 4,
          address: 'bob@example.org',
          name: 'Bob',
          joinedAt: date('2022-05-06T07:08:09Z'),
        },
      ],
      problems: [],
      unconfirmed: [],
    })
  })

  it('of those who left, and of those who bounced, keeps them out', () => {
    expect(read('mailchimp-unsubscribed.csv').people).toMatchObject([
      {
        address: 'cyd@example.org',
        status: 'unsubscribed',
        reason: 'NORMAL',
        leftAt: date('2023-02-03T04:05:06Z'),
      },
    ])
    expect(read('mailchimp-cleaned.csv').people).toMatchObject([
      { status: 'suppressed', reason: 'bounced', leftAt: date('2023-09-10T11:12:13Z') },
    ])
  })

  it('takes a column along that somebody asks for, under the name that they give', () => {
    const { people } = read('mailchimp-subscribed.csv', ['Phone Number=phone'])
    expect(people[0]?.fields).toMatchObject({ phone: '555-0100' })
    expect(() => read('ghost.csv', ['Shoe'])).toThrow(/--field Shoe: no column is called so/)
  })
})

/** Who came, and as what. */
function standings(file: string) {
  const { program, people, problems, unconfirmed } = read(file)
  expect(problems).toEqual([])
  return {
    program,
    unconfirmed,
    people: people.map(({ address, status = 'active', reason }) =>
      [address.slice(0, 3), status, reason].filter(Boolean).join(' '),
    ),
  }
}

describe('the export of', () => {
  it('Substack: who switched mail off has left', () => {
    expect(standings('substack.csv')).toEqual({
      program: 'Substack',
      unconfirmed: [],
      people: ['ann active', 'bob active', 'cyd unsubscribed'],
    })
    expect(read('substack.csv').people[0]).toMatchObject({
      fields: { plan: 'yearly' },
      joinedAt: date('2024-01-02T03:04:05.678Z'),
    })
  })

  it('Ghost: who is subscribed to no mail, or deleted, has left', () => {
    expect(standings('ghost.csv')).toEqual({
      program: 'Ghost',
      unconfirmed: [],
      people: ['ann active', 'bob unsubscribed', 'cyd unsubscribed'],
    })
    expect(read('ghost.csv').people[0]).toMatchObject({
      name: 'Ann Lee',
      fields: { labels: 'press, patron', tiers: 'Gold' },
    })
  })

  it('Buttondown: types are states, metadata becomes fields', () => {
    expect(standings('buttondown.csv')).toEqual({
      program: 'Buttondown',
      unconfirmed: [3],
      people: [
        'ann active',
        'cyd unsubscribed',
        'dan suppressed bounced',
        'eve suppressed complained',
        'fay active',
      ],
    })
    const { people } = read('buttondown.csv')
    expect(people[0]?.fields).toEqual({ first_name: 'Ann', visits: '3', tags: 'vip, news' })
    expect(people[1]?.leftAt).toEqual(date('2024-05-06T00:00:00Z'))
  })

  it('beehiiv', () => {
    expect(standings('beehiiv.csv')).toEqual({
      program: 'beehiiv',
      unconfirmed: [4],
      people: ['ann active', 'bob unsubscribed', 'dan suppressed bounced'],
    })
    expect(read('beehiiv.csv').people[0]?.fields).toEqual({ tags: 'vip, news', team: 'Reds' })
  })

  it('Kit: state is a state of the list', () => {
    expect(standings('kit.csv')).toEqual({
      program: 'Kit',
      unconfirmed: [],
      people: [
        'ann active',
        'bob unsubscribed',
        'cyd suppressed bounced',
        'dan suppressed complained',
      ],
    })
    expect(read('kit.csv').people[0]?.fields).toEqual({ tags: 'vip, news', shoe_size: '38' })
  })

  it('listmonk: attributes become fields, blocklisted ones are suppressed', () => {
    expect(standings('listmonk.csv')).toEqual({
      program: 'listmonk',
      unconfirmed: [],
      people: ['ann active', 'bob unsubscribed', 'cyd suppressed blocked'],
    })
    const { people } = read('listmonk.csv')
    expect(people[0]?.fields).toEqual({ city: 'Bath', tags: 'a, b' })
    expect(people.map(({ joinedAt }) => joinedAt?.toISOString())).toEqual([
      '2024-01-02T03:04:05.678Z',
      '2024-01-02T02:04:05.000Z',
      '2024-01-02T03:04:05.000Z',
    ])
  })
})
