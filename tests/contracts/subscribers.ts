import { describe, expect, it } from 'vitest'
import { all, minutesAfter, noon, type OpenDatabase, readers } from './store.ts'

function reader(n: number) {
  return { address: `reader${n}@example.org`, name: '' }
}

/** What every adapter of the port `Subscribers` does. */
export function subscribersContract(open: OpenDatabase): void {
  describe('the list of subscribers', () => {
    it('gives each subscriber an identity and a token that nobody else has', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      expect(await subscribers.add(readers(50), noon)).toEqual(Array(50).fill('added'))
      const found = await all(subscribers.list())
      expect(new Set(found.map(({ id }) => id)).size).toBe(50)
      expect(new Set(found.map(({ token }) => token)).size).toBe(50)
      expect(found.every(({ token }) => Buffer.from(token, 'base64url').length === 16)).toBe(true)
      expect(await subscribers.findByToken(found[7]?.token ?? '')).toEqual(found[7])
      expect(await subscribers.findByToken('')).toBeUndefined()
    })

    it('finds an address in whatever spelling it is asked for', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      await subscribers.add([{ address: 'Zoë@BÜCHER.example', name: 'Zoë 🦊' }], noon)
      const found = await subscribers.find('zoë@xn--bcher-kva.EXAMPLE')
      expect(found).toMatchObject({ name: 'Zoë 🦊', status: 'active', createdAt: noon })
      expect(found).not.toHaveProperty('language')
      expect(await subscribers.add([{ address: 'ZOË@bücher.example', name: '' }], noon)).toEqual([
        'unchanged',
      ])
    })

    it('refuses what is no address, and then adds nobody', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      const list = [...readers(1), { address: 'nobody', name: '' }]
      await expect(subscribers.add(list, noon)).rejects.toMatchObject({ code: 'content-invalid' })
      expect((await subscribers.counts()).active).toBe(0)
    })

    it('learns a new name and language, and forgets neither for an empty one', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      const address = 'ann@example.org'
      const outcomes = await subscribers.add(
        [
          { address, name: 'Ann' },
          { address, name: 'Anna', language: 'es' },
          { address, name: '' },
        ],
        noon,
      )
      expect(outcomes).toEqual(['added', 'updated', 'unchanged'])
      expect(await subscribers.find(address)).toMatchObject({ name: 'Anna', language: 'es' })
    })

    it('learns fields one by one, forgets none for an empty one, and names them all', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      const ann = { address: 'ann@example.org', name: 'Ann' }
      const told: Readonly<Record<string, string>>[] = [
        {},
        { town: 'Bath 🦊 "x"', plan: '' },
        { plan: 'a' },
        { town: '', plan: 'a' },
      ]
      const people = told.map((fields) => ({ ...ann, fields }))
      expect(await subscribers.add(people, noon)).toEqual([
        'added',
        'updated',
        'updated',
        'unchanged',
      ])
      expect(await subscribers.add([ann], noon)).toEqual(['unchanged'])
      const found = await subscribers.find(ann.address)
      expect(found?.fields).toEqual({ town: 'Bath 🦊 "x"', plan: 'a' })
      await subscribers.syncList(
        [{ address: 'bob@example.org', name: '', fields: { Zone: '1' } }],
        noon,
      )
      expect(await subscribers.fieldNames()).toEqual(['Zone', 'plan', 'town'])
      await subscribers.add(readers(1), noon)
      expect(await subscribers.find(readers(1)[0]?.address ?? '')).not.toHaveProperty('fields')
    })

    it('tells what those who are mailed asked for, and how many they are', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      const ask = ['es', 'fr', 'es'].map((language, n) => ({ ...reader(n), language }))
      const choose = [
        { ...reader(4), topics: ['b', 'a', 'b'] },
        { ...reader(5), topics: [] },
      ]
      await subscribers.add([...ask, reader(3), ...choose], noon)
      const audiences = async () =>
        (await subscribers.audiences(noon)).map((one) => JSON.stringify(one)).toSorted()
      const rest = [
        '{"count":1}',
        '{"language":"es","count":2}',
        '{"topics":["a","b"],"count":1}',
        '{"topics":[],"count":1}',
      ]
      expect(await audiences()).toEqual([...rest, '{"language":"fr","count":1}'].toSorted())
      await subscribers.setStatus(reader(1).address, 'unsubscribed', noon)
      expect(await audiences()).toEqual(rest.toSorted())
    })

    it('learns which topics somebody chose, and that they chose none', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      const ann = { address: 'ann@example.org', name: 'Ann' }
      const topics = async () => (await subscribers.find(ann.address))?.topics
      await subscribers.add([ann], noon)
      expect(await subscribers.find(ann.address)).not.toHaveProperty('topics')
      const told = [{ topics: ['b', 'a'] }, { topics: ['a', 'b', 'a'] }, {}, { topics: [] }]
      const outcomes = await subscribers.add(
        told.slice(0, 3).map((one) => ({ ...ann, ...one })),
        noon,
      )
      expect(outcomes).toEqual(['updated', 'unchanged', 'unchanged'])
      expect(await topics()).toEqual(['a', 'b'])
      expect(await subscribers.add([{ ...ann, ...told[3] }], noon)).toEqual(['updated'])
      expect(await topics()).toEqual([])
    })

    it('revives nobody who has left or is suppressed, until they come back by own will', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      const [ann, bob] = ['ann@example.org', 'bob@example.org']
      const list = [ann, bob].map((address) => ({
        address,
        name: 'New',
        status: 'active' as const,
      }))
      await subscribers.add(list, noon)
      await subscribers.setStatus(ann, 'unsubscribed', noon)
      await subscribers.setStatus(bob, 'suppressed', noon)
      expect(await subscribers.add(list, noon)).toEqual(['kept-out', 'kept-out'])
      expect((await subscribers.syncList(list, noon)).outcomes).toEqual(['kept-out', 'kept-out'])
      expect(await subscribers.counts()).toMatchObject({
        active: 0,
        unsubscribed: 1,
        suppressed: 1,
      })
      expect(await subscribers.setStatus(ann, 'active', noon)).toBe(true)
      expect((await subscribers.find(ann))?.status).toBe('active')
      expect(await subscribers.setStatus('stranger@example.org', 'active', noon)).toBe(false)
    })

    it('takes over a status that is stricter than the known one, never a milder one', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      const address = 'ann@example.org'
      const add = (status: 'active' | 'unsubscribed' | 'suppressed' | 'unlisted') =>
        subscribers.add([{ address, name: '', status }], noon)
      expect(await add('active')).toEqual(['added'])
      expect(await add('unlisted')).toEqual(['unchanged'])
      expect(await add('unsubscribed')).toEqual(['updated'])
      expect(await add('suppressed')).toEqual(['updated'])
      expect(await add('unsubscribed')).toEqual(['kept-out'])
      expect((await subscribers.find(address))?.status).toBe('suppressed')
    })

    it('keeps the dates and the reason that people bring along, and says when others left', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      const [ann, bob, cyd] = ['ann@example.org', 'bob@example.org', 'cyd@example.org'] as const
      const joinedAt = minutesAfter(noon, -900)
      const leftAt = minutesAfter(noon, -600)
      const gone = { name: '', status: 'suppressed', reason: 'bounced', joinedAt, leftAt } as const
      await subscribers.add(
        [
          { address: ann, name: '' },
          { ...gone, address: bob },
        ],
        noon,
      )
      expect(await subscribers.find(bob)).toMatchObject({
        reason: 'bounced',
        createdAt: joinedAt,
        leftAt,
      })
      await subscribers.add([{ address: cyd, name: '', status: 'unsubscribed', joinedAt }], noon)
      expect(await subscribers.find(cyd)).not.toHaveProperty('leftAt')

      expect(await subscribers.add([{ address: ann, name: '', joinedAt }], noon)).toEqual([
        'updated',
      ])
      expect(await subscribers.add([{ address: ann, name: '', joinedAt: leftAt }], noon)).toEqual([
        'unchanged',
      ])
      const later = minutesAfter(noon, 5)
      await subscribers.setStatus(ann, 'unsubscribed', later, 'tired')
      expect(await subscribers.find(ann)).toMatchObject({
        createdAt: joinedAt,
        leftAt: later,
        reason: 'tired',
      })
      await subscribers.add([{ address: ann, name: '', status: 'suppressed' }], noon)
      expect(await subscribers.find(ann)).toMatchObject({ leftAt: later, reason: 'tired' })
      await subscribers.setStatus(ann, 'active', later)
      const back = await subscribers.find(ann)
      expect(back).not.toHaveProperty('leftAt')
      expect(back).not.toHaveProperty('reason')
    })

    it('follows the list kept beside the content, and leaves those alone who came another way', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      const [ann, bob, cyd] = ['ann', 'bob', 'cyd'].map((name) => ({
        address: `${name}@example.org`,
        name,
      }))
      if (!ann || !bob || !cyd) throw new Error('three people')
      const active = async () => (await all(subscribers.list('active'))).map(({ name }) => name)
      await subscribers.add([ann], noon)
      expect(await subscribers.syncList([ann, bob, cyd], noon)).toEqual({
        outcomes: ['unchanged', 'added', 'added'],
        unlisted: 0,
      })
      expect((await subscribers.syncList([cyd], noon, { unlist: false })).unlisted).toBe(0)
      expect((await subscribers.syncList([cyd], noon)).unlisted).toBe(1)
      expect(await active()).toEqual(['ann', 'cyd'])
      expect(await subscribers.syncList([bob, cyd], noon)).toMatchObject({
        outcomes: ['updated', 'unchanged'],
      })
      await subscribers.syncList([], noon)
      expect(await active()).toEqual(['ann'])
      await subscribers.add([bob], noon)
      await subscribers.setStatus(cyd.address, 'active', noon)
      expect((await subscribers.syncList([], noon)).unlisted).toBe(0)
      expect(await active()).toEqual(['ann', 'bob', 'cyd'])
    })

    it('streams more than fits in memory at once in the order of addresses, while it changes', async () => {
      await using database = await open()
      const { subscribers } = await database.connect()
      const list = Array.from({ length: 2500 }, (_, index) => ({
        address: `r${String(index).padStart(4, '0')}@example.org`,
        name: '',
      }))
      await subscribers.add(list.toReversed(), noon)
      const seen: string[] = []
      for await (const { address } of subscribers.list()) {
        seen.push(address)
        if (seen.length === 10) await subscribers.erase('r0003@example.org', noon)
      }
      expect(seen).toEqual(list.map(({ address }) => address))
    })

    it('erases every trace of an address from the list and the ledger, and keeps the counts', async () => {
      await using database = await open()
      const { subscribers, ledger } = await database.connect()
      await subscribers.add(readers(3), noon)
      await ledger.open({ id: 'one', subject: '', createdAt: noon, articles: ['a'] })
      const terms = { now: noon, leaseUntil: minutesAfter(noon, 1), most: 2 }
      const [first, second] = await ledger.claim('one', terms)
      if (!first || !second) throw new Error('two claims')
      const outcome = {
        kind: 'rejected',
        reply: `550 5.1.1 <${first.subscriber.address}>`,
      } as const
      await ledger.submitting(first, noon)
      await ledger.record(first, outcome, { now: noon })
      await ledger.submitting(second, noon)
      for (const { address } of readers(3)) {
        expect(await subscribers.erase(address, noon)).toBe(true)
        expect(await subscribers.erase(address, noon)).toBe(false)
        expect(await subscribers.find(address)).toBeUndefined()
      }
      expect(
        await ledger.record(second, { ...outcome, reply: 'r02@example.org' }, { now: noon }),
      ).toBe(true)
      const rows = await ledger.deliveries('one')
      expect(rows.map(({ state, address, reply }) => [state, address, reply])).toEqual([
        ['rejected', '(erased)', ''],
        ['rejected', '(erased)', ''],
        ['skipped', '(erased)', ''],
      ])
      expect(new Set(rows.map(({ subscriber }) => subscriber)).size).toBe(3)
    })

    it('never gives the deliveries of an erased subscriber to one who joins later', async () => {
      await using database = await open()
      const { subscribers, ledger } = await database.connect()
      await subscribers.add(readers(1), noon)
      await ledger.open({ id: 'one', subject: '', createdAt: noon, articles: ['a'] })
      await subscribers.erase('r01@example.org', noon)
      await subscribers.add([{ address: 'new@example.org', name: '' }], noon)
      expect((await ledger.deliveries('one')).map(({ address }) => address)).toEqual(['(erased)'])
    })
  })
}
