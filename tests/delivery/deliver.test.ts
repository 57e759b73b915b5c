import { describe, expect, it } from 'vitest'
import type { DeliveryJob } from '../../src/delivery/job.ts'
import type { Outcome } from '../../src/model/delivery.ts'
import { Fault } from '../../src/model/fault.ts'
import { readers } from '../contracts/store.ts'
import { composePlain, openEdition, relay, submitted } from './fixtures.ts'

const hour = 3_600_000
const everybody = (count: number) => readers(count).map(({ address }) => address)

describe('a run', () => {
  it('mails everybody once, and a second run nobody', async () => {
    await using edition = await openEdition(30)
    const post = relay()
    const progress: number[] = []
    const first = await edition.send(post, { onProgress: (done) => progress.push(done.submitted) })
    expect(first).toMatchObject({ submitted: 30, deferred: 0, rejected: 0, interrupted: false })
    expect(post.accepted.toSorted()).toEqual(everybody(30))
    expect(progress).toEqual(Array.from({ length: 30 }, (_, n) => n + 1))
    expect(await edition.send(post)).toMatchObject({ submitted: 0 })
    expect(post.accepted).toHaveLength(30)
  })

  it('keeps no more messages in flight than it may, and no fewer', async () => {
    await using edition = await openEdition(30)
    let [flying, most] = [0, 0]
    const post = relay(async () => {
      most = Math.max(most, ++flying)
      await new Promise((resolve) => setTimeout(resolve, 5))
      flying -= 1
      return submitted
    })
    await edition.send(post, { concurrency: 7 })
    expect(most).toBe(7)
  })

  it('has no more messages begun in the ledger than may be in flight, whenever it may crash', async () => {
    await using edition = await openEdition(40)
    let most = 0
    const post = relay(async () => {
      await new Promise((resolve) => setTimeout(resolve, 2))
      most = Math.max(most, (await edition.ledger.counts('one')).submitting)
      return submitted
    })
    await edition.send(post, { concurrency: 3 })
    expect(most).toBe(3)
  })

  it('shares an edition with other senders at the same time', async () => {
    await using edition = await openEdition(200)
    const post = relay()
    const stores = await Promise.all([1, 2, 3].map(() => edition.database.connect()))
    await Promise.all(stores.map((store) => edition.send(post, { lease: 500 }, store)))
    expect(post.accepted.toSorted()).toEqual(everybody(200).toSorted())
    expect(await edition.ledger.counts('one')).toMatchObject({ submitted: 200, uncertain: 0 })
  })

  it('takes no more than its limit', async () => {
    await using edition = await openEdition(30)
    const post = relay()
    expect(await edition.send(post, { limit: 11 })).toMatchObject({ submitted: 11 })
    expect(await edition.send(post, { limit: 0 })).toMatchObject({ submitted: 0 })
    expect(post.accepted).toHaveLength(11)
    expect(await edition.ledger.counts('one')).toMatchObject({ pending: 19, claimed: 0 })
  })

  it('skips whoever leaves while it goes on', async () => {
    await using edition = await openEdition(3)
    const post = relay(async (address) => {
      if (address === 'r01@example.org') {
        await edition.subscribers.setStatus('r03@example.org', 'unsubscribed', new Date())
      }
      return submitted
    })
    expect(await edition.send(post, { concurrency: 1 })).toMatchObject({ submitted: 2, skipped: 1 })
    expect(await edition.statesOf()).toEqual({ r01: 'submitted', r02: 'submitted', r03: 'skipped' })
  })
})

describe('what the relay says', () => {
  it('is kept, each recipient for themselves', async () => {
    await using edition = await openEdition(4)
    const replies = {
      'r01@example.org': submitted,
      'r02@example.org': { kind: 'deferred', reply: '451 4.2.1 later' },
      'r03@example.org': { kind: 'rejected', reply: '550 5.1.1 unknown' },
      'r04@example.org': { kind: 'uncertain', reason: 'hung up after the dot' },
    } as const
    const post = relay((address) => replies[address as keyof typeof replies])
    expect(await edition.send(post)).toMatchObject({
      submitted: 1,
      deferred: 1,
      rejected: 1,
      uncertain: 1,
    })
    expect((await edition.ledger.deliveries('one')).map(({ reply }) => reply)).toEqual([
      '250 2.0.0 queued',
      '451 4.2.1 later',
      '550 5.1.1 unknown',
      'hung up after the dot',
    ])
  })

  it('“later” is heeded until three days have passed, then the delivery is given up', async () => {
    await using edition = await openEdition(1)
    let now = new Date()
    const tries: Date[] = []
    const post = relay(() => {
      tries.push(now)
      return { kind: 'deferred', reply: '451 4.2.1 later' }
    })
    const run = () => edition.send(post, { clock: () => now })
    await run()
    await run()
    expect(tries).toHaveLength(1)
    for (
      let due = await edition.ledger.nextDue('one');
      due;
      due = await edition.ledger.nextDue('one')
    ) {
      now = due
      await run()
    }
    expect(now.getTime() - (tries[0]?.getTime() ?? 0)).toBe(72 * hour)
    expect(await edition.ledger.deliveries('one')).toMatchObject([
      {
        state: 'rejected',
        attempts: tries.length,
        reply: `gave up after ${tries.length} attempts in 3 days; the last reply: 451 4.2.1 later`,
      },
    ])
  })
})

