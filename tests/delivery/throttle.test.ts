import { describe, expect, it } from 'vitest'
import type { PauseRules } from '../../src/delivery/job.ts'
import { domainLimits } from '../../src/delivery/limits.ts'
import { paceTerms } from '../../src/delivery/pace.ts'
import { smtpMailer } from '../../src/mail/mailer/smtp.ts'
import type { Outcome } from '../../src/model/delivery.ts'
import type { Slots } from '../../src/store/throttle.ts'
import { type RelayOptions, startRelay } from '../mail/relay.ts'
import { stores } from '../store/stores.ts'
import { openEdition, relay, submitted } from './fixtures.ts'

const people = (domain: string, count: number) =>
  Array.from({ length: count }, (_, n) => `r${String(n + 1).padStart(2, '0')}@${domain}`)

/** The first at one domain, the second at the other, and so on. */
const mixed = (count: number, ...domains: string[]) =>
  people('', count).flatMap((local) => domains.map((domain) => local + domain))

/** As in paceTerms, a thousand times as fast. */
const quick: PauseRules = {
  relay: { firstPause: 5, longestPause: 120 },
  destination: { firstPause: 30, longestPause: 1800 },
  relayPatience: 900_000,
  destinationPatience: 120,
}

/** A real relay, and a mailer that speaks to it. */
async function post(replies: RelayOptions['replies'] = {}) {
  const server = await startRelay({ replies })
  const mailer = smtpMailer({ url: server.url, connections: 4 })
  return {
    mailer,
    server,
    mailed: () => server.messages.flatMap(({ to }) => to).toSorted(),
    async [Symbol.asyncDispose]() {
      await mailer.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

const times =
  (count: number, bad: string, good: string): (() => string) =>
  () =>
    count-- > 0 ? bad : good

describe('a destination that asks for less', () => {
  it('is left alone for a while and then mailed on, while the others flow, and costs its readers no attempt', async () => {
    await using edition = await openEdition(mixed(25, 'slow.test', 'other.test'))
    let refusals = 3
    const rcpt = (line: string) =>
      line.includes('@slow.test') && refusals-- > 0 ? '450 4.7.1 too fast for us' : '250 ok'
    await using it = await post({ rcpt })
    const paused: string[] = []
    const pauses = { ...quick, destinationPatience: 60_000 }
    await edition.send(it.mailer, { pauses, onPause: (key) => paused.push(key) })
    const deliveries = await edition.ledger.deliveries('one')
    const refused = deliveries.filter(({ state }) => state === 'deferred')
    expect(it.mailed()).toHaveLength(50 - refused.length)
    expect(refused).toHaveLength(3)
    expect(refused.every(({ address }) => address.endsWith('@slow.test'))).toBe(true)
    expect(deliveries.every(({ attempts }) => attempts === 1)).toBe(true)
    expect(new Set(paused)).toEqual(new Set(['slow.test']))
    const pace = (await edition.throttle.paces()).get('slow.test')
    expect(pace).toMatchObject({ pauses: 0, reply: '450 4.7.1 too fast for us' })
    expect(pace?.level).toBeLessThanOrEqual(paceTerms.fall)
  })

  it('and goes on asking holds up nobody else: its readers wait untried, one tries now and then', async () => {
    await using edition = await openEdition(mixed(40, 'slow.test', 'a.test', 'b.test'))
    const rcpt = (line: string) =>
      line.includes('@slow.test') ? '421 4.7.0 go away' : '250 2.1.5 ok'
    await using it = await post({ rcpt })
    await edition.send(it.mailer, { pauses: quick })
    expect(it.mailed()).toEqual(mixed(40, 'a.test', 'b.test').toSorted())
    const { deferred, pending, claimed, submitting } = await edition.ledger.counts('one')
    expect({ claimed, submitting, sum: deferred + pending }).toEqual({
      claimed: 0,
      submitting: 0,
      sum: 40,
    })
    expect(deferred).toBeLessThan(15)
    expect(await edition.ledger.parked('one')).toEqual([{ under: 'slow.test', count: pending }])
    const untried = await edition.ledger.deliveries('one', ['pending'])
    expect(untried.every(({ attempts }) => attempts === 0)).toBe(true)
    // Another run, while it is still to be spared, sends it nothing.
    const before = it.server.commands.length
    await edition.send(it.mailer, { pauses: { ...quick, destinationPatience: -1 } })
    expect(it.server.commands.slice(before).filter((line) => /slow/.test(line))).toHaveLength(0)
  })

  it('is known to other senders of the store', async () => {
    await using edition = await openEdition(mixed(20, 'slow.test', 'other.test'))
    const now = Date.now()
    await edition.throttle.change('slow.test', () => ({
      level: 0.5,
      slowedAt: now,
      ceiling: 10,
      pauses: 1,
      since: now,
      pausedUntil: now + 60_000,
      probeUntil: 0,
      reply: '421 4.7.0',
    }))
    const other = relay()
    await edition.send(other, { pauses: quick }, await edition.database.connect())
    expect(other.accepted.toSorted()).toEqual(people('other.test', 20))
  })

  it('is not taken for one by greylisting: everybody is tried, and comes back', async () => {
    await using edition = await openEdition(people('grey.test', 12))
    const seen = new Set<string>()
    const rcpt = (line: string) => {
      if (seen.has(line)) return '250 ok'
      seen.add(line)
      return '451 4.7.1 Greylisting in action, please come back later'
    }
    await using it = await post({ rcpt })
    expect(await edition.send(it.mailer)).toMatchObject({ deferred: 12 })
    expect(await edition.throttle.paces()).toEqual(new Map())
    const later = Date.now() + 7 * 60_000
    expect(await edition.send(it.mailer, { clock: () => new Date(later) })).toMatchObject({
      submitted: 12,
    })
  })
})

describe('a destination that fails', () => {
  it('opens its circuit after so many failures in a row, and closes it with one message that it takes', async () => {
    await using edition = await openEdition(mixed(20, 'down.test', 'up.test'))
    let down = true
    const tried: string[] = []
    const mailer = relay((address): Outcome => {
      if (!address.endsWith('@down.test')) return submitted
      tried.push(address)
      return down ? { kind: 'deferred', reply: '451 4.4.1 no answer from down.test' } : submitted
    })
    const slowly = { ...quick, destination: paceTerms.destination, destinationPatience: 0 }
    await edition.send(mailer, { pauses: slowly, concurrency: 1 })
    expect(tried).toHaveLength(paceTerms.failures)
    expect(mailer.accepted).toHaveLength(20)
    down = false
    const later = Date.now() + 60_000
    await edition.send(mailer, { pauses: slowly, concurrency: 1, clock: () => new Date(later) })
    expect(tried).toHaveLength(20)
    expect((await edition.throttle.paces()).get('down.test')).toMatchObject({ level: 1, pauses: 0 })
  })

  it('and took nothing for three days is given up, those too who were never tried', async () => {
    await using edition = await openEdition(people('dead.test', 30))
    const mailer = relay(() => ({ kind: 'deferred', reply: '451 4.4.1 no answer' }))
    const start = new Date('2026-11-23T12:00:00Z').getTime()
    for (let hours = 0; hours <= 80; hours += 1) {
      const now = new Date(start + hours * 3_600_000)
      await edition.send(mailer, {
        clock: () => now,
        pauses: { ...paceTerms, destinationPatience: 0 },
      })
    }
    const { rejected, pending, deferred } = await edition.ledger.counts('one')
    expect({ rejected, pending, deferred }).toEqual({ rejected: 30, pending: 0, deferred: 0 })
    const replies = (await edition.ledger.deliveries('one')).map(({ reply }) => reply)
    expect(
      replies.filter((reply) => /dead.test has taken nothing for 3 days/.test(reply)).length,
    ).toBeGreaterThan(10)
  })
})

describe('a relay that asks for a rest', () => {
  it.each(['greeting', 'mail'] as const)(
    'at %s gets it, and then everybody is mailed at the first attempt',
    async (stage) => {
      await using edition = await openEdition(30)
      const good = stage === 'greeting' ? '220 hi' : '250 ok'
      await using it = await post({ [stage]: times(7, '421 4.3.2 not now', good) })
      const paused: string[] = []
      await edition.send(it.mailer, { pauses: quick, onPause: (key) => paused.push(key) })
      expect(it.mailed()).toHaveLength(30)
      expect(paused).toContain('')
      const deliveries = await edition.ledger.deliveries('one')
      expect(deliveries.map(({ state, attempts }) => [state, attempts])).toEqual(
        deliveries.map(() => ['submitted', 1]),
      )
      expect((await edition.throttle.paces()).get('')).toMatchObject({ pauses: 0 })
    },
  )

  it.each(['rcpt', 'data', 'dot'] as const)(
    'at %s is obeyed, and nobody is lost or mailed twice',
    async (stage) => {
      await using edition = await openEdition(mixed(10, 'a.test', 'b.test', 'c.test'))
      const good = stage === 'data' ? '354 go on' : '250 ok'
      await using it = await post({ [stage]: times(7, '421 4.3.2 going down', good) })
      let ahead = 0
      for (let run = 0; run < 4; run += 1) {
        await edition.send(it.mailer, {
          pauses: quick,
          clock: () => new Date(Date.now() + ahead),
        })
        ahead += 15 * 60_000
      }
      expect(it.mailed()).toEqual(mixed(10, 'a.test', 'b.test', 'c.test').toSorted())
      expect(await edition.ledger.counts('one')).toMatchObject({ submitted: 30 })
    },
  )

  it('for longer than our patience ends the run; nobody has lost an attempt', async () => {
    await using edition = await openEdition(20)
    await using it = await post({ mail: '421 4.3.2 never' })
    const pauses = { ...quick, relayPatience: 200 }
    await expect(edition.send(it.mailer, { pauses })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/taken nothing .* 421 4.3.2 never; nothing is lost/),
    })
    const deliveries = await edition.ledger.deliveries('one')
    expect(new Set(deliveries.map(({ state, attempts }) => `${state} ${attempts}`))).toEqual(
      new Set(['pending 0']),
    )
  })

  it('about our account with it, in the midst of a message, is left alone as a whole', async () => {
    await using edition = await openEdition(mixed(10, 'a.test', 'b.test'))
    const dot = times(1, '454 Throttling failure: Maximum sending rate exceeded.', '250 ok')
    await using it = await post({ dot })
    const paused: string[] = []
    await edition.send(it.mailer, { pauses: quick, onPause: (key) => paused.push(key) })
    expect(paused).toEqual([''])
    expect(it.mailed()).toHaveLength(19)
  })

  it('is interrupted like any other', async () => {
    await using edition = await openEdition(20)
    const stop = new AbortController()
    const mailer = relay(() => ({ kind: 'busy', reply: '421 4.3.2 not now' }))
    const onPause = () => stop.abort()
    expect(await edition.send(mailer, { signal: stop.signal, onPause })).toMatchObject({
      interrupted: true,
    })
    expect(await edition.ledger.counts('one')).toMatchObject({ pending: 20 })
  })
})

describe('a relay that lets in fewer than there are lanes', () => {
  it.each(Array.from({ length: 8 }, (_, n) => n))(
    'keeps no lane waiting when the run is stopped (%i)',
    async (n) => {
      await using edition = await openEdition(120)
      let taken = 0
      await using server = await startRelay({
        replies: {
          greeting: (_, session) => (session > 2 ? '421 4.7.0 too many' : '220 hi'),
          dot: () => (++taken > 20 + n ? '554 5.7.1 not from you' : '250 2.0.0 ok'),
        },
      })
      const mailer = smtpMailer({ url: server.url, connections: 5 })
      const ended = edition.send(mailer, { concurrency: 5, pauses: quick })
      await expect(ended).rejects.toThrow('554 5.7.1 not from you')
      await mailer.close()
      expect(await edition.ledger.counts('one')).toMatchObject({ claimed: 0, submitting: 0 })
    },
  )
})

describe('a relay that goes away in mid-run', () => {
  /** It takes ten messages, hangs up and lets nobody in. */
  async function leaving() {
    const left = Promise.withResolvers<void>()
    let count = 0
    const mail = () => {
      if (++count <= 10) return '250 ok'
      left.resolve(server[Symbol.asyncDispose]())
      return ''
    }
    const server = await startRelay({ replies: { mail } })
    return { server, left: left.promise }
  }

  it('is waited for when it hangs up instead of greeting, and nobody has lost an attempt', async () => {
    await using edition = await openEdition(20)
    const greeting = (_: string, session: number) => (session > 1 && session < 6 ? '' : '220 hi')
    await using relay = await startRelay({ replies: { greeting } })
    const mailer = smtpMailer({ url: relay.url, connections: 1, messagesPerConnection: 10 })
    const paused: string[] = []
    await edition.send(mailer, { pauses: quick, onPause: (key) => paused.push(key) })
    await mailer.close()
    expect(relay.messages).toHaveLength(20)
    expect(new Set(paused)).toEqual(new Set(['']))
    const deliveries = await edition.ledger.deliveries('one')
    expect(new Set(deliveries.map(({ state, attempts }) => `${state} ${attempts}`))).toEqual(
      new Set(['submitted 1']),
    )
  })

  it('is waited for when it refuses connections, until it is back', async () => {
    await using edition = await openEdition(20)
    const { server, left } = await leaving()
    const mailer = smtpMailer({ url: server.url, connections: 1 })
    const replies: string[] = []
    const sent = edition.send(mailer, {
      pauses: quick,
      onPause: (_, { reply }) => replies.push(reply),
    })
    await left
    await expect.poll(() => replies.length).toBeGreaterThan(1)
    await using back = await startRelay({ port: server.port })
    await sent
    await mailer.close()
    expect([server.messages.length, back.messages.length]).toEqual([10, 10])
    expect(replies[0]).toMatch(/^out of reach: connect ECONNREFUSED/)
    expect(await edition.ledger.counts('one')).toMatchObject({ submitted: 20, uncertain: 0 })
  })

  it('ends the run when it stays away for longer than our patience', async () => {
    await using edition = await openEdition(20)
    const { server } = await leaving()
    const mailer = smtpMailer({ url: server.url, connections: 1 })
    await expect(
      edition.send(mailer, { pauses: { ...quick, relayPatience: 200 } }),
    ).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/taken nothing .* ECONNREFUSED .*; nothing is lost/),
    })
    await mailer.close()
    expect(await edition.ledger.counts('one')).toMatchObject({ submitted: 10, pending: 10 })
  })

  it('but was never there ends the run at once', async () => {
    await using edition = await openEdition(20)
    const gone = await startRelay()
    await gone[Symbol.asyncDispose]()
    const mailer = smtpMailer({ url: gone.url, connections: 4 })
    const paused: string[] = []
    const sent = edition.send(mailer, { pauses: quick, onPause: (key) => paused.push(key) })
    await expect(sent).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/out of reach: connect ECONNREFUSED .*check host and port/),
    })
    expect(paused).toEqual([])
  })
})

