import type { Claim } from '../model/delivery.ts'
import type { Brake, DeliveryJob } from './job.ts'

/** The claims in this run's hands, waiting or in flight. */
export interface HeldClaims {
  /** @returns undefined when there is nothing more to take, or the brake is on */
  next(): Promise<Claim | undefined>
  /** Call it before the outcome is recorded: what is not held is never given back. */
  drop(claim: Claim): void
  /** Gives back all that are held. */
  giveBack(): Promise<void>
  hasRoom(): boolean
  close(): void
}

/**
 * Takes claims in small batches, enough to keep the lanes busy, and renews their leases while they are held: so a
 * lease can be short, and the claims of a sender that died are soon free, however slow the relay.
 */
export function holdClaims(job: DeliveryJob & { readonly lease: number }, stop: Brake): HeldClaims {
  const { edition, ledger, clock, lease, concurrency, limit = Number.POSITIVE_INFINITY } = job
  const held = new Set<Claim>()
  const waiting: Claim[] = []
  let taken = 0
  let refilling: Promise<number> | undefined

  async function refill(): Promise<number> {
    const most = Math.min(concurrency * 10, limit - taken)
    if (most <= 0) return 0
    const claims = await ledger.claim(edition.id, { now: clock(), leaseUntil: leaseEnd(), most })
    taken += claims.length
    for (const claim of claims) held.add(claim)
    waiting.push(...claims)
    return claims.length
  }

  function leaseEnd(): Date {
    return new Date(clock().getTime() + lease)
  }

  function renew(): void {
    if (held.size > 0) ledger.renew([...held], leaseEnd()).catch(stop.fail)
  }

  const timer = setInterval(renew, lease / 3)

  return {
    async next() {
      while (!stop.signal.aborted) {
        const claim = waiting.shift()
        if (claim) return claim
        refilling ??= refill().finally(() => {
          refilling = undefined
        })
        if ((await refilling) === 0) return undefined
      }
      return undefined
    },

    drop(claim) {
      held.delete(claim)
    },

    async giveBack() {
      const claims = [...held]
      held.clear()
      waiting.length = 0
      if (claims.length > 0) await ledger.release(claims, clock())
    },

    hasRoom: () => taken < limit,

    close: () => clearInterval(timer),
  }
}
