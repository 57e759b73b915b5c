import { describe, expect, it } from 'vitest'
import { takeIn } from '../../src/bounces/take-in.ts'
import { messageIdFor } from '../../src/mail/message.ts'
import { bounceToken } from '../../src/mail/return-path.ts'
import type { Subscriber } from '../../src/model/subscriber.ts'
import { edition, minutesAfter, noon } from '../contracts/store.ts'
import { temporarySqlite } from '../store/temporary-sqlite.ts'
import { arf, dsn, letter, type Returned, sentHead } from './letters.ts'

const addresses = ['ann@example.org', 'bob@example.org']
const day = '2026-11-01'
const later = new Date('2026-11-03T09:00:00Z')

/** A store with an edition that was sent to two readers. */
async function sent() {
  const database = await temporarySqlite()
  const store = await database.connect()
  const { subscribers, ledger, feedback } = store
  await subscribers.add(
    addresses.map((address) => ({ address, name: '' })),
    noon,
  )
  await ledger.open(edition(day))
  const terms = { now: noon, leaseUntil: minutesAfter(noon, 9), most: 9 }
  for (const claim of await ledger.claim(day, terms)) {
    await ledger.submitting(claim, noon)
    await ledger.record(claim, { kind: 'submitted', reply: '250 Ok' }, { now: noon })
  }
  const people = await Promise.all(addresses.map((address) => subscribers.find(address)))
  const [ann, bob] = people
  if (!ann || !bob) throw new Error('two readers')
  return {
    ...{ store, subscribers, feedback, ann, bob },
    take: (bytes: Buffer, envelope?: readonly string[]) =>
      takeIn(store, { bytes, ...(envelope && { envelope }) }, later),
    status: async ({ address }: Subscriber) => (await subscribers.find(address))?.status,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

const verp = (reader: Subscriber) => `bounces+${bounceToken(day, reader)}@example.org`
const messageId = (reader: Subscriber) => messageIdFor(day, reader.id, 'example.org')
const link = (reader: Subscriber) => `https://news.example.org/unsubscribe/${reader.token}`

describe('a report', () => {
  it('is known by the return path, wherever it stands, in any letter case', async () => {
    await using given = await sent()
    const { ann, take, status } = given
    const head = sentHead({ to: ann.address })
    const ways: [Returned, string[]?][] = [
      [{ head }, [verp(ann)]],
      [{ head, to: verp(ann).toUpperCase(), id: 'two@example.net' }],
      [{ head: `Return-Path: <${verp(ann)}>\n${head}`, id: 'three@example.net' }],
    ]
    for (const [bounce, envelope] of ways) {
      await given.subscribers.setStatus(ann.address, 'active', noon)
      expect(await take(dsn(bounce), envelope)).toMatchObject({
        ...{ kind: 'told', what: 'hard', edition: day, isProven: true, effect: 'suppressed' },
      })
      expect(await status(ann)).toBe('suppressed')
    }
  })

  it('is known by the Message-ID that came back, and by the unsubscribe link', async () => {
    await using given = await sent()
    const { ann, bob, take } = given
    const byId = dsn({ head: sentHead({ messageId: messageId(ann) }) })
    expect(await take(byId)).toMatchObject({ edition: day, isProven: true, effect: 'suppressed' })
    const head = sentHead({ to: bob.address, link: link(bob) })
    const byLink = await take(dsn({ recipient: 'elsewhere@example.net', head }))
    expect(byLink).toMatchObject({ address: bob.address, isProven: true, effect: 'suppressed' })
  })

  it('without proof is kept and shown, and nothing follows from it', async () => {
    await using given = await sent()
    const { ann, bob, take, status, feedback } = given
    const forged = verp(ann).replace(/\+(.{26}).{8}/, '+$1aaaaaaaa')
    const strangers = [
      dsn({ id: 'a@example.net' }),
      dsn({ to: forged, id: 'b@example.net' }),
      dsn({ to: verp(bob).replace(/\d{8}@/, '20261102@'), id: 'c@example.net' }),
      dsn({
        head: sentHead({ messageId: messageId(bob).replace(/^<./, '<0') }),
        id: 'd@example.net',
      }),
      arf({ head: sentHead({ to: ann.address }) }),
    ]
    for (const bytes of strangers) {
      expect(await take(bytes)).toMatchObject({ isProven: false, effect: 'none' })
    }
    expect([await status(ann), await status(bob)]).toEqual(['active', 'active'])
    expect(await feedback.unproven()).toBe(strangers.length)
  })

  it('of nobody on the list is a stranger', async () => {
    await using given = await sent()
    const stranger = dsn({ recipient: 'x@example.com', head: sentHead({ to: 'x@example.com' }) })
    expect(await given.take(stranger)).toEqual({ kind: 'stranger' })
  })

  it('of what no address can be is a stranger', async () => {
    await using given = await sent()
    const recipients = ['a\\x{00}b@example.com', 'a\\x{D800}b@example.com', `${'a'.repeat(9000)}@b`]
    for (const recipient of recipients) {
      const report = dsn({ recipient, head: sentHead({ to: 'x@example.com' }), id: recipient })
      expect(await given.take(report)).toEqual({ kind: 'stranger' })
    }
  })

  it('of the address that a reader had before says nothing of the new one; a complaint does', async () => {
    await using given = await sent()
    const { ann, take, status } = given
    const head = sentHead({ to: 'former@example.org', messageId: messageId(ann) })
    const bounce = dsn({ to: verp(ann), recipient: 'former@example.org', head })
    expect(await take(bounce)).toMatchObject({ kind: 'nothing' })
    expect(await status(ann)).toBe('active')
    expect(await take(arf({ head, mailFrom: verp(ann) }))).toMatchObject({ effect: 'unsubscribed' })
  })

  it('about several behind one address counts the one that is reached', async () => {
    await using given = await sent()
    const { ann, take } = given
    const more = 'Final-Recipient: rfc822; two@example.net\nAction: delivered\nStatus: 2.0.0\n'
    const bounce = dsn({ to: verp(ann), recipient: 'one@example.net' })
      .toString()
      .replace('--=_b/mx\r\nContent-Description: Undelivered', `\r\n${more}\r\n$&`)
    expect(await take(Buffer.from(bounce))).toMatchObject({ what: 'delivered', effect: 'none' })
  })

  it.each([
    ['delayed', { action: 'delayed', status: '4.4.1' }],
    ['delivered', { action: 'delivered', status: '2.1.5' }],
    ['policy', { status: '5.7.1', diagnostic: 'smtp; 550 5.7.1 blocked using zen.spamhaus.org' }],
    ['soft', { status: '5.2.2', diagnostic: 'smtp; 552 5.2.2 over quota' }],
  ])('that is %s takes nobody off the list', async (what, bounce) => {
    await using given = await sent()
    const taken = await given.take(dsn({ to: verp(given.ann), ...bounce }))
    expect(taken).toMatchObject({ kind: 'told', what, isProven: true, effect: 'none' })
  })

  it('dated in the future is of now', async () => {
    await using given = await sent()
    const { ann, take, feedback } = given
    const bytes = dsn({ to: verp(ann) })
      .toString()
      .replaceAll('2026 09:', '2096 09:')
    await take(Buffer.from(bytes))
    expect((await feedback.of(ann.address))[0]?.at).toEqual(later)
  })
})

describe('a wish to leave', () => {
  it.each([
    ['the subject of the link', (token: string) => `unsubscribe ${token}`],
    ['an answer', (token: string) => `Re: AW:  Unsubscribe ${token}`],
    [
      'an encoded subject',
      (token: string) => `=?utf-8?Q?unsubscribe=20${token.replaceAll('_', '=5F')}?=`,
    ],
    ['base64', (t: string) => `=?utf-8?B?${Buffer.from(`unsubscribe ${t}`).toString('base64')}?=`],
  ])('with the token is granted: %s', async (_, subject) => {
    await using given = await sent()
    const { ann, take, status } = given
    const bytes = letter({ From: 'else@example.com', Subject: subject(ann.token) }, 'Bye')
    expect(await take(bytes)).toMatchObject({ what: 'unsubscribe', effect: 'unsubscribed' })
    expect(await status(ann)).toBe('unsubscribed')
    await given.subscribers.setStatus(ann.address, 'active', noon)
    expect(await take(bytes)).toMatchObject({ effect: 'known' })
    expect(await status(ann)).toBe('active')
  })

  it('in words alone is granted to who answers the message that was sent to them', async () => {
    await using given = await sent()
    const { ann, bob, take } = given
    const answer = {
      ...{
        From: `Ann <${ann.address}>`,
        Subject: 'Re: An edition',
        'Message-ID': '<1@example.org>',
      },
      'In-Reply-To': messageId(ann),
    }
    expect(await take(letter(answer, 'unsubscribe\n'))).toMatchObject({ effect: 'unsubscribed' })
    const forged = { ...answer, From: bob.address, 'Message-ID': '<2@example.org>' }
    expect(await take(letter(forged, 'unsubscribe\n'))).toMatchObject({
      kind: 'unclear',
      reason: expect.stringMatching(/nothing proves who wrote it; .*subscribers remove bob@/),
    })
    expect(await given.status(bob)).toBe('active')
  })

  it('is not what a letter says that quotes an edition with its link', async () => {
    await using given = await sent()
    const { ann, take, status } = given
    const head = { From: ann.address, Subject: 'Re: An edition', 'In-Reply-To': messageId(ann) }
    const quoted = `What a fine edition!\n\n> unsubscribe: ${link(ann)}\n> Unsubscribe ${ann.token}\n`
    expect(await take(letter(head, quoted))).toMatchObject({ kind: 'unclear' })
    expect(await status(ann)).toBe('active')
  })

  it('of a link that nobody has is a stranger', async () => {
    await using given = await sent()
    const bytes = letter({ From: 'x@example.com', Subject: `unsubscribe ${'A'.repeat(22)}` }, '')
    expect(await given.take(bytes)).toEqual({ kind: 'stranger' })
  })
})