describe('limits of a domain', () => {
  it('let no more of its messages fly at once, and no fewer of the others', async () => {
    await using edition = await openEdition(mixed(30, 'narrow.test', 'wide.test'))
    const flying = { narrow: 0, wide: 0 }
    const most = { narrow: 0, wide: 0 }
    const mailer = relay(async (address) => {
      const side = address.endsWith('@narrow.test') ? 'narrow' : 'wide'
      most[side] = Math.max(most[side], ++flying[side])
      await new Promise((resolve) => setTimeout(resolve, 3))
      flying[side] -= 1
      return submitted
    })
    const limits = domainLimits({ 'narrow.test': { connections: 1 } })
    expect(await edition.send(mailer, { limits, concurrency: 6 })).toMatchObject({ submitted: 60 })
    expect(most.narrow).toBe(1)
    expect(most.wide).toBeGreaterThan(3)
  })

  it('hold up nobody else, however slow they are', async () => {
    await using edition = await openEdition([
      ...people('slow.test', 300),
      ...people('fast.test', 50),
    ])
    const mailer = relay()
    const stop = new AbortController()
    const limits = domainLimits({
      '*': { ratePerSecond: 1000 },
      'slow.test': { ratePerSecond: 0.01 },
    })
    const onProgress = () => {
      const fast = mailer.accepted.filter((address) => address.endsWith('@fast.test'))
      if (fast.length === 50) stop.abort()
    }
    await edition.send(mailer, { limits, signal: stop.signal, onProgress })
    expect(mailer.accepted.filter((address) => address.endsWith('@slow.test'))).toHaveLength(1)
    expect(await edition.ledger.counts('one')).toMatchObject({ submitted: 51, pending: 299 })
  })

  it('are shared by domains of one provider, and by all that have none of their own each', () => {
    const limits = domainLimits({ 'gmail.com, googlemail.com': { connections: 2 }, '*': {} })
    expect(limits.keyOf('googlemail.com')).toBe('gmail.com')
    expect(limits.of('gmail.com')).toEqual({ connections: 2 })
    expect([limits.keyOf('a.test'), limits.of('a.test')]).toEqual(['a.test', {}])
    expect(domainLimits({}).of('a.test')).toBeUndefined()
  })
})

