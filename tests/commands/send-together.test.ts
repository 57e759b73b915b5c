import { describe, expect, it } from 'vitest'
import { startRelay } from '../mail/relay.ts'
import { hasPostgres, temporaryPostgres } from '../store/temporary-postgres.ts'
import { newPublication, newsletter, publication, tidings } from './cli.ts'

const november = ['--now', '2026-11-01T09:00:00Z']
const list = Array.from({ length: 90 }, (_, n) => `r${n}@example.org`)

/** A publication with a store on PostgreSQL; every `run` could be on a machine of its own. */
async function withPostgres() {
  const database = await temporaryPostgres()
  const relay = await startRelay()
  const folder = await newPublication(
    { 'content/subscribers.csv': `email\n${list.join('\n')}\n` },
    {
      publication,
      newsletter,
      mail: { transport: relay.url, connections: 3 },
      store: 'env:STORE',
    },
  )
  const run = async (...args: string[]) => {
    const env = { STORE: database.location }
    const ended = await tidings([...args, '--json', '-C', folder], { env })
    return { ...ended, json: ended.stdout === '' ? undefined : JSON.parse(ended.stdout) }
  }
  return {
    relay,
    run,
    database,
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

describe.skipIf(!hasPostgres)('tidings send on several machines', () => {
  it('shares an edition that all plan at once, and mails everybody once', async () => {
    await using given = await withPostgres()
    const ends = await Promise.all([1, 2, 3].map(() => given.run('send', ...november)))
    expect(ends.map(({ status, stderr }) => [status, stderr])).toEqual(Array(3).fill([0, '']))
    expect(given.relay.messages.flatMap(({ to }) => to).toSorted()).toEqual(list.toSorted())
    const { json } = await given.run('status')
    expect(json.editions).toMatchObject([{ submitted: 90, uncertain: 0, pending: 0 }])
  })

  it('goes on while PostgreSQL breaks its connections', async () => {
    await using given = await withPostgres()
    const ending = given.run('send', ...november)
    // Again and again, as soon as it has come a step further: a slow machine gets there, too.
    let seen = 0
    let cuts = 0
    const cut = setInterval(() => {
      if (given.relay.messages.length === seen) return
      seen = given.relay.messages.length
      cuts += 1
      void given.database.cutConnections()
    }, 60)
    const { status, json } = await ending
    clearInterval(cut)
    expect(cuts).toBeGreaterThan(2)
    expect(status).toBe(0)
    expect(json).toMatchObject({ submitted: 90, uncertain: 0 })
    expect(given.relay.messages.flatMap(({ to }) => to).toSorted()).toEqual(list.toSorted())
  })

  it('stores and mails nothing in a dry run', async () => {
    await using given = await withPostgres()
    const { status, json } = await given.run('send', '--dry-run', ...november)
    expect([status, json.recipients]).toEqual([0, 90])
    expect(given.relay.messages).toEqual([])
    expect((await given.run('status')).json).toMatchObject({
      editions: [],
      subscribers: { active: 0 },
    })
  })

  it('ends with 4 and no word of the password when the store is out of reach', async () => {
    const folder = await newPublication({}, { publication, newsletter, store: 'env:STORE' })
    const env = { STORE: 'postgres://ann:secret@127.0.0.1:1/paper' }
    const { status, stdout, stderr } = await tidings(['status', '-C', folder], { env })
    expect(status).toBe(4)
    expect(stderr).toContain('postgres://ann@127.0.0.1:1/paper: cannot be reached')
    expect(stdout + stderr).not.toContain('secret')
  })
})