describe('a run that ends early', () => {
  it('on an interrupt settles what is in flight, gives back the rest, and the next one goes on', async () => {
    await using edition = await openEdition(30)
    const stop = new AbortController()
    const post = relay(async () => {
      stop.abort()
      await new Promise((resolve) => setTimeout(resolve, 5))
      return submitted
    })
    const summary = await edition.send(post, { signal: stop.signal })
    expect(summary.interrupted).toBe(true)
    expect(summary.submitted).toBe(post.accepted.length)
    expect(summary.submitted).toBeLessThanOrEqual(4)
    expect(await edition.ledger.counts('one')).toMatchObject({
      pending: 30 - summary.submitted,
      claimed: 0,
      submitting: 0,
    })
    await edition.send(post)
    expect(post.accepted.toSorted()).toEqual(everybody(30))
  })

  it('on an interrupt does not wait for its turn at a slow rate', async () => {
    await using edition = await openEdition(30)
    const stop = new AbortController()
    const job = { signal: stop.signal, ratePerSecond: 1 / 3600, onProgress: () => stop.abort() }
    expect(await edition.send(relay(), job)).toMatchObject({ submitted: 1, interrupted: true })
    expect(await edition.ledger.counts('one')).toMatchObject({ pending: 29 })
  })

  it('before it begins does nothing when it is interrupted already', async () => {
    await using edition = await openEdition(3)
    const summary = await edition.send(relay(), { signal: AbortSignal.abort() })
    expect(summary).toMatchObject({ submitted: 0, interrupted: true })
    expect(await edition.ledger.counts('one')).toMatchObject({ pending: 3 })
  })

  it('because the relay is gone loses nobody and blames nobody', async () => {
    await using edition = await openEdition(30)
    const gone = relay((address) => {
      if (address === 'r05@example.org') throw new Fault('unavailable', 'connection refused')
      return submitted
    })
    await expect(edition.send(gone)).rejects.toThrow('connection refused')
    const left = 30 - gone.accepted.length
    expect(await edition.ledger.counts('one')).toMatchObject({ pending: left, submitting: 0 })
    expect(await edition.ledger.deliveries('one', ['pending'])).toContainEqual(
      expect.objectContaining({ address: 'r05@example.org', attempts: 0 }),
    )
    const back = relay()
    await edition.send(back)
    expect([...gone.accepted, ...back.accepted].toSorted()).toEqual(everybody(30))
  })

  it('because the mailer itself fails holds that message as uncertain', async () => {
    await using edition = await openEdition(5)
    const broken = relay((address) => {
      if (address === 'r02@example.org') throw new TypeError('our bug')
      return submitted
    })
    await expect(edition.send(broken, { concurrency: 1 })).rejects.toThrow(TypeError)
    expect(await edition.statesOf()).toEqual({
      r01: 'submitted',
      r02: 'uncertain',
      r03: 'pending',
      r04: 'pending',
      r05: 'pending',
    })
  })

  it('because an outcome could not be written does not give that message back to be sent again', async () => {
    await using edition = await openEdition(20)
    const record = async () => {
      throw new Fault('unavailable', 'the disk is full')
    }
    const post = relay()
    const full = { ...edition.ledger, record }
    await expect(edition.send(post, { ledger: full, lease: 50 })).rejects.toThrow('disk is full')
    const rest = relay()
    expect(await edition.send(rest, { lease: 50 })).toMatchObject({
      uncertain: post.accepted.length,
    })
    expect([...post.accepted, ...rest.accepted].toSorted()).toEqual(everybody(20))
  })

  it('because the store is gone never mails again what the relay may have', async () => {
    await using edition = await openEdition(20)
    const other = await edition.database.connect()
    const post = relay(async () => {
      await other.close()
      return submitted
    })
    await expect(edition.send(post, { lease: 50, concurrency: 3 }, other)).rejects.toThrow()
    const [lost, rest] = [post.accepted, relay()]
    const summary = await edition.send(rest, { lease: 50 })
    expect(lost.length).toBeGreaterThan(0)
    expect(summary.uncertain).toBe(lost.length)
    expect(rest.accepted.filter((address) => lost.includes(address))).toEqual([])
    expect([...lost, ...rest.accepted].toSorted()).toEqual(everybody(20))
  })
})