describe('a quota', () => {
  it('is never exceeded, by all senders together, and what was not sent is given back', async () => {
    await using edition = await openEdition(60)
    const day = '2026-12-01'
    const senders = await Promise.all([edition.database.connect(), edition.database.connect()])
    const mailer = relay()
    const summaries = await Promise.all(
      senders.map((store) =>
        edition.send(
          mailer,
          {
            quota: {
              take: (most) => store.throttle.takeOfDay(day, { limit: 23, most }),
              giveBack: (count) => store.throttle.giveBackOfDay(day, count),
            },
          },
          store,
        ),
      ),
    )
    expect(summaries.map(({ quotaUsedUp }) => quotaUsedUp)).toContain(true)
    expect(mailer.accepted.length).toBeLessThanOrEqual(23)
    expect(await edition.throttle.takenOfDay(day)).toBe(mailer.accepted.length)
    expect(await edition.ledger.counts('one')).toMatchObject({
      submitted: mailer.accepted.length,
      claimed: 0,
    })
  })
})

describe.each(stores)('senders of one store on $name', ({ open, isThere }) => {
  it.skipIf(!isThere)('share one rate: no two use one send time', async () => {
    await using edition = await openEdition(60, open)
    const senders = await Promise.all([edition.database.connect(), edition.database.connect()])
    const reserved: Slots[] = []
    const mailer = relay()
    const started = Date.now()
    await Promise.all(
      senders.map((store) => {
        const throttle = {
          ...store.throttle,
          reserve: async (...asked: Parameters<typeof store.throttle.reserve>) => {
            const slots = await store.throttle.reserve(...asked)
            reserved.push(...slots)
            return slots
          },
        }
        return edition.send(mailer, { ratePerSecond: 50, throttle }, store)
      }),
    )
    expect(mailer.accepted).toHaveLength(60)
    const slots = reserved
      .flatMap(({ from, step, count }) => Array.from({ length: count }, (_, n) => from + n * step))
      .toSorted((a, b) => a - b)
    expect(slots.length).toBeGreaterThanOrEqual(60)
    for (const [n, at] of slots.entries()) {
      if (n > 0) expect(at - (slots[n - 1] ?? 0)).toBeGreaterThan(19.9)
    }
    // 60 at 50 a second cannot have taken less, whatever the machine was doing.
    expect(Date.now() - started).toBeGreaterThan(1150)
  })
})

