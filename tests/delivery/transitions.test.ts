import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DeliveryEvent, nextState, transitions } from '../../src/delivery/transitions.ts'
import { type Claim, type DeliveryState, deliveryStates } from '../../src/model/delivery.ts'
import type { Store } from '../../src/store/store.ts'
import { edition, noon } from '../contracts/store.ts'
import { stores } from '../store/stores.ts'

const address = 'ann@example.org'
const minute = 60_000

const events: readonly DeliveryEvent[] = [
  'claim',
  'leave',
  'submit',
  'submitted',
  'deferred',
  'rejected',
  'uncertain',
  'release',
  'park',
  'expire',
  'cancel',
  'resend',
  'skip',
]

describe('the states of a delivery', () => {
  it('can all be reached from pending, and end in four that only the publisher can leave', () => {
    const reached = new Set<DeliveryState>(['pending'])
    for (const state of reached)
      for (const next of Object.values(transitions[state])) reached.add(next)
    expect([...reached].toSorted()).toEqual(deliveryStates.toSorted())
    expect(
      deliveryStates.filter((state) => !nextState(state, 'claim') && !nextState(state, 'expire')),
    ).toEqual(['submitted', 'rejected', 'uncertain', 'skipped'])
  })

  it('never lead from a message that may have been accepted back to sending, but by the publisher’s word', () => {
    for (const state of ['submitted', 'uncertain', 'rejected', 'skipped'] as const) {
      const unasked = events.filter((event) => event !== 'resend')
      expect(unasked.map((event) => nextState(state, event))).not.toContain('pending')
    }
    expect(nextState('submitting', 'expire')).toBe('uncertain')
  })
})

describe.each(stores)('the states of a delivery on $name', ({ open, isThere }) => {
  it.skipIf(!isThere)('are those of the ledger, whatever happens in whatever order', async () => {
    await using database = await open()
    const store = await database.connect()
    await store.subscribers.add([{ address, name: 'Ann' }], noon)
    let walk = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...events), { maxLength: 25 }),
        async (happenings) => {
          const id = `walk-${walk++}`
          await store.ledger.open(edition(id))
          const actor = walker(store, id)
          let expected: DeliveryState = 'pending'
          let isCancelled = false
          for (const event of happenings) {
            const next: DeliveryState = nextState(expected, event) ?? expected
            // Of an edition that was called off nothing is claimed any more
            expected = isCancelled && next === 'claimed' && event === 'claim' ? 'skipped' : next
            isCancelled ||= event === 'cancel'
            await actor(event)
            const [row] = await store.ledger.deliveries(id)
            expect(row?.state, `after ${event} of ${happenings}`).toBe(expected)
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})

/** Makes an event happen to Ann's delivery as the ledger's users would, with a clock of its own. */
function walker({ ledger, subscribers }: Store, id: string) {
  let now = noon
  let claim: Claim = { edition: id, subscriber: nobody, token: '', attempts: 0 }

  async function leave(): Promise<void> {
    await subscribers.setStatus(address, 'unsubscribed', now)
    // It is noticed when somebody claims her, or is about to send.
    await ledger.submitting(claim, now)
    await ledger.claim(id, { now, leaseUntil: now, most: 1 })
    await ledger.claim(id, { now, leaseUntil: now, most: 1, parked: 'example.org' })
    await subscribers.setStatus(address, 'active', now)
  }

  return async (event: DeliveryEvent): Promise<void> => {
    now = new Date(now.getTime() + minute)
    const leaseUntil = new Date(now.getTime() + 60 * minute)
    switch (event) {
      case 'claim':
        claim =
          (await ledger.claim(id, { now, leaseUntil, most: 1 }))[0] ??
          (await ledger.claim(id, { now, leaseUntil, most: 1, parked: 'example.org' }))[0] ??
          claim
        return
      case 'leave':
        return leave()
      case 'submit':
        await ledger.submitting(claim, now)
        return
      case 'uncertain':
        await ledger.record(claim, { kind: event, reason: '' }, { now })
        return
      case 'submitted':
      case 'rejected':
      case 'deferred':
        await ledger.record(claim, { kind: event, reply: '' }, { now, dueAt: now })
        return
      case 'release':
        return ledger.release([claim], now)
      case 'park':
        return ledger.park([{ claim, under: 'example.org' }], now)
      case 'expire':
        now = leaseUntil
        await ledger.expire(id, now)
        return
      case 'cancel':
        await ledger.cancel(id, now)
        return
      case 'resend':
      case 'skip':
        await ledger.resolve(id, event, now)
    }
  }
}

const nobody = {
  id: '',
  address: '',
  name: '',
  status: 'active',
  token: '',
  createdAt: noon,
} as const
