import { describe, expect, it } from 'vitest'
import { openPostgresCopy, openPostgresStore } from '../../src/store/postgres/open-store.ts'
import { feedbackContract } from '../contracts/feedback.ts'
import { joinsContract } from '../contracts/joins.ts'
import { ledgerContract } from '../contracts/ledger.ts'
import { preferencesContract } from '../contracts/preferences.ts'
import { secretsContract } from '../contracts/secrets.ts'
import { statisticsContract } from '../contracts/statistics.ts'
import { all, edition, minutesAfter, noon, readers } from '../contracts/store.ts'
import { subscribersContract } from '../contracts/subscribers.ts'
import { throttleContract } from '../contracts/throttle.ts'
import { proxyTo } from './postgres-proxy.ts'
import { hasPostgres, newPostgres, temporaryPostgres } from './temporary-postgres.ts'

const soon = minutesAfter(noon, 1)
const submitted = { kind: 'submitted', reply: '250 2.0.0 queued' } as const

describe.skipIf(!hasPostgres)('on PostgreSQL', () => {
  ledgerContract(temporaryPostgres)
  subscribersContract(temporaryPostgres)
  statisticsContract(temporaryPostgres)
  preferencesContract(temporaryPostgres)
  throttleContract(temporaryPostgres)
  secretsContract(temporaryPostgres)
  joinsContract(temporaryPostgres)
  feedbackContract(temporaryPostgres)
})