describe('an edition that is spread', () => {
  it('is sent at the rate at which the rest of it is done when it is to be', async () => {
    await using edition = await openEdition(40)
    const asked: number[] = []
    const stop = new AbortController()
    const throttle: typeof edition.throttle = {
      ...edition.throttle,
      reserve: (list, now) => {
        asked.push(...list.map(({ perSecond }) => perSecond))
        return edition.throttle.reserve(list, now)
      },
    }
    const mailer = relay(() => {
      stop.abort()
      return submitted
    })
    const spreadUntil = new Date(Date.now() + 3_600_000)
    await edition.send(mailer, { throttle, spreadUntil, signal: stop.signal })
    expect((asked[0] ?? 0) * 3600).toBeCloseTo(40, 0)
    expect(mailer.accepted).toHaveLength(1)
    const past = new Date(Date.now() - 1000)
    expect(await edition.send(relay(), { spreadUntil: past })).toMatchObject({ submitted: 39 })
  })

  it('is not sent faster than the rate that is allowed', async () => {
    await using edition = await openEdition(40)
    const asked: number[] = []
    const throttle: typeof edition.throttle = {
      ...edition.throttle,
      reserve: (list, now) => {
        asked.push(...list.map(({ perSecond }) => perSecond))
        return edition.throttle.reserve(list, now)
      },
    }
    const spreadUntil = new Date(Date.now() + 100)
    await edition.send(relay(), { throttle, spreadUntil, ratePerSecond: 100 })
    expect(new Set(asked)).toEqual(new Set([100]))
  })
})
