import { describe, expect, it } from 'vitest'
import type { DueJoin, JoinRequest } from '../../src/model/join.ts'
import type { BeginTerms } from '../../src/store/joins.ts'
import type { Store } from '../../src/store/store.ts'
import { minutesAfter, noon, type OpenDatabase } from './store.ts'

const text = { hash: 'a'.repeat(64), language: 'es', text: 'Quiero recibir la carta.' }

function request(id: string, changes: Partial<JoinRequest> = {}): JoinRequest {
  const { hash } = text
  const ann = { address: 'ann@example.org', name: 'Ann', language: 'es' }
  return { id, ...ann, from: 'https://blog.example.org', text: hash, askedAt: noon, ...changes }
}

function terms(changes: Partial<BeginTerms> = {}): BeginTerms {
  return { now: noon, mailbox: [], domain: [], ...changes }
}

/** Asks, and lets the message leave. */
async function ask({ joins }: Store, given: JoinRequest): Promise<void> {
  await joins.keepText(text)
  await joins.ask(given, 10)
  const due = (await joins.due(given.askedAt, 10)).find(({ id }) => id === given.id)
  if (due) await joins.begin(due, terms({ now: given.askedAt }))
}

/** What every adapter of the port `Joins` does. */
export function joinsContract(open: OpenDatabase): void {
  describe('who asks to join', () => {
    it('waits for a message, oldest first, with all that the form said', async () => {
      await using database = await open()
      const { joins } = await database.connect()
      const later = request('two', { askedAt: minutesAfter(noon, 1), topics: ['b', 'a'] })
      expect(await joins.ask(later, 2)).toBe(true)
      expect(await joins.ask(request('one', { name: '' }), 2)).toBe(true)
      expect(await joins.ask(request('three'), 2)).toBe(false)
      expect(await joins.due(noon, 5)).toEqual([{ ...request('one', { name: '' }), attempts: 0 }])
      const all = await joins.due(minutesAfter(noon, 1), 5)
      expect(all.map(({ id }) => id)).toEqual(['one', 'two'])
      expect(all[1]).toEqual({ ...later, topics: ['a', 'b'], attempts: 0 })
    })

    it('gets one message, whoever begins it, and another only when no relay took it', async () => {
      await using database = await open()
      const stores = [await database.connect(), await database.connect()]
      const [one] = stores
      await one?.joins.ask(request('one'), 10)
      const [due] = (await one?.joins.due(noon, 1)) ?? []
      const begun = await Promise.all(
        stores.map(({ joins }) => joins.begin(due as DueJoin, terms())),
      )
      expect(begun.toSorted()).toEqual(['ours', 'taken'])
      expect(await one?.joins.due(minutesAfter(noon, 9999), 1)).toEqual([])
      await one?.joins.again('one', minutesAfter(noon, 5))
      expect(await one?.joins.due(noon, 1)).toEqual([])
      const [again] = (await one?.joins.due(minutesAfter(noon, 5), 1)) ?? []
      expect(again?.attempts).toBe(1)
      const full = terms({ mailbox: [{ within: 60_000, most: 0 }] })
      expect(await one?.joins.begin(again as DueJoin, full)).toBe('ours')
      expect(await one?.joins.begin(again as DueJoin, full)).toBe('taken')
    })

    it('is forgotten when the mailbox or its domain had its share, however the address is spelled', async () => {
      await using database = await open()
      const { joins } = await database.connect()
      let number = 0
      const begin = async (address: string, changes: Partial<BeginTerms>) => {
        await joins.ask(request(String(number++), { address }), 10)
        const [due] = await joins.due(minutesAfter(noon, 99_999), 1)
        return joins.begin(due as DueJoin, terms(changes))
      }
      const mailbox = [
        { within: 600_000, most: 1 },
        { within: 3_600_000, most: 2 },
      ]
      expect(await begin('ann@gmail.com', { mailbox })).toBe('ours')
      expect(await begin('A.nn+x@googlemail.com', { mailbox })).toBe('refused')
      expect(await begin('bob@gmail.com', { mailbox })).toBe('ours')
      expect(await begin('ann+y@gmail.com', { mailbox, now: minutesAfter(noon, 10) })).toBe('ours')
      expect(await begin('ann@gmail.com', { mailbox, now: minutesAfter(noon, 20) })).toBe('refused')
      expect(await begin('ann@gmail.com', { mailbox, now: minutesAfter(noon, 70) })).toBe('ours')
      const domain = [{ within: 60_000, most: 2 }]
      for (const outcome of ['ours', 'ours', 'refused'])
        expect(await begin(`${Math.random()}@victim.example`, { domain })).toBe(outcome)
      for (const local of ['c', 'd', 'e'])
        expect(await begin(`${local}@gmail.com`, { domain })).toBe('ours')
      expect(await joins.mailedSince(minutesAfter(noon, 5))).toBe(2)
      expect(await joins.due(minutesAfter(noon, 99_999), 9)).toEqual([])
    })

    it('is put on the list once, with proof of what they agreed to', async () => {
      await using database = await open()
      const store = await database.connect()
      const { joins, subscribers } = store
      await joins.ask(request('zero'), 10)
      expect(await joins.find('zero')).toEqual({ state: 'gone' })
      expect((await joins.confirm('zero', noon)).state).toBe('gone')
      await ask(store, request('one', { askedAt: minutesAfter(noon, 1) }))
      await ask(store, request('two', { askedAt: minutesAfter(noon, 1) }))
      expect(await joins.find('two')).toEqual({ state: 'pending', language: 'es' })
      const confirmed = { state: 'joined', language: 'es' }
      const later = minutesAfter(noon, 3)
      expect(await joins.confirm('two', later)).toEqual(confirmed)
      expect(await joins.confirm('two', minutesAfter(noon, 4))).toEqual(confirmed)
      expect(await joins.find('two')).toEqual(confirmed)
      const ann = await subscribers.find('ann@example.org')
      expect(ann).toMatchObject({ name: 'Ann', language: 'es', status: 'active', createdAt: later })
      expect(await joins.consents('ANN@example.org')).toEqual([
        {
          askedAt: minutesAfter(noon, 1),
          confirmedAt: later,
          from: 'https://blog.example.org',
          language: 'es',
          text: text.text,
        },
      ])
    })

    it('comes back by own will, and not by an old link', async () => {
      await using database = await open()
      const store = await database.connect()
      const { joins, subscribers } = store
      await subscribers.syncList([{ address: 'ann@example.org', name: 'Anna' }], noon)
      const token = (await subscribers.find('ann@example.org'))?.token
      await subscribers.setStatus('ann@example.org', 'unsubscribed', noon)
      await ask(store, request('one', { name: '', topics: ['b', 'a'] }))
      expect((await joins.confirm('one', noon)).state).toBe('joined')
      await ask(store, request('two', { name: '' }))
      expect((await joins.confirm('two', noon)).state).toBe('joined')
      expect(await subscribers.find('ann@example.org')).toMatchObject({
        status: 'active',
        name: 'Anna',
        topics: ['a', 'b'],
        token,
      })
      expect((await subscribers.syncList([], noon)).unlisted).toBe(0)
      await subscribers.setStatus('ann@example.org', 'unsubscribed', noon)
      expect((await joins.confirm('one', noon)).state).toBe('gone')
      expect((await joins.find('one')).state).toBe('gone')
      expect((await subscribers.find('ann@example.org'))?.status).toBe('unsubscribed')
    })

    it('is not put on the list when the address must never be mailed', async () => {
      await using database = await open()
      const store = await database.connect()
      const { joins, subscribers } = store
      await subscribers.add([{ address: 'ann@example.org', name: '', status: 'suppressed' }], noon)
      await ask(store, request('one'))
      expect((await joins.confirm('one', noon)).state).toBe('gone')
      expect((await subscribers.find('ann@example.org'))?.status).toBe('suppressed')
      expect(await joins.consents('ann@example.org')).toEqual([])
    })

    it('is deleted when they never confirm, and their share with a month', async () => {
      await using database = await open()
      const store = await database.connect()
      const { joins } = store
      await ask(store, request('one'))
      await joins.ask(request('two', { askedAt: minutesAfter(noon, 1) }), 10)
      expect(await joins.expire(minutesAfter(noon, 1), minutesAfter(noon, 9))).toBe(1)
      expect((await joins.find('one')).state).toBe('gone')
      expect(await joins.due(minutesAfter(noon, 9), 9)).toHaveLength(1)
      expect(await joins.mailedSince(new Date(0))).toBe(1)
      await joins.expire(noon, minutesAfter(noon, 32 * 24 * 60))
      expect(await joins.mailedSince(new Date(0))).toBe(0)
    })

    it('is erased with all that was asked and agreed to', async () => {
      await using database = await open()
      const store = await database.connect()
      const { joins, subscribers } = store
      await ask(store, request('one'))
      await joins.confirm('one', noon)
      await ask(store, request('two'))
      expect(await subscribers.erase('ann@example.org', noon)).toBe(true)
      expect((await joins.find('one')).state).toBe('gone')
      expect((await joins.find('two')).state).toBe('gone')
      await ask(store, request('three', { address: 'stranger@example.org' }))
      expect(await subscribers.erase('stranger@example.org', noon)).toBe(true)
      expect(await subscribers.erase('stranger@example.org', noon)).toBe(false)
      const mailbox = [{ within: 60_000, most: 1 }]
      await joins.ask(request('four'), 10)
      const [due] = await joins.due(noon, 1)
      expect(await joins.begin(due as DueJoin, terms({ mailbox }))).toBe('ours')
    })
  })
}