describe.skipIf(!hasPostgres)('a database of PostgreSQL', () => {
  it('is made ready by several senders at once, and keeps what they write', async () => {
    await using database = await newPostgres()
    const opened = await Promise.all([1, 2, 3, 4, 5].map(() => database.connect()))
    await Promise.all(opened.map(({ subscribers }) => subscribers.add(readers(3), noon)))
    const again = await database.connect()
    expect((await again.subscribers.counts()).active).toBe(3)
  })

  it('of a newer version is refused with a word on what to do', async () => {
    await using database = await newPostgres()
    await database.connect()
    await database.query('INSERT INTO tidings.migrations (version) VALUES (9999)')
    await expect(database.connect()).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(/made by a newer tidings/),
    })
  })

  it('in which another program calls something tidings is refused and left as it was', async () => {
    await using database = await newPostgres()
    await database.query('CREATE SCHEMA tidings')
    await database.query('CREATE TABLE tidings.theirs (a integer)')
    await expect(database.connect()).rejects.toMatchObject({ code: 'config-invalid' })
    const tables = await database.query(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'tidings'`,
    )
    expect(tables).toEqual([{ tablename: 'theirs' }])
  })

  it('that is not there is named with the remedy', async () => {
    await using database = await newPostgres()
    const url = new URL(database.location)
    url.pathname = '/no_such_database'
    await expect(openPostgresStore(url.href)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(/no_such_database: there is no such database; make it/),
    })
  })

  it('out of reach is named without its password', async () => {
    const fault = await openPostgresStore(
      'postgres://ann:s%40cret@127.0.0.1:1/paper?password=s%40cret',
    ).catch((error: unknown) => error)
    expect(fault).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^store postgres:\/\/ann@127\.0\.0\.1:1\/paper.*ECONNREFUSED/),
    })
    expect(String(fault)).not.toMatch(/s(%40|@)cret/)
  })

  it.each(['postgres://ann:se#cret@', 'postgres://ann:1/se#cret@127.0.0.1/paper'])(
    'is not asked for when its URL is none: %s',
    async (url) => {
      const fault = await openPostgresStore(url).catch((error: unknown) => error)
      expect(fault).toMatchObject({ code: 'config-invalid' })
      expect(String(fault)).not.toContain('se#cret')
    },
  )

  it('keeps any text, also what PostgreSQL cannot hold', async () => {
    await using database = await newPostgres()
    const { subscribers, ledger } = await database.connect()
    await subscribers.add([{ address: 'ann@example.org', name: 'A\0n\uD800n 🦊 \\u0000 "' }], noon)
    expect(await subscribers.find('ann@example.org')).toMatchObject({
      name: 'A\uFFFDn\uFFFDn 🦊 \\u0000 "',
    })
    expect(await subscribers.find('\0')).toBeUndefined()
    expect(await ledger.edition('\0\uDC00')).toBeUndefined()
    await ledger.open({ ...edition('one'), subject: 'a\0b' })
    const [claim] = await ledger.claim('one', { now: noon, leaseUntil: soon, most: 1 })
    if (!claim) throw new Error('a claim')
    await ledger.submitting(claim, noon)
    const outcome = { kind: 'rejected', reply: '550 \0 \uD83D' } as const
    expect(await ledger.record(claim, outcome, { now: noon })).toBe(true)
    expect((await ledger.deliveries('one'))[0]?.reply).toBe('550 \uFFFD \uFFFD')
  })

  it('reads no table from end to end for a claim, an intent or an outcome', async () => {
    await using database = await newPostgres()
    const store = await database.connect()
    const many = Array.from({ length: 20_000 }, (_, n) => ({
      address: `r${n}@example.org`,
      name: '',
    }))
    await store.subscribers.add(many, noon)
    await store.ledger.open(edition('one'))
    // With true statistics, too, the planner would rather: it cannot know how few rows are asked for.
    await database.query('ANALYZE')
    await store.close()
    const read = async () => {
      const rows = await database.query(
        `SELECT sum(seq_tup_read)::integer AS n FROM pg_stat_user_tables WHERE relname <> 'editions'`,
      )
      return Number(rows[0]?.n)
    }
    const before = await read()
    const { ledger, close } = await database.connect()
    for (let round = 0; round < 10; round++) {
      const claims = await ledger.claim('one', { now: noon, leaseUntil: soon, most: 20 })
      await ledger.renew(claims, soon)
      await Promise.all(claims.map((claim) => ledger.submitting(claim, noon)))
      await Promise.all(claims.map((claim) => ledger.record(claim, submitted, { now: noon })))
    }
    await close()
    await expect.poll(read).toBeLessThan(before + 20_000)
    expect(await (await database.connect()).ledger.counts('one')).toMatchObject({ submitted: 200 })
  })
})

describe.skipIf(!hasPostgres)('a rehearsal on PostgreSQL', () => {
  it('knows what the store knows, and takes what is tried with it when it is closed', async () => {
    await using database = await newPostgres()
    const { subscribers, ledger } = await database.connect()
    await subscribers.add(readers(3), noon)
    const copy = await openPostgresCopy(database.location)
    const opened = [copy.ledger.open(edition('one')), copy.ledger.open(edition('one'))]
    expect((await Promise.allSettled(opened)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
    ])
    expect(await copy.ledger.counts('one')).toMatchObject({ pending: 3 })
    const [claim] = await copy.ledger.claim('one', { now: noon, leaseUntil: soon, most: 1 })
    expect(claim && (await copy.ledger.submitting(claim, noon))).toBe(true)
    await copy.close()
    expect(await ledger.editions()).toEqual([])
  })

  it('makes no tables where there are none', async () => {
    await using database = await newPostgres()
    const copy = await openPostgresCopy(database.location)
    expect((await copy.subscribers.counts()).active).toBe(0)
    await copy.close()
    expect(await database.query(`SELECT to_regnamespace('tidings') AS made`)).toEqual([
      { made: null },
    ])
  })
})

describe.skipIf(!hasPostgres)('a link to PostgreSQL that breaks', () => {
  it('costs no call anything but time', async () => {
    await using database = await temporaryPostgres()
    const { subscribers, ledger } = await database.connect()
    let isOver = false
    const cutting = (async () => {
      while (!isOver) {
        await database.cutConnections()
        await new Promise((resolve) => setTimeout(resolve, 40))
      }
    })()
    try {
      await subscribers.add(readers(60), noon)
      expect(await ledger.open(edition('one'))).toBe(60)
      for (let n = 0; n < 6; n++) {
        const claims = await ledger.claim('one', { now: noon, leaseUntil: soon, most: 10 })
        expect(claims).toHaveLength(10)
        const begun = await Promise.all(claims.map((claim) => ledger.submitting(claim, noon)))
        expect(begun).toEqual(Array(10).fill(true))
        const ends = claims.map((claim) => ledger.record(claim, submitted, { now: noon }))
        expect(await Promise.all(ends)).toEqual(Array(10).fill(true))
      }
    } finally {
      isOver = true
      await cutting
    }
    expect(await ledger.counts('one')).toMatchObject({ submitted: 60, claimed: 0, pending: 0 })
    expect(await all(subscribers.list())).toHaveLength(60)
  })

  it('before a write is answered leaves no doubt about what was written', async () => {
    await using database = await temporaryPostgres()
    await using proxy = await proxyTo(database.location)
    await using link = await linkTo(proxy.location)
    const { subscribers, ledger } = link
    const losing = async <T>(request: string, work: () => Promise<T>) => {
      const before = proxy.lost
      proxy.loseAnswerTo(request)
      const value = await work()
      expect(proxy.lost).toBe(before + 1)
      return value
    }
    expect(await losing('COMMIT', () => subscribers.add(readers(2), noon))).toEqual([
      'added',
      'added',
    ])
    expect(await losing('COMMIT', () => ledger.open(edition('one')))).toBe(2)
    const terms = { now: noon, leaseUntil: soon, most: 5 }
    const [first, second] = await losing('COMMIT', () => ledger.claim('one', terms))
    if (!first || !second) throw new Error('two claims')
    const step = <T>(work: () => Promise<T>) => losing('advance', work)
    expect(await step(() => ledger.submitting(first, noon))).toBe(true)
    expect(await step(() => ledger.submitting(second, noon))).toBe(true)
    expect(await step(() => ledger.record(first, submitted, { now: noon }))).toBe(true)
    await ledger.expire('one', soon)
    expect(await step(() => ledger.record(second, submitted, { now: soon }))).toBe(false)
    expect(await ledger.deliveries('one')).toMatchObject([
      { state: 'submitted', attempts: 1 },
      { state: 'uncertain', attempts: 1 },
    ])
  })

  it('while the server is restarted costs a pause', async () => {
    await using database = await temporaryPostgres()
    await using proxy = await proxyTo(database.location)
    await using link = await linkTo(proxy.location)
    const { subscribers, ledger } = link
    await subscribers.add(readers(2), noon)
    await ledger.open(edition('one'))
    const claims = await ledger.claim('one', { now: noon, leaseUntil: soon, most: 2 })
    await proxy.stop()
    const begun = Promise.all(claims.map((claim) => ledger.submitting(claim, noon)))
    const counted = ledger.counts('one')
    const joined = subscribers.add([{ address: 'late@example.org', name: '' }], noon)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await proxy.start()
    expect(await begun).toEqual([true, true])
    expect(await joined).toEqual(['added'])
    expect((await counted).pending).toBe(0)
  })

  it('for longer than is waited for is told, and what was to be written is not', async () => {
    await using database = await temporaryPostgres()
    await using proxy = await proxyTo(database.location)
    await using link = await linkTo(proxy.location, { patience: 200 })
    await link.subscribers.add(readers(2), noon)
    await proxy.stop()
    const { ledger } = link
    const calls = [ledger.open(edition('one')), ledger.editions(), ledger.renew([], noon)]
    for (const result of await Promise.allSettled<unknown>(calls)) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'unavailable',
          message: expect.stringMatching(/cannot be reached .*run this again/),
        },
      })
    }
    await proxy.start()
    expect(await link.ledger.editions()).toEqual([])
    expect(await link.ledger.open(edition('one'))).toBe(2)
  })
})

async function linkTo(location: string, options?: { patience?: number }) {
  const store = await openPostgresStore(location, options)
  return { ...store, [Symbol.asyncDispose]: () => store.close() }
}
