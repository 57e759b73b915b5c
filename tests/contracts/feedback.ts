import { describe, expect, it } from 'vitest'
import type { NewFeedback } from '../../src/store/feedback.ts'
import type { Store } from '../../src/store/store.ts'
import { edition, minutesAfter, noon, type OpenDatabase, readers } from './store.ts'

function sure<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is none')
  return value
}

const later = minutesAfter(noon, 5)

function report(subscriber: string, more: Partial<NewFeedback> = {}): NewFeedback {
  return {
    key: `key ${more.kind ?? 'hard'} ${more.edition ?? 'one'}`,
    edition: 'one',
    subscriber,
    kind: 'hard',
    status: '5.1.1',
    diagnostic: '550 5.1.1 no such user',
    source: 'mail',
    isProven: true,
    at: noon,
    ...more,
  }
}

/** Sends each edition to everybody. */
async function send({ ledger }: Store, ...ids: readonly string[]): Promise<void> {
  for (const [n, id] of ids.entries()) {
    await ledger.open({ ...edition(id), createdAt: minutesAfter(noon, n) })
    const terms = { now: noon, leaseUntil: minutesAfter(noon, 60), most: 100 }
    for (const claim of await ledger.claim(id, terms)) {
      await ledger.submitting(claim, noon)
      await ledger.record(claim, { kind: 'submitted', reply: '250 2.0.0 Ok' }, { now: noon })
    }
  }
}

async function withReaders(store: Store, count: number) {
  await store.subscribers.add(readers(count), noon)
  const found = await Promise.all(
    readers(count).map(({ address }) => store.subscribers.find(address)),
  )
  return found.map((one) => sure(one))
}