describe('a recipient for whom no message can be made', () => {
  const unfit = new Fault('content-invalid', 'the address cannot be written in a header')

  it('is rejected with the reason, and the others are mailed', async () => {
    await using edition = await openEdition(5)
    const post = relay()
    const compose: typeof composePlain = async (claim) => {
      if (claim.subscriber.name === 'Reader 2') throw unfit
      return composePlain(claim)
    }
    expect(await edition.send(post, { compose })).toMatchObject({ submitted: 4, rejected: 1 })
    expect(await edition.ledger.deliveries('one', ['rejected'])).toMatchObject([
      { address: 'r02@example.org', reply: unfit.message, attempts: 0 },
    ])
  })

  it('is not to blame when it is so for one after the other: then the run ends', async () => {
    await using edition = await openEdition(200)
    const compose = async () => {
      throw unfit
    }
    await expect(edition.send(relay(), { compose })).rejects.toBe(unfit)
    const { rejected, pending } = await edition.ledger.counts('one')
    expect(rejected).toBeLessThan(10)
    expect(pending).toBe(200 - rejected)
  })

  it('is not rejected for a bug of ours: the run ends and the others in flight are settled', async () => {
    await using edition = await openEdition(10)
    const post = relay()
    const compose: typeof composePlain = async (claim) => {
      if (claim.subscriber.name === 'Reader 3') throw new TypeError('our bug')
      return composePlain(claim)
    }
    await expect(edition.send(post, { compose })).rejects.toThrow(TypeError)
    const counts = await edition.ledger.counts('one')
    expect(counts).toMatchObject({
      submitted: post.accepted.length,
      pending: 10 - post.accepted.length,
    })
    expect((await edition.statesOf()).r03).toBe('pending')
  })
})

describe('the message after the one in flight', () => {
  it('when it cannot be made, ends the run at once and costs nobody the one in flight', async () => {
    await using edition = await openEdition(5)
    const asked: string[] = []
    let fail = () => {}
    const failed = new Promise<void>((resolve) => (fail = resolve))
    let takeOff = () => {}
    const inFlight = new Promise<void>((resolve) => (takeOff = resolve))
    const post = relay(async () => {
      takeOff()
      await failed
      return submitted
    })
    const sent = edition.send(post, {
      concurrency: 1,
      compose: async (claim) => {
        asked.push(claim.subscriber.address)
        if (asked.length === 1) return composePlain(claim)
        await inFlight
        fail()
        throw new TypeError('a bug')
      },
    })
    await expect(sent).rejects.toThrow('a bug')
    expect(post.accepted).toEqual(asked.slice(0, 1))
    expect(await edition.ledger.counts('one')).toMatchObject({
      submitted: 1,
      pending: 4,
      claimed: 0,
      submitting: 0,
    })
  })

  it('is given back when what was learnt of the one before stops the run', async () => {
    await using edition = await openEdition(12)
    const post = relay(() => ({ kind: 'deferred', reply: '550 5.7.1 not from you' }))
    await expect(edition.send(post, { concurrency: 1 })).rejects.toThrow('by policy')
    expect(await edition.ledger.counts('one')).toMatchObject({
      deferred: 5,
      pending: 7,
      claimed: 0,
      submitting: 0,
    })
  })
})

