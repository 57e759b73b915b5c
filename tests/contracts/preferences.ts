import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { edition, minutesAfter, noon, type OpenDatabase } from './store.ts'

const later = minutesAfter(noon, 60)
const ann = { address: 'ann@example.org', name: 'Ann' }
const change = (id: string, subscriber: string, address = 'new@example.net') => ({
  id,
  subscriber,
  address,
  askedAt: noon,
})
const limits = { now: noon, mailbox: [{ within: 60_000, most: 1 }], domain: [] }

/** What every store does for readers who choose, move and are forgotten. */
export function preferencesContract(open: OpenDatabase): void {
  async function idOf({ subscribers }: Store, address: string): Promise<string> {
    return (await subscribers.find(address))?.id ?? ''
  }

  describe('the choice of a reader', () => {
    it('is kept whole, and no list changes it any more', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      await subscribers.add([{ ...ann, language: 'es', topics: ['x'] }], noon)
      const id = (await subscribers.find(ann.address))?.id ?? ''
      const choice = { name: 'Anna', topics: ['b', 'a'], pausedUntil: later }
      expect(await subscribers.choose(id, choice, noon)).toBe(true)
      expect(await subscribers.choose('nobody', choice, noon)).toBe(false)
      const chosen = await subscribers.find(ann.address)
      expect(chosen).toMatchObject({ name: 'Anna', topics: ['a', 'b'], pausedUntil: later })
      expect(chosen).not.toHaveProperty('language')
      const listed = { ...ann, language: 'fr', topics: ['c'], fields: { town: 'Bath' } }
      expect(await subscribers.add([listed], noon)).toEqual(['updated'])
      expect((await subscribers.syncList([listed], noon)).outcomes).toEqual(['unchanged'])
      expect(await subscribers.find(ann.address)).toEqual({
        ...chosen,
        fields: { town: 'Bath' },
      })
      await subscribers.choose(id, { name: '', language: 'fr' }, noon)
      const undone = await subscribers.find(ann.address)
      expect(undone).toMatchObject({ name: '', language: 'fr' })
      expect(undone).not.toHaveProperty('topics')
      expect(undone).not.toHaveProperty('pausedUntil')
    })

    it('keeps whoever has paused out of editions until then, and brings them back by itself', async () => {
      await using database = await open()
      const store = await database.connect()
      const { subscribers, ledger } = store
      await subscribers.add([ann], noon)
      const id = await idOf(store, ann.address)
      await subscribers.choose(id, { name: '', pausedUntil: later }, noon)
      expect(await subscribers.audiences(noon)).toEqual([])
      expect(await ledger.open(edition('one'))).toBe(0)
      expect(await ledger.open({ ...edition('one'), createdAt: later })).toBe(1)
      expect(await subscribers.audiences(later)).toEqual([{ count: 1 }])
    })

    it('pauses in the middle of an edition, too', async () => {
      await using database = await open()
      const store = await database.connect()
      const { subscribers, ledger } = store
      const bob = { address: 'bob@example.org', name: '' }
      await subscribers.add([ann, bob], noon)
      await ledger.open(edition('one'))
      const pausedUntil = later
      await subscribers.choose(await idOf(store, ann.address), { name: '', pausedUntil }, noon)
      const terms = { now: noon, leaseUntil: minutesAfter(noon, 1), most: 2 }
      const claims = await ledger.claim('one', terms)
      expect(claims.map(({ subscriber }) => subscriber.address)).toEqual([bob.address])
      await subscribers.choose(await idOf(store, bob.address), { name: '', pausedUntil }, noon)
      for (const claim of claims) expect(await ledger.submitting(claim, noon)).toBe(false)
      expect(await ledger.counts('one')).toMatchObject({ skipped: 2 })
    })
  })

  describe('an erased address', () => {
    it('is kept out, whoever brings it, until its owner comes back', async () => {
      await using database = await open()
      const { subscribers, joins } = await database.connect()
      await subscribers.add([ann], noon)
      await subscribers.erase('ANN@example.org', noon)
      expect(await subscribers.add([ann], noon)).toEqual(['kept-out'])
      expect((await subscribers.syncList([ann], noon)).outcomes).toEqual(['kept-out'])
      expect(await subscribers.find(ann.address)).toBeUndefined()
      expect(await subscribers.readmit('other@example.org')).toBe(false)
      const text = { hash: 'h', language: 'en', text: 'yes' }
      await joins.keepText(text)
      const request = { id: 'j', ...ann, language: 'en', from: '', text: 'h', askedAt: noon }
      await joins.ask({ ...request, topics: ['b', 'a'] }, 9)
      const [due] = await joins.due(noon, 1)
      if (!due) throw new Error('nothing is due')
      await joins.begin(due, limits)
      expect((await joins.confirm('j', noon)).state).toBe('joined')
      expect(await subscribers.find(ann.address)).toMatchObject({ topics: ['a', 'b'] })
      expect(await subscribers.readmit(ann.address)).toBe(false)
    })

    it('may be added again by somebody who was asked to', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      await subscribers.add([ann], noon)
      await subscribers.erase(ann.address, noon)
      expect(await subscribers.readmit(ann.address)).toBe(true)
      expect(await subscribers.add([ann], noon)).toEqual(['added'])
    })
  })

  describe('a change of address', () => {
    async function begun(store: Store, id: string, address = 'new@example.net') {
      const { changes, subscribers } = store
      await subscribers.add([{ ...ann, language: 'es' }], noon)
      await changes.ask(change(id, await idOf(store, ann.address), address), 3)
      const [notice] = await changes.due(noon, 1)
      if (!notice) throw new Error('nothing is due')
      expect(await changes.begin(notice, limits)).toBe('ours')
      return notice
    }

    it('waits for its confirmation, then tells the old address, and leaves it out for good', async () => {
      await using database = await open()
      const store = await database.connect()
      const { changes, subscribers, ledger } = store
      const notice = await begun(store, 'c')
      expect(notice).toMatchObject({ kind: 'confirm', address: 'new@example.net', language: 'es' })
      expect(await changes.begin(notice, limits)).toBe('taken')
      await ledger.open(edition('one'))
      const was = await subscribers.find(ann.address)
      expect(await changes.pending(was?.id ?? '')).toEqual([change('c', was?.id ?? '')])
      expect(await changes.find('c')).toEqual({ state: 'pending', language: 'es' })
      expect(await changes.confirm('c', noon)).toEqual({ state: 'changed', language: 'es' })
      expect(await changes.confirm('c', noon)).toEqual({ state: 'gone' })
      expect(await subscribers.find(ann.address)).toBeUndefined()
      expect(await subscribers.findByToken(was?.token ?? '')).toEqual({
        ...was,
        address: 'new@example.net',
      })
      expect(await ledger.history('new@example.net')).toHaveLength(1)
      expect(await subscribers.add([ann], noon)).toEqual(['kept-out'])
      expect((await subscribers.syncList([ann], noon)).unlisted).toBe(0)
      const [told] = await changes.due(noon, 9)
      expect(told).toMatchObject({ kind: 'told', address: ann.address, attempts: 0 })
      expect(told && (await changes.begin(told, { ...limits, mailbox: [] }))).toBe('ours')
      await changes.drop(told?.id ?? '')
      expect(await changes.due(later, 9)).toEqual([])
    })

    it('to an address that is on the list leaves that one there, and takes the old one off', async () => {
      await using database = await open()
      const store = await database.connect()
      const { changes, subscribers } = store
      const bob = { address: 'bob@example.org', name: 'Bob' }
      await subscribers.add([bob], noon)
      await subscribers.setStatus(bob.address, 'unsubscribed', noon)
      const { leftAt, ...before } = (await subscribers.find(bob.address)) ?? {}
      expect(leftAt).toEqual(noon)
      await begun(store, 'c', bob.address)
      expect((await changes.confirm('c', noon)).state).toBe('changed')
      expect(await subscribers.find(bob.address)).toEqual({ ...before, status: 'active' })
      expect(await subscribers.find(ann.address)).toMatchObject({ status: 'unsubscribed' })
    })

    it('to an address that must not be mailed changes nothing', async () => {
      await using database = await open()
      const store = await database.connect()
      const { changes, subscribers } = store
      await subscribers.add([{ address: 'new@example.net', name: '', status: 'suppressed' }], noon)
      await begun(store, 'c')
      expect((await changes.confirm('c', noon)).state).toBe('gone')
      expect(await subscribers.find(ann.address)).toMatchObject({ status: 'active' })
      expect(await subscribers.find('new@example.net')).toMatchObject({ status: 'suppressed' })
    })

    it('is asked for only so often, and forgotten with the reader, with the address, and in time', async () => {
      await using database = await open()
      const store = await database.connect()
      const { changes, subscribers } = store
      await subscribers.add([ann], noon)
      const id = await idOf(store, ann.address)
      expect(await changes.ask(change('a', id), 2)).toBe(true)
      expect(await changes.ask(change('b', id, 'b@example.net'), 2)).toBe(true)
      expect(await changes.ask(change('c', id), 2)).toBe(false)
      expect(await changes.ask(change('d', 'nobody'), 2)).toBe(false)
      expect(await changes.find('a')).toEqual({ state: 'gone' })
      expect(await subscribers.erase('b@example.net', noon)).toBe(true)
      expect((await changes.pending(id)).map((one) => one.id)).toEqual(['a'])
      expect(await changes.expire(later)).toBe(1)
      await changes.ask(change('e', id), 2)
      await changes.again('e', later)
      expect(await changes.due(noon, 9)).toEqual([])
      await subscribers.erase(ann.address, noon)
      expect(await changes.due(later, 9)).toEqual([])
    })

    it('brings a mailbox no more messages than it may', async () => {
      await using database = await open()
      const store = await database.connect()
      const { changes } = store
      await begun(store, 'a')
      await changes.ask(change('b', await idOf(store, ann.address)), 3)
      const [again] = await changes.due(noon, 9)
      expect(again && (await changes.begin(again, limits))).toBe('refused')
      expect(await changes.due(later, 9)).toEqual([])
      // Whoever asked cannot tell
      const pending = await changes.pending(await idOf(store, ann.address))
      expect(pending.map(({ id }) => id)).toEqual(['a', 'b'])
    })
  })
}
