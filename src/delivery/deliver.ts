import { bell } from './bell.ts'
import { courier } from './courier.ts'
import { giveUp } from './give-up.ts'
import { type HeldClaims, holdClaims } from './held-claims.ts'
import {
  type Brake,
  brake,
  type DeliveryJob,
  type DeliverySummary,
  type DeliveryTally,
} from './job.ts'
import { paceTerms } from './pace.ts'
import { sharedPaces } from './shared-paces.ts'
import { slotLeases } from './slot-leases.ts'
import { spreading } from './spreading.ts'
import { traffic } from './traffic.ts'
import { waitUnlessAborted } from './wait.ts'

export type { DeliveryJob, DeliverySummary, DeliveryTally } from './job.ts'

/** Long enough to outlive a stall of this process, short enough to wait for after a crash. */
const defaultLease = 60_000

/** How often a sender with nothing left to do looks whether the others are done, milliseconds. */
const lookAgain = 1000

/**
 * Delivers what is pending, or deferred and due. Any number of processes may do so for one edition at once. What the
 * others have claimed is waited for as long as they live, and taken over when the lease of one that died ends.
 *
 * @throws {Fault} 'unavailable' when relay or store are out of reach: what was in flight has been settled as far as
 *   the store could be written, what was not sent has been given back, and nothing is lost
 */
export async function deliver(given: DeliveryJob): Promise<DeliverySummary> {
  const job = { ...given, lease: given.lease ?? defaultLease, pauses: given.pauses ?? paceTerms }
  const stop = brake(job.signal)
  const tally = { submitted: 0, deferred: 0, rejected: 0, uncertain: 0, skipped: 0 }
  const count = (what: keyof DeliveryTally, n = 1) => {
    tally[what] += n
    if (n > 0) job.onProgress?.({ ...tally })
  }
  const expire = async () => {
    count('uncertain', await job.ledger.expire(job.edition.id, job.clock()))
  }
  const ring = bell(stop.signal)
  const paces = sharedPaces(job, stop, ring)
  const spread = spreading(job, stop, () => tally)
  const slots = slotLeases(job, stop, ring)
  const ways = traffic(job, { paces, slots, bell: ring, rateNow: spread.rate }, stop)
  /** Whether there may be something to take that there was not before. */
  const goesOn = async () => {
    if (stop.signal.aborted || !held.hasRoom() || held.isUsedUp()) return false
    if (held.wasPutBack()) return true
    const others = await outwaitOthers(job, stop)
    // Whoever ends a lease first takes what it held, and may die of it: those who come second have to stay.
    if (others === 'late') await expire()
    return others !== 'none'
  }
  const held = holdClaims(job, ways, ring, stop)
  const carry = courier(job, held, ways, stop, count)
  try {
    await expire()
    await paces.refresh()
    await spread.begin()
    do await runLanes(job.concurrency, held, carry, stop)
    while (await goesOn())
    if (!stop.signal.aborted) count('rejected', await giveUp(job, paces))
  } finally {
    spread.close()
    await ways.close().catch(stop.fail)
    await Promise.all([held.close(), paces.close()]).catch(stop.fail)
  }
  stop.rethrow()
  return { ...tally, interrupted: job.signal.aborted, quotaUsedUp: held.isUsedUp() }
}

/** Keeps `concurrency` messages in flight until there is nothing more to claim or the brake is on. Never throws. */
async function runLanes(
  concurrency: number,
  held: HeldClaims,
  carry: ReturnType<typeof courier>,
  stop: Brake,
): Promise<void> {
  await Promise.all(Array.from({ length: concurrency }, () => carry().catch(stop.fail)))
  await held.giveBack().catch(stop.fail)
}

/**
 * Waits for the leases of other senders, which a living one renews and a dead one does not.
 *
 * @returns `done`: they hold nothing any more, and may have put some back; `late`: a lease is over; `none`: there are none,
 *   or none that anybody renews, or the brake is on
 */
async function outwaitOthers(
  { edition, ledger, clock, lease, onWaiting }: DeliveryJob & { readonly lease: number },
  stop: Brake,
): Promise<'done' | 'late' | 'none'> {
  let last: number | undefined
  let quietUntil = 0
  while (!stop.signal.aborted) {
    const until = await ledger.heldUntil(edition.id)
    if (!until) return last === undefined ? 'none' : 'done'
    const rest = until.getTime() - clock().getTime()
    if (rest < 0) return 'late'
    // Twice a lease, since a clock may be ahead of ours; by more than that it is wrong, and its lease may end in years.
    if (until.getTime() !== last) quietUntil = performance.now() + 2 * lease
    last = until.getTime()
    if (performance.now() > quietUntil) return 'none'
    onWaiting?.(until)
    // A living one ends its claims long before their leases do.
    await waitUnlessAborted(Math.min(rest + 1, lease, lookAgain), stop.signal)
  }
  return 'none'
}