describe('a claim', () => {
  it('of a sender that died is waited for until its lease ends, and that is told', async () => {
    await using edition = await openEdition(1)
    const now = new Date()
    const leaseUntil = new Date(now.getTime() + 1500)
    await edition.ledger.claim('one', { now, leaseUntil, most: 1 })
    const told = new Set<number>()
    const onWaiting = (until: Date) => void told.add(until.getTime())
    const summary = await edition.send(relay(), { onWaiting })
    expect([...told]).toEqual([leaseUntil.getTime()])
    expect(summary).toMatchObject({ submitted: 1, uncertain: 0 })
  })

  it('of a sender that goes on renewing it and then dies is waited for all the while', async () => {
    await using edition = await openEdition(1)
    const later = () => new Date(Date.now() + 300)
    const terms = { now: new Date(), leaseUntil: later(), most: 1 }
    const claims = await edition.ledger.claim('one', terms)
    const renewing = setInterval(() => void edition.ledger.renew(claims, later()), 50)
    setTimeout(() => clearInterval(renewing), 900)
    const summary = await edition.send(relay(), { lease: 300 })
    expect(summary).toMatchObject({ submitted: 1, uncertain: 0 })
  })

  it('of a sender that died is waited for although its clock was ahead of ours', async () => {
    await using edition = await openEdition(2)
    const ahead = (ms: number) => new Date(Date.now() + 100 + ms)
    const terms = { now: ahead(0), leaseUntil: ahead(500), most: 1 }
    await edition.ledger.claim('one', terms)
    expect(await edition.send(relay(), { lease: 500 })).toMatchObject({ submitted: 2 })
  })

  it('of another sender is not waited for by one that may send nothing more today', async () => {
    await using edition = await openEdition(2)
    const terms = { now: new Date(), leaseUntil: new Date(Date.now() + 60_000), most: 1 }
    const claims = await edition.ledger.claim('one', terms)
    const waits: Date[] = []
    const summary = await edition.send(relay(), {
      quota: { take: async () => 0, giveBack: async () => {} },
      onWaiting: (until) => waits.push(until),
    })
    expect([summary.submitted, summary.quotaUsedUp, waits]).toEqual([0, true, []])
    expect(claims).toHaveLength(1)
  })

  it('that nobody renews though it ends in another year is not waited for', async () => {
    await using edition = await openEdition(2)
    const terms = { now: new Date(), leaseUntil: new Date('2100-01-01'), most: 1 }
    await edition.ledger.claim('one', terms)
    const summary = await edition.send(relay(), { lease: 300 })
    expect(summary).toMatchObject({ submitted: 1, uncertain: 0 })
    expect(await edition.ledger.counts('one')).toMatchObject({ claimed: 1, submitted: 1 })
  })

  it('that another sender took over before us and then lost as well is taken over in turn', async () => {
    await using edition = await openEdition(1)
    const claim = () => {
      const [now, leaseUntil] = [new Date(), new Date(Date.now() + 300)]
      return edition.ledger.claim('one', { now, leaseUntil, most: 1 })
    }
    await claim()
    // The other looks at the same instant as we do, and is the first.
    let isOurs = false
    const expire: typeof edition.ledger.expire = async (...terms) => {
      const uncertain = await edition.ledger.expire(...terms)
      if (!isOurs) isOurs = (await claim()).length > 0
      return uncertain
    }
    const summary = await edition.send(relay(), {
      lease: 300,
      ledger: { ...edition.ledger, expire },
    })
    expect(summary).toMatchObject({ submitted: 1, uncertain: 0 })
  })

  it('of a sender that is interrupted is taken over by one that waits for it', async () => {
    await using edition = await openEdition(6)
    const interruption = new AbortController()
    const taken = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const slow = relay(async () => {
      taken.resolve()
      await released.promise
      return submitted
    })
    const { signal } = interruption
    const first = edition.send(slow, { signal, concurrency: 1 })
    await taken.promise
    const other = await edition.database.connect()
    const onWaiting = () => {
      interruption.abort()
      released.resolve()
    }
    expect(await edition.send(relay(), { onWaiting }, other)).toMatchObject({ submitted: 5 })
    expect(await first).toMatchObject({ submitted: 1, interrupted: true })
  })

  it('stays ours as long as a slow relay takes, however short the lease', async () => {
    await using edition = await openEdition(2)
    const slow = relay(async () => {
      await new Promise((resolve) => setTimeout(resolve, 600))
      return submitted
    })
    const other = await edition.database.connect()
    const begun = edition.send(slow, { lease: 200, concurrency: 1 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    const second = await edition.send(relay(), { lease: 200 }, other)
    expect(second).toMatchObject({ submitted: 0, uncertain: 0 })
    expect(await begun).toMatchObject({ submitted: 2, uncertain: 0 })
  })
})

describe('whoever bounces while we are sending', () => {
  it('is told of: no such mailbox, a full one, and one that was not reached in three days', async () => {
    const replies: Readonly<Record<string, Outcome>> = {
      'gone@example.org': { kind: 'rejected', reply: '550 5.1.1 no such user' },
      'full@example.org': { kind: 'rejected', reply: '552 5.2.2 mailbox full' },
      'loop@example.org': { kind: 'rejected', reply: '550 5.4.6 routing loop' },
      'away@example.org': { kind: 'deferred', reply: '450 4.2.2 mailbox full' },
      'shy@example.org': { kind: 'deferred', reply: '451 4.7.1 greylisted' },
    }
    await using given = await openEdition(Object.keys(replies))
    const told: [string, string][] = []
    const job: Partial<DeliveryJob> = {
      bounced: async ({ subscriber }, kind) => {
        told.push([subscriber.address, kind])
      },
    }
    const mailer = relay((address) => replies[address] ?? submitted)
    await given.send(mailer, job)
    expect(told.toSorted()).toEqual([
      ['full@example.org', 'soft'],
      ['gone@example.org', 'hard'],
    ])
    const later = Date.now() + 80 * 3_600_000
    await given.send(mailer, { ...job, clock: () => new Date(later) })
    expect(told.slice(2)).toEqual([['away@example.org', 'soft']])
  })
})
