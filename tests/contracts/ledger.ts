import { describe, expect, it } from 'vitest'
import { replyKind } from '../../src/mail/reply-kind.ts'
import type { Claim } from '../../src/model/delivery.ts'
import type { Ledger } from '../../src/store/ledger.ts'
import { all, edition, minutesAfter, noon, type OpenDatabase, readers } from './store.ts'

const soon = minutesAfter(noon, 1)
const later = minutesAfter(noon, 10)
const submitted = { kind: 'submitted', reply: '250 2.0.0 queued' } as const

const hostileReplies = [
  '550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown',
  'gave up after 7 attempts in 3 days; the last reply: 451 4.7.1 Greylisted for 300 seconds',
  '421 4.7.0 [192.0.2.1 15] see https://example.org/mail/answer/69 a1-2b.3 - gsmtp',
  '250',
  '250 2.0.0',
  '2500 2.0.0 x',
  '550 5.1.1x y',
  'new/0a1b.tidings',
  'connection lost: read ECONNRESET',
  '554 \' "; -- \\1 \\d & $1 ( [ * 🦊9 \u00a0 a\u00a09 ٣ …',
  '250 queued as ABCDEF (x) queued as  GH',
]

/** What every adapter of the port `Ledger` does; the walk through its states is in tests/delivery/transitions. */
export function ledgerContract(open: OpenDatabase): void {
  async function prepare(count: number) {
    const database = await open()
    const store = await database.connect()
    await store.subscribers.add(readers(count), noon)
    await store.ledger.open(edition('one'))
    return { ...store, database, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
  }

  async function claimOne(ledger: Ledger): Promise<Claim> {
    const [claim] = await ledger.claim('one', { now: noon, leaseUntil: soon, most: 1 })
    if (!claim) throw new Error('nothing to claim')
    return claim
  }

  async function states(ledger: Ledger): Promise<string[]> {
    return (await ledger.deliveries('one')).map(({ state }) => state)
  }

  describe('the editions of the ledger', () => {
    it('knows with which letterheads the messages of one were made, and from when on', async () => {
      await using prepared = await prepare(1)
      const { ledger } = prepared
      expect(await ledger.letterheads('one')).toEqual([])
      await ledger.useLetterhead('one', '{"from":"a"}', noon)
      await ledger.useLetterhead('one', '{"from":"a"}', soon)
      await ledger.useLetterhead('one', '{"from":"ü"}', later)
      await ledger.useLetterhead('none', '{"from":"a"}', noon)
      expect(await ledger.letterheads('one')).toEqual([
        { since: later, content: '{"from":"ü"}' },
        { since: noon, content: '{"from":"a"}' },
      ])
      await ledger.useLetterhead('one', '{"from":"c"}', later)
      await ledger.useLetterhead('one', '{"from":"a"}', minutesAfter(noon, 20))
      expect((await ledger.letterheads('one')).map(({ content }) => content)).toEqual([
        '{"from":"a"}',
        '{"from":"c"}',
        '{"from":"a"}',
      ])
      expect(await ledger.letterheads('none')).toEqual([])
    })

    it('opens one with a pending delivery for each active subscriber and nobody else', async () => {
      await using database = await open()
      const { ledger, subscribers } = await database.connect()
      await subscribers.add(readers(3), noon)
      await subscribers.setStatus('r02@example.org', 'unsubscribed', noon)
      expect(await ledger.open(edition('one', ['b', 'a']))).toBe(2)
      await subscribers.add([{ address: 'late@example.org', name: '' }], noon)
      expect(await ledger.deliveries('one')).toMatchObject([
        { edition: 'one', address: 'r01@example.org', state: 'pending', attempts: 0, reply: '' },
        { edition: 'one', address: 'r03@example.org', state: 'pending' },
      ])
      expect(await ledger.edition('one')).toEqual(edition('one', ['b', 'a']))
      expect(await ledger.edition('none')).toBeUndefined()
      expect(await ledger.counts('none')).toMatchObject({ pending: 0, submitted: 0 })
    })

    it('records nothing where there is nobody to mail, so that the articles wait', async () => {
      await using database = await open()
      const { ledger } = await database.connect()
      expect(await ledger.open(edition('one'))).toBe(0)
      expect(await ledger.editions()).toEqual([])
      expect(await ledger.sentArticles()).toEqual(new Set())
    })

    it('counts the articles that were carried and those passed over as sent, across editions', async () => {
      await using database = await open()
      const { ledger, subscribers } = await database.connect()
      await subscribers.add(readers(1), noon)
      await ledger.open(edition('one', ['new']), { passedOver: ['old', 'older'] })
      await ledger.open(
        { ...edition('two', ['newest']), createdAt: later },
        { passedOver: ['old'] },
      )
      expect(await ledger.sentArticles()).toEqual(new Set(['new', 'old', 'older', 'newest']))
      expect((await ledger.editions()).map(({ id, articles }) => [id, articles])).toEqual([
        ['two', ['newest']],
        ['one', ['new']],
      ])
    })

    it('keeps the edition as it was rendered, in each language', async () => {
      await using database = await open()
      const { ledger, subscribers } = await database.connect()
      await subscribers.add(readers(1), noon)
      const variants = ['es', 'en'].map((language) => ({
        language,
        subject: `¡${language}! 🗞️`,
        html: '<p>\uFDD0name\uFDD1</p>',
        text: '\uFDD0name\uFDD1\r\n',
      }))
      const page = { path: 'editions/one/index.html', contents: '<p>¡Hola! \u0007</p>\n' }
      const json = { path: 'editions/one/edition.json', contents: '{"id": "one"}\n' }
      const files = [json, page]
      await ledger.open(edition('one'), { variants, files })
      expect(await ledger.files('one')).toEqual(files)
      expect(await ledger.files('two')).toEqual([])
      expect(await ledger.contents()).toEqual([json])
      await ledger.open(edition('two'))
      expect(await ledger.variants('one')).toEqual(variants)
      expect(await ledger.variants('two')).toEqual([])
    })

    it('keeps for whom each variant is', async () => {
      await using database = await open()
      const { ledger, subscribers } = await database.connect()
      await subscribers.add(readers(1), noon)
      const one = { language: 'en', subject: '', html: '', text: '' }
      const variants = [{ ...one, topics: ['a', 'b'] }, { ...one, topics: [] }, one]
      await ledger.open(edition('one'), { variants })
      expect(await ledger.variants('one')).toEqual(variants)
    })

    it('addresses an edition for certain topics to those who chose one of them, or did not choose', async () => {
      await using database = await open()
      const { ledger, subscribers } = await database.connect()
      const [all, first, other, none] = readers(4)
      if (!all || !first || !other || !none) throw new Error('four readers')
      const chosen = [
        { ...other, topics: ['c', 'd'] },
        { ...none, topics: [] },
      ]
      await subscribers.add(chosen, noon)
      expect(await ledger.open(edition('one'), { onlyFor: ['a', 'b'] })).toBe(0)
      expect(await ledger.editions()).toEqual([])
      await subscribers.add([all, { ...first, topics: ['b', 'x'] }], noon)
      expect(await ledger.open(edition('one'), { onlyFor: ['a', 'b'] })).toBe(2)
      const addressed = (await ledger.deliveries('one')).map(({ address }) => address)
      expect(addressed).toEqual([all.address, first.address])
      expect(await ledger.open(edition('two'))).toBe(4)
    })

    it('lets one of two senders that plan at once win, and the other carry nothing twice', async () => {
      await using database = await open()
      const [one, two] = [await database.connect(), await database.connect()]
      await one.subscribers.add(readers(2), noon)
      const results = await Promise.allSettled([
        one.ledger.open(edition('one', ['a', 'b'])),
        two.ledger.open(edition('two', ['b', 'c'])),
        two.ledger.open(edition('one', ['c', 'd'])),
      ])
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' })
      }
      expect(await two.ledger.editions()).toHaveLength(1)
    })

    it('resumes the oldest edition that is not finished', async () => {
      await using prepared = await prepare(1)
      const { ledger } = prepared
      await ledger.open({ ...edition('two'), createdAt: later })
      expect((await ledger.unfinished())[0]?.id).toBe('one')
      const claim = await claimOne(ledger)
      await ledger.submitting(claim, noon)
      expect((await ledger.unfinished())[0]?.id).toBe('one')
      await ledger.record(claim, { kind: 'uncertain', reason: 'hung up' }, { now: noon })
      expect((await ledger.unfinished()).map(({ id }) => id)).toEqual(['two'])
    })
  })

  describe('the claims of the ledger', () => {
    it('tells all that is known of the subscriber', async () => {
      await using database = await open()
      const { ledger, subscribers } = await database.connect()
      const ann = {
        address: 'ann@example.org',
        name: 'Ann',
        language: 'es',
        fields: { town: 'Bath' },
      }
      await subscribers.add([ann], noon)
      await ledger.open(edition('one'))
      const claim = await claimOne(ledger)
      expect(claim.subscriber).toMatchObject(ann)
      expect(claim.subscriber).toEqual(await subscribers.find(ann.address))
    })

    it('lets some wait under the name of their destination, out of the way of the others', async () => {
      await using prepared = await prepare(6)
      const { ledger } = prepared
      const other = (await prepared.database.connect()).ledger
      const terms = { now: noon, leaseUntil: soon, most: 4 }
      const [one, two, three, begun] = await ledger.claim('one', terms)
      if (!one || !two || !three || !begun) throw new Error('too few')
      await ledger.submitting(begun, noon)
      const parked = [one, two, begun].map((claim) => ({ claim, under: 'a.test' }))
      await ledger.park([...parked, { claim: three, under: 'b.test' }], noon)
      expect(await other.parked('one')).toEqual([
        { under: 'a.test', count: 2 },
        { under: 'b.test', count: 1 },
      ])
      expect((await other.parkedUnder('one')).toSorted()).toEqual(['a.test', 'b.test'])
      expect(await ledger.counts('one')).toMatchObject({ pending: 5, claimed: 0, submitting: 1 })
      expect(await other.claim('one', terms)).toHaveLength(2)
      expect(await other.claim('one', terms)).toEqual([])
      const again = await other.claim('one', { ...terms, parked: 'a.test' })
      expect(again.map(({ subscriber, attempts }) => [subscriber.address, attempts])).toEqual([
        ['r01@example.org', 0],
        ['r02@example.org', 0],
      ])
      expect(await other.parked('one')).toEqual([{ under: 'b.test', count: 1 }])
      await prepared.subscribers.setStatus('r03@example.org', 'unsubscribed', noon)
      expect(await other.claim('one', { ...terms, parked: 'b.test' })).toEqual([])
      expect(await other.parkedUnder('one')).toEqual([])
    })

    it('parks nothing that is not its own any more', async () => {
      await using prepared = await prepare(1)
      const { ledger } = prepared
      const claim = await claimOne(ledger)
      await ledger.release([claim], noon)
      const again = await claimOne(ledger)
      await ledger.park([{ claim, under: 'a.test' }], noon)
      expect(await ledger.parked('one')).toEqual([])
      expect(await ledger.submitting(again, noon)).toBe(true)
    })

    it('shares an edition among connections without giving anybody out twice', async () => {
      await using prepared = await prepare(40)
      const stores = [
        prepared,
        await prepared.database.connect(),
        await prepared.database.connect(),
      ]
      const terms = { now: noon, leaseUntil: soon, most: 7 }
      const batches = await Promise.all(
        [0, 1, 2, 0, 1, 2, 0].map((at) => stores[at]?.ledger.claim('one', terms)),
      )
      const addresses = batches
        .flatMap((batch) => batch ?? [])
        .map((claim) => claim.subscriber.address)
      expect(addresses.toSorted()).toEqual(readers(40).map(({ address }) => address))
    })

    it('skips whoever has left, is suppressed or erased when it comes to them, and goes on', async () => {
      await using prepared = await prepare(5)
      const { ledger, subscribers } = prepared
      await subscribers.setStatus('r01@example.org', 'unsubscribed', noon)
      await subscribers.setStatus('r02@example.org', 'suppressed', noon)
      await subscribers.erase('r03@example.org', noon)
      const claims = await ledger.claim('one', { now: noon, leaseUntil: soon, most: 2 })
      expect(claims.map(({ subscriber }) => subscriber.address)).toEqual([
        'r04@example.org',
        'r05@example.org',
      ])
      await subscribers.setStatus('r04@example.org', 'unsubscribed', noon)
      expect(await Promise.all(claims.map((claim) => ledger.submitting(claim, noon)))).toEqual([
        false,
        true,
      ])
      expect(await ledger.counts('one')).toMatchObject({ skipped: 4, submitting: 1 })
    })

    it('skips whoever has chosen other topics since the edition was opened', async () => {
      await using database = await open()
      const { ledger, subscribers } = await database.connect()
      const [ann, bob] = readers(2).map((one) => ({ ...one, topics: ['a'] }))
      if (!ann || !bob) throw new Error('two readers')
      await subscribers.add([ann, bob], noon)
      await ledger.open(edition('one'), { onlyFor: ['a'] })
      await subscribers.add([{ ...ann, topics: ['b'] }], noon)
      const claims = await ledger.claim('one', { now: noon, leaseUntil: soon, most: 2 })
      expect(claims.map(({ subscriber }) => subscriber.topics)).toEqual([['a']])
      expect(await ledger.counts('one')).toMatchObject({ skipped: 1, claimed: 1 })
    })

    it('keeps what became of a delivery, and when a deferred one is due', async () => {
      await using prepared = await prepare(1)
      const { ledger } = prepared
      const claim = await claimOne(ledger)
      expect(claim).toMatchObject({ edition: 'one', attempts: 0, subscriber: { name: 'Reader 1' } })
      expect(claim).not.toHaveProperty('triedAt')
      await ledger.submitting(claim, noon)
      await ledger.record(
        claim,
        { kind: 'deferred', reply: '451 later' },
        { now: noon, dueAt: later },
      )
      expect(await ledger.nextDue('one')).toEqual(later)
      const early = { now: soon, leaseUntil: later, most: 1 }
      expect(await ledger.claim('one', early)).toEqual([])
      const [again] = await ledger.claim('one', { ...early, now: later })
      expect(again).toMatchObject({ attempts: 1, triedAt: noon })
      expect(await ledger.nextDue('one')).toBeUndefined()
      if (again) await ledger.release([again], later)
      const [last] = await ledger.claim('one', {
        now: later,
        leaseUntil: minutesAfter(later, 1),
        most: 1,
      })
      if (!last) throw new Error('nothing to claim')
      await ledger.submitting(last, later)
      await ledger.record(last, submitted, { now: later })
      expect(await ledger.deliveries('one', ['submitted'])).toMatchObject([
        { attempts: 2, reply: submitted.reply, changedAt: later },
      ])
      expect(await ledger.deliveries('one', ['pending', 'deferred'])).toEqual([])
    })

    it('rejects somebody for whom no message can be made, without counting an attempt', async () => {
      await using prepared = await prepare(1)
      const claim = await claimOne(prepared.ledger)
      expect(await prepared.ledger.record(claim, submitted, { now: noon })).toBe(false)
      const outcome = { kind: 'rejected', reply: 'no message can be made' } as const
      expect(await prepared.ledger.record(claim, outcome, { now: noon })).toBe(true)
      expect(await prepared.ledger.deliveries('one')).toMatchObject([
        { state: 'rejected', attempts: 0, reply: outcome.reply },
      ])
    })

    it('lets nobody write under a claim that has ended', async () => {
      await using prepared = await prepare(1)
      const { ledger } = prepared
      const old = await claimOne(ledger)
      await ledger.expire('one', soon)
      const [current] = await ledger.claim('one', { now: soon, leaseUntil: later, most: 1 })
      if (!current) throw new Error('nothing to claim')
      expect(await ledger.submitting(old, soon)).toBe(false)
      expect(await ledger.submitting(current, soon)).toBe(true)
      expect(await ledger.record(old, submitted, { now: soon })).toBe(false)
      expect(await ledger.renew([old], later)).toBe(0)
      await ledger.release([old, { ...old, token: '' }, { ...old, token: '1.1.' }], soon)
      expect(await states(ledger)).toEqual(['submitting'])
      expect(await ledger.record(current, submitted, { now: soon })).toBe(true)
      expect(await ledger.record(current, submitted, { now: soon })).toBe(false)
    })

    it('lets nobody send under a lease that has run out, even before anybody has ended it', async () => {
      await using prepared = await prepare(1)
      const claim = await claimOne(prepared.ledger)
      expect(await prepared.ledger.submitting(claim, soon)).toBe(false)
      expect(await states(prepared.ledger)).toEqual(['claimed'])
    })

    it('frees what a dead sender had claimed, and holds what it may have sent', async () => {
      await using prepared = await prepare(3)
      const { ledger } = prepared
      const claims = await ledger.claim('one', { now: noon, leaseUntil: soon, most: 3 })
      const [sent, , renewed] = claims
      if (!sent || !renewed) throw new Error('three claims')
      await ledger.submitting(sent, noon)
      expect(await ledger.renew([renewed], later)).toBe(1)
      expect(await ledger.heldUntil('one')).toEqual(soon)
      expect(await ledger.expire('one', noon)).toBe(0)
      expect(await ledger.expire('one', soon)).toBe(1)
      expect(await states(ledger)).toEqual(['uncertain', 'pending', 'claimed'])
      expect(await ledger.heldUntil('one')).toEqual(later)
      expect(await ledger.deliveries('one', ['uncertain'])).toMatchObject([{ attempts: 1 }])
      await ledger.expire('one', later)
      expect(await ledger.heldUntil('one')).toBeUndefined()
    })

    it('lets the publisher decide the uncertain ones', async () => {
      await using prepared = await prepare(2)
      const { ledger } = prepared
      const claims = await ledger.claim('one', { now: noon, leaseUntil: soon, most: 2 })
      const [first, second] = claims
      if (!first || !second) throw new Error('two claims')
      for (const claim of claims) await ledger.submitting(claim, noon)
      const lost = { kind: 'uncertain', reason: 'hung up' } as const
      await ledger.record(first, lost, { now: noon })
      expect(await ledger.resolve('one', 'resend', noon)).toBe(1)
      await ledger.record(second, lost, { now: noon })
      expect(await ledger.resolve('one', 'skip', noon)).toBe(1)
      expect(await ledger.resolve('one', 'resend', noon)).toBe(0)
      expect(await states(ledger)).toEqual(['pending', 'skipped'])
    })

    it('lets the publisher decide them one by one', async () => {
      await using prepared = await prepare(3)
      const { ledger } = prepared
      for (const claim of await ledger.claim('one', { now: noon, leaseUntil: soon, most: 3 })) {
        await ledger.submitting(claim, noon)
        await ledger.record(claim, { kind: 'uncertain', reason: 'hung up' }, { now: noon })
      }
      expect(await ledger.resolve('one', 'skip', noon, ['R02@Example.ORG', 'no@example.org'])).toBe(
        1,
      )
      expect(await ledger.resolve('one', 'resend', noon, ['r02@example.org'])).toBe(0)
      expect(await ledger.resolve('one', 'resend', noon, [])).toBe(0)
      expect(await ledger.resolve('one', 'resend', noon, ['r03@example.org'])).toBe(1)
      expect(await states(ledger)).toEqual(['uncertain', 'skipped', 'pending'])
    })
  })

  describe('an edition that is called off', () => {
    it('goes to nobody else, whoever has claimed them', async () => {
      await using prepared = await prepare(6)
      const { ledger, database } = prepared
      const claims = await ledger.claim('one', { now: noon, leaseUntil: later, most: 5 })
      const [got, refused, away, held, waiting] = claims
      if (!got || !refused || !away || !held || !waiting) throw new Error('five claims')
      for (const claim of [got, refused, away]) await ledger.submitting(claim, noon)
      await ledger.record(got, submitted, { now: noon })
      await ledger.record(refused, { kind: 'deferred', reply: '450' }, { now: noon, dueAt: soon })
      await ledger.park([{ claim: waiting, under: 'example.org' }], noon)
      const other = (await database.connect()).ledger
      expect(await other.cancel('one', soon)).toBe(4)
      expect(await other.cancel('one', soon)).toBe(0)
      expect(await other.cancel('none', soon)).toBe(0)
      expect(await ledger.submitting(held, soon)).toBe(false)
      expect(await ledger.renew([held], later)).toBe(0)
      await ledger.release([held], soon)
      const rest = { now: later, leaseUntil: minutesAfter(noon, 20), most: 9 }
      expect(await ledger.claim('one', rest)).toEqual([])
      expect(await ledger.claim('one', { ...rest, parked: 'example.org' })).toEqual([])
      expect(await ledger.parked('one')).toEqual([])
      expect(await ledger.nextDue('one')).toBeUndefined()
      // What was on its way comes to its end
      expect(await ledger.record(away, submitted, { now: soon })).toBe(true)
      expect(await ledger.counts('one')).toMatchObject({ submitted: 2, skipped: 4 })
      expect(await ledger.replies('one', 9)).toContainEqual({
        state: 'skipped',
        reply: 'called off by the publisher',
        count: 4,
      })
      expect(await ledger.unfinished()).toEqual([])
      expect(await ledger.edition('one')).toMatchObject({ cancelledAt: soon })
      expect(await ledger.takeBack('one', noon)).toBe(false)
      expect(await ledger.sentArticles()).toEqual(new Set(edition('one').articles))
    })

    it('is not gone on with when what was on its way is deferred or given back', async () => {
      await using prepared = await prepare(2)
      const { ledger } = prepared
      const claims = await ledger.claim('one', { now: noon, leaseUntil: later, most: 2 })
      const [first, second] = claims
      if (!first || !second) throw new Error('two claims')
      for (const claim of claims) await ledger.submitting(claim, noon)
      expect(await ledger.cancel('one', noon)).toBe(0)
      await ledger.record(first, { kind: 'deferred', reply: '450' }, { now: noon, dueAt: noon })
      await ledger.release([second], noon)
      expect(await ledger.claim('one', { now: soon, leaseUntil: later, most: 2 })).toEqual([])
      expect(await states(ledger)).toEqual(['skipped', 'skipped'])
    })

    it('is taken back when nobody can have got it, and planned again like any other', async () => {
      await using prepared = await prepare(2)
      const { ledger, feedback } = prepared
      await ledger.useLetterhead('one', '{}', noon)
      expect(await ledger.takeBack('one', noon)).toBe(false)
      const claims = await ledger.claim('one', { now: noon, leaseUntil: soon, most: 2 })
      const [first, second] = claims
      if (!first || !second) throw new Error('two claims')
      await ledger.submitting(first, noon)
      await ledger.cancel('one', noon)
      expect(await ledger.takeBack('one', noon)).toBe(false)
      // No relay has taken it
      await ledger.release([first], noon)
      expect(await ledger.takeBack('one', noon)).toBe(false)
      expect(await ledger.cancel('one', noon)).toBe(1)
      expect(await ledger.takeBack('one', noon)).toBe(true)
      expect(await ledger.takeBack('one', noon)).toBe(true)
      expect(await ledger.edition('one')).toBeUndefined()
      expect([await ledger.files('one'), await ledger.variants('one')]).toEqual([[], []])
      expect(await ledger.letterheads('one')).toEqual([])
      expect(await ledger.sentArticles()).toEqual(new Set())
      expect([await ledger.editions(), await ledger.unfinished()]).toEqual([[], []])
      // A sender that still has it in hand must not take another one for it
      expect(await ledger.editionIds()).toEqual(['one'])
      await expect(ledger.open(edition('one'))).rejects.toMatchObject({ code: 'conflict' })
      expect(await ledger.open({ ...edition('two'), articles: edition('one').articles })).toBe(2)
      expect(await ledger.claim('one', { now: noon, leaseUntil: soon, most: 2 })).toEqual([])
      expect(await ledger.submitting(second, noon)).toBe(false)
      expect(await ledger.record(first, submitted, { now: noon })).toBe(false)
      await ledger.useLetterhead('one', '{}', noon)
      expect(await ledger.counts('two')).toMatchObject({ pending: 2 })
      await ledger.cancel('two', noon)
      const bounce = {
        edition: 'two',
        subscriber: first.subscriber.id,
        kind: 'hard',
        status: '5.1.1',
        diagnostic: '',
        source: 'relay',
        isProven: true,
        at: noon,
        key: 'one',
      } as const
      await feedback.record(bounce, noon)
      expect(await ledger.takeBack('two', noon)).toBe(false)
    })

    it('is not taken back when somebody may have got it, whatever was decided', async () => {
      await using prepared = await prepare(1)
      const { ledger } = prepared
      const claim = await claimOne(ledger)
      await ledger.submitting(claim, noon)
      await ledger.record(claim, { kind: 'uncertain', reason: 'hung up' }, { now: noon })
      await ledger.resolve('one', 'resend', noon)
      expect(await ledger.cancel('one', noon)).toBe(1)
      expect(await ledger.takeBack('one', noon)).toBe(false)
    })
  })

  describe('who got what', () => {
    /** Three readers at two domains and what became of each. */
    async function withReplies() {
      const database = await open()
      const { ledger, subscribers } = await database.connect()
      const people = ['ann@example.org', 'bob@example.org', 'cy@example.net']
      await subscribers.add(
        people.map((address) => ({ address, name: '' })),
        noon,
      )
      await ledger.open(edition('one'))
      const replies = ['250 2.0.0 Ok: queued as 4XyZ', '250 2.0.0 Ok: queued as ABCD']
      for (const claim of await ledger.claim('one', { now: noon, leaseUntil: later, most: 3 })) {
        await ledger.submitting(claim, noon)
        const reply = replies.pop()
        const outcome = reply
          ? ({ kind: 'submitted', reply } as const)
          : ({ kind: 'rejected', reply: '550 5.1.1 <cy@example.net>: unknown' } as const)
        await ledger.record(claim, outcome, { now: soon })
      }
      return {
        ledger,
        subscribers,
        [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
      }
    }

    it('counts an edition by recipient domain, the largest first', async () => {
      await using given = await withReplies()
      const { ledger, subscribers } = given
      expect(await ledger.domains('one', 9)).toMatchObject([
        { domain: 'example.org', counts: { submitted: 2, rejected: 0, pending: 0 } },
        { domain: 'example.net', counts: { submitted: 0, rejected: 1 } },
      ])
      expect(await ledger.domains('one', 1)).toHaveLength(1)
      await subscribers.erase('cy@example.net', later)
      expect((await ledger.domains('one', 9))[1]).toMatchObject({ domain: '(erased)' })
      expect(await ledger.domains('none', 9)).toEqual([])
    })

    it('counts an edition by the kind of reply, without what is of one message', async () => {
      await using given = await withReplies()
      expect(await given.ledger.replies('one', 9)).toEqual([
        { state: 'submitted', reply: '250 2.0.0 Ok: queued as …', count: 2 },
        { state: 'rejected', reply: '550 5.1.1 … unknown', count: 1 },
      ])
      expect(await given.ledger.replies('one', 1)).toHaveLength(1)
    })

    it('finds the kind of a reply by the rule of all stores', async () => {
      await using database = await open()
      const { ledger, subscribers } = await database.connect()
      await subscribers.add(readers(hostileReplies.length), noon)
      await ledger.open(edition('one'))
      const claims = await ledger.claim('one', { now: noon, leaseUntil: soon, most: 99 })
      for (const [index, claim] of claims.entries()) {
        const reply = hostileReplies[index] ?? ''
        await ledger.record(claim, { kind: 'rejected', reply }, { now: noon })
      }
      const kinds = (await ledger.replies('one', 99)).map(({ reply }) => reply)
      expect(kinds.toSorted()).toEqual([...new Set(hostileReplies.map(replyKind))].toSorted())
    })

    it('streams the deliveries of an edition of any size, each once, erased ones too', async () => {
      await using database = await open()
      const { ledger, subscribers } = await database.connect()
      await subscribers.add(readers(2500), noon)
      await ledger.open(edition('one'))
      await subscribers.erase('r07@example.org', noon)
      const streamed = await all(ledger.eachDelivery('one'))
      expect(new Set(streamed.map(({ subscriber }) => subscriber)).size).toBe(2500)
      expect(streamed.filter(({ address }) => address === '(erased)')).toHaveLength(1)
      expect(await all(ledger.eachDelivery('one', ['skipped']))).toMatchObject([
        { address: '(erased)', state: 'skipped' },
      ])
      expect(await all(ledger.eachDelivery('none'))).toEqual([])
    })

    it('tells the history of one address over all editions, the newest first', async () => {
      await using given = await withReplies()
      await given.ledger.open({ ...edition('two'), createdAt: later })
      expect(await given.ledger.history('ANN@example.org')).toMatchObject([
        { edition: 'two', address: 'ann@example.org', state: 'pending', attempts: 0 },
        { edition: 'one', state: 'submitted', attempts: 1, changedAt: soon },
      ])
      expect(await given.ledger.history('nobody@example.org')).toEqual([])
    })

    it('knows whether a message would be made otherwise now than when it was sent', async () => {
      await using given = await withReplies()
      const { ledger, subscribers } = given
      const isChanged = async () => (await ledger.addressed('one', 'ann@example.org'))?.isChanged
      const ann = { address: 'ann@example.org', name: '' }
      await subscribers.setStatus(ann.address, 'unsubscribed', later)
      await subscribers.setStatus(ann.address, 'active', later)
      await subscribers.add([ann], later)
      expect(await ledger.addressed('one', ann.address)).toMatchObject({
        delivery: { edition: 'one', state: 'submitted' },
        subscriber: ann,
        isChanged: false,
      })
      await subscribers.add([{ ...ann, topics: [] }], later)
      expect(await isChanged()).toBe(true)
      const bob = { address: 'bob@example.org', name: '', fields: { town: 'Bath' } }
      await subscribers.add([bob], later)
      expect((await ledger.addressed('one', bob.address))?.isChanged).toBe(true)
      await subscribers.add([{ address: 'late@example.org', name: '' }], noon)
      expect(await ledger.addressed('one', 'late@example.org')).toBeUndefined()
      expect(await ledger.addressed('none', ann.address)).toBeUndefined()
    })
  })
}