/** What every adapter of the port `FeedbackLog` does. */
export function feedbackContract(open: OpenDatabase): void {
  describe('what came back', () => {
    it('suppresses at once whose mailbox does not exist, and tells why', async () => {
      await using database = await open()
      const store = await database.connect()
      const [ann] = await withReaders(store, 1)
      await send(store, 'one')
      expect(await store.feedback.record(report(sure(ann).id), later)).toBe('suppressed')
      expect(await store.subscribers.find(sure(ann).address)).toMatchObject({
        status: 'suppressed',
      })
      const { key: _, ...kept } = report(sure(ann).id)
      expect(await store.feedback.of(sure(ann).address.toUpperCase())).toEqual([kept])
    })

    it('takes the same report in once, whatever happened to the reader since', async () => {
      await using database = await open()
      const store = await database.connect()
      const [ann] = await withReaders(store, 1)
      await send(store, 'one')
      await store.feedback.record(report(sure(ann).id), noon)
      await store.subscribers.setStatus(sure(ann).address, 'active', noon)
      expect(await store.feedback.record(report(sure(ann).id), later)).toBe('known')
      expect(await store.subscribers.find(sure(ann).address)).toMatchObject({ status: 'active' })
      expect(await store.feedback.of(sure(ann).address)).toHaveLength(1)
    })

    it('takes a complaint, or a wish to leave, as leaving, and revives nobody by it', async () => {
      await using database = await open()
      const store = await database.connect()
      const [ann, bob, cyd] = await withReaders(store, 3)
      await send(store, 'one')
      await store.subscribers.setStatus(sure(cyd).address, 'suppressed', noon)
      const tell = (who: { id: string }, kind: 'complaint' | 'unsubscribe') =>
        store.feedback.record(report(who.id, { kind, key: `${kind} ${who.id}` }), later)
      expect(await tell(sure(ann), 'complaint')).toBe('unsubscribed')
      expect(await tell(sure(bob), 'unsubscribe')).toBe('unsubscribed')
      expect(await tell(sure(cyd), 'complaint')).toBe('none')
      expect(await store.subscribers.counts()).toMatchObject({ unsubscribed: 2, suppressed: 1 })
    })

    it('skips who complains of the edition that is being sent', async () => {
      await using database = await open()
      const store = await database.connect()
      const [ann] = await withReaders(store, 1)
      await store.ledger.open(edition('one'))
      await store.feedback.record(report(sure(ann).id, { kind: 'complaint' }), noon)
      const terms = { now: noon, leaseUntil: later, most: 5 }
      expect(await store.ledger.claim('one', terms)).toEqual([])
      expect(await store.ledger.counts('one')).toMatchObject({ skipped: 1 })
    })

    it('suppresses with the third edition in a row that bounces softly, in whatever order it is told', async () => {
      await using database = await open()
      const store = await database.connect()
      const [ann, bob] = await withReaders(store, 2)
      await send(store, 'one', 'two', 'three', 'four')
      const soft = (who: { id: string }, id: string, more = '') =>
        store.feedback.record(
          report(who.id, { kind: 'soft', edition: id, key: `${who.id} ${id}${more}` }),
          later,
        )
      expect(await soft(sure(ann), 'four')).toBe('none')
      expect(await soft(sure(ann), 'two')).toBe('none')
      expect(await soft(sure(ann), 'two', ' again')).toBe('none')
      expect(await soft(sure(ann), 'three')).toBe('suppressed')
      for (const id of ['one', 'two', 'four']) expect(await soft(sure(bob), id)).toBe('none')
      expect(await store.subscribers.counts()).toMatchObject({ active: 1, suppressed: 1 })
    })

    it('counts on when two reports on one reader come at the same time', async () => {
      await using database = await open()
      const [here, there] = [await database.connect(), await database.connect()]
      const [ann] = await withReaders(here, 1)
      await send(here, 'one', 'two', 'three')
      const soft = (store: Store, id: string) =>
        store.feedback.record(report(sure(ann).id, { kind: 'soft', edition: id }), later)
      const effects = await Promise.all([
        soft(here, 'one'),
        soft(there, 'two'),
        soft(here, 'three'),
      ])
      expect(effects.toSorted()).toEqual(['none', 'none', 'suppressed'])
    })

    it('lets nothing follow from what is not proven, nor from policy, delay and arrival', async () => {
      await using database = await open()
      const store = await database.connect()
      const [ann] = await withReaders(store, 1)
      await send(store, 'one', 'two', 'three')
      const tell = (more: Partial<NewFeedback>) =>
        store.feedback.record(report(sure(ann).id, { key: JSON.stringify(more), ...more }), later)
      for (const kind of ['hard', 'complaint', 'unsubscribe'] as const) {
        expect(await tell({ kind, isProven: false })).toBe('none')
      }
      for (const id of ['one', 'two', 'three']) {
        expect(await tell({ kind: 'soft', edition: id, isProven: false })).toBe('none')
      }
      for (const kind of ['policy', 'delayed', 'delivered'] as const) {
        expect(await tell({ kind })).toBe('none')
      }
      expect((await store.subscribers.counts()).active).toBe(1)
      expect(await store.feedback.unproven()).toBe(6)
      expect(await store.feedback.of(sure(ann).address)).toHaveLength(9)
    })

    it('counts readers by kind, and the reasons that were given', async () => {
      await using database = await open()
      const store = await database.connect()
      const people = await withReaders(store, 3)
      await send(store, 'one')
      for (const [n, { id, address }] of people.entries()) {
        const diagnostic = `550 5.7.1 <${address}>: blocked`
        for (const key of [`a${n}`, `b${n}`]) {
          await store.feedback.record(report(id, { kind: 'policy', diagnostic, key }), noon)
        }
      }
      await store.feedback.record(report(sure(people[0]).id, { kind: 'hard' }), noon)
      const counts = await store.feedback.counts('one')
      expect(counts).toEqual({
        ...{ hard: 1, soft: 0, policy: 3, complaint: 0, unsubscribe: 0, delayed: 0, delivered: 0 },
      })
      expect(await store.feedback.reasons('one', 'policy', 5)).toEqual([
        { reason: '550 5.7.1 … blocked', count: 6 },
      ])
      expect(await store.feedback.counts('none')).toMatchObject({ hard: 0 })
    })

    it('keeps what is of no edition that is known, and nothing of nobody', async () => {
      await using database = await open()
      const store = await database.connect()
      const [ann] = await withReaders(store, 1)
      expect(await store.feedback.record(report(sure(ann).id, { edition: 'lost' }), noon)).toBe(
        'suppressed',
      )
      expect((await store.feedback.of(sure(ann).address))[0]).not.toHaveProperty('edition')
      expect(await store.feedback.record(report('nobody', { key: 'x' }), noon)).toBe('none')
      expect(await store.feedback.of('nobody@example.org')).toEqual([])
    })

    it('finds whom a return path names, and goes with an erased reader', async () => {
      await using database = await open()
      const store = await database.connect()
      const [ann] = await withReaders(store, 1)
      await send(store, 'one')
      expect(await store.feedback.reader(sure(ann).id)).toEqual(ann)
      await store.feedback.record(report(sure(ann).id, { isProven: false }), noon)
      await store.subscribers.erase(sure(ann).address, noon)
      expect(await store.feedback.reader(sure(ann).id)).toBeUndefined()
      expect(await store.feedback.unproven()).toBe(0)
      expect(await store.feedback.record(report(sure(ann).id), noon)).toBe('none')
    })

    it('remembers tokens that are good for once, until they are past', async () => {
      await using database = await open()
      const { feedback } = await database.connect()
      expect(await feedback.isSpent('a')).toBe(false)
      await feedback.spend('a', { now: noon, until: later })
      await feedback.spend('a', { now: noon, until: noon })
      expect(await feedback.isSpent('a')).toBe(true)
      await feedback.spend('b', { now: minutesAfter(later, 1), until: minutesAfter(later, 9) })
      expect([await feedback.isSpent('a'), await feedback.isSpent('b')]).toEqual([false, true])
    })
  })
}
