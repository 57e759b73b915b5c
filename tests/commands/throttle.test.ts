import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open-store.ts'
import { type RelayOptions, startRelay } from '../mail/relay.ts'
import { newPublication, newsletter, publication, tidings } from './cli.ts'

const at = (instant: string) => ['--now', instant]
const november = at('2026-11-01T09:00:00Z')

const readers = (domain: string, count: number) =>
  Array.from({ length: count }, (_, n) => `r${String(n + 10)}@${domain}`)

/** A publication that mails these through a relay of ours, under such limits. */
async function withRelay(
  list: readonly string[],
  replies: RelayOptions['replies'] = {},
  mail = {},
) {
  const relay = await startRelay({ replies })
  const folder = await newPublication(
    { 'content/subscribers.csv': `email\n${list.join('\n')}\n` },
    { publication, newsletter, mail: { transport: relay.url, connections: 3, ...mail } },
  )
  const run = async (...args: string[]) => {
    const ended = await tidings([...args, '--json', '-C', folder])
    return { ...ended, json: ended.stdout === '' ? undefined : JSON.parse(ended.stdout) }
  }
  return {
    relay,
    folder,
    run,
    mailed: () => relay.messages.flatMap(({ to }) => to).toSorted(),
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
  }
}

describe('tidings send through a relay that wants a rest', () => {
  it('waits, goes on, and says so', async () => {
    let left = 3
    // One for each connection.
    const greeting = () => (left-- > 0 ? '421 4.3.2 not now' : '220 hi')
    await using given = await withRelay(readers('a.test', 3), { greeting })
    const { status, json, stderr } = await given.run('send', ...november)
    expect([status, json.submitted, json.deferred]).toEqual([0, 3, 0])
    expect(stderr).toMatch(
      /The relay is left alone until 2026-11-01T09:00:\d\d.*: 421 4.3.2 not now/,
    )
  })

  it('leaves a domain alone that wants one, mails the others, and says when to come back', async () => {
    const list = [...readers('slow.test', 30), ...readers('other.test', 20)]
    await using given = await withRelay(list)
    const store = await openSqliteStore(join(given.folder, '.tidings/tidings.db'))
    const asked = Date.parse('2026-11-01T08:59:00Z')
    await store.throttle.change('slow.test', () => ({
      level: 0.25,
      slowedAt: asked,
      pauses: 4,
      since: asked,
      pausedUntil: asked + 15 * 60_000,
      probeUntil: 0,
      reply: '450 4.7.1 too much from you',
    }))
    await store.close()
    const { status, json } = await given.run('send', ...november)
    expect(status).toBe(3)
    expect(given.mailed()).toEqual(readers('other.test', 20).toSorted())
    expect(json).toMatchObject({
      submitted: 20,
      deferred: 0,
      waiting: [{ domain: 'slow.test', count: 30 }],
    })
    const shown = await given.run('status', ...november)
    expect(shown.json).toMatchObject({
      editions: [{ pending: 30, waiting: [{ domain: 'slow.test', count: 30 }] }],
      spared: [
        {
          domain: 'slow.test',
          level: 0.275,
          until: '2026-11-01T09:14:00.000Z',
          isTried: false,
          reply: '450 4.7.1 too much from you',
        },
      ],
    })
    const one = await tidings(['status', '2026-11-01', '-C', given.folder, ...november])
    expect(one.stdout).toContain(
      '30 wait for slow.test, which is left alone until 2026-11-01T09:14:00.000Z: 450 4.7.1 too much from you',
    )
    const later = await given.run('send', ...at('2026-11-01T09:20:00Z'))
    expect([later.status, later.json.submitted]).toEqual([0, 50])
  })
})

describe('two tidings send on one store', () => {
  it('share one rate', async () => {
    const stamps: number[] = []
    const dot = () => {
      stamps.push(performance.now())
      return '250 2.0.0 queued'
    }
    await using given = await withRelay(readers('a.test', 60), { dot }, { ratePerSecond: 20 })
    await given.run('send', '--limit', '1', ...november)
    const ends = await Promise.all([given.run('send', ...november), given.run('send', ...november)])
    expect(ends.map(({ status }) => status)).toEqual([0, 0])
    expect(given.mailed()).toEqual(readers('a.test', 60))
    // By the relay's own clock: in no second twice the rate, which two that do not share it would reach.
    const most = Math.max(
      ...stamps.map((start) => stamps.filter((at) => at >= start && at < start + 1000).length),
    )
    expect(most).toBeLessThan(40)
  })
})

describe('tidings send --over', () => {
  it('keeps with the edition until when it is spread, and an interrupted run goes on with that', async () => {
    await using given = await withRelay(readers('a.test', 3), {})
    const first = await given.run('send', '--over', '1m', '--limit', '1', ...november)
    expect(first.json).toMatchObject({ submitted: 1 })
    const until = Date.parse(first.json.spreadUntil)
    expect(until - Date.parse('2026-11-01T09:01:00Z')).toBeLessThan(30_000)
    const { json } = await given.run('status', ...november)
    expect(json.editions[0].spreadUntil).toBe(first.json.spreadUntil)
    // What is late is not spread any more.
    const rest = await given.run('send', ...at('2026-11-01T09:05:00Z'))
    expect(rest.json).toMatchObject({ submitted: 3 })
  })

  it('is lifted by 0', async () => {
    await using given = await withRelay(readers('a.test', 3), {})
    await given.run('send', '--over', '30d', '--limit', '1', ...november)
    const { status, json } = await given.run('send', '--over', '0', ...november)
    expect([status, json.submitted, json.spreadUntil]).toEqual([0, 3, undefined])
  })

  it.each(['6', '6x', '30s', '31d', '-1h', 'h6', ''])(
    'refuses %j and says how to write it',
    async (time) => {
      const folder = await newPublication()
      const { status, stderr } = await tidings(['send', `--over=${time}`, '-C', folder])
      expect(status).toBe(2)
      expect(stderr).toContain(
        `--over ${time}: not a time from 1m to 30d; write it as 90m, 6h or 1d`,
      )
    },
  )
})

describe('the warm-up of a sending domain', () => {
  const warmUp = { from: '2026-11-01', first: 3, factor: 2, until: 50 }

  it('sends so many a day and says when to go on', async () => {
    await using given = await withRelay(readers('a.test', 20), {}, { warmUp })
    const first = await given.run('send', ...november)
    expect([first.status, first.json.submitted]).toEqual([3, 3])
    expect(first.json.warmUp).toEqual({
      day: '2026-11-01',
      allowed: 3,
      sent: 3,
      next: '2026-11-01T23:00:00.000Z',
    })
    const again = await tidings(['send', '-C', given.folder, ...november])
    expect(again.status).toBe(3)
    expect(again.stdout).toContain(
      "The warm-up allows 3 messages on 2026-11-01, and they are sent: run 'tidings send' again from 2026-11-01T23:00:00.000Z.",
    )
    expect(given.relay.messages).toHaveLength(3)
    const second = await given.run('send', ...at('2026-11-01T23:30:00Z'))
    expect([second.status, second.json.submitted]).toEqual([3, 9])
    const third = await given.run('send', ...at('2026-11-03T08:00:00Z'))
    expect([third.status, third.json.submitted]).toEqual([0, 20])
    expect(given.mailed()).toEqual(readers('a.test', 20))
  })
})
