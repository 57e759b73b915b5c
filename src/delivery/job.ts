import type { Mailer, Message } from '../mail/mailer.ts'
import type { Claim } from '../model/delivery.ts'
import type { Edition } from '../model/edition.ts'
import type { Pace } from '../model/pace.ts'
import type { Ledger } from '../store/ledger.ts'
import type { Throttle } from '../store/throttle.ts'
import type { DomainLimits } from './limits.ts'
import type { PauseTerms } from './pace.ts'

export interface DeliveryJob {
  readonly edition: Edition
  readonly ledger: Ledger
  readonly mailer: Mailer
  /**
   * Makes one recipient's message. A Fault 'content-invalid' means that none can be made for this recipient,
   * who is then rejected for that reason; every other error ends the run.
   */
  readonly compose: (claim: Claim) => Promise<Message>
  /**
   * told of who bounced while we were sending: `hard`, there is no such mailbox (5.1.1 and its like); `soft`, it is full
   * (5.2.2), or was not reached in three days
   */
  readonly bounced?: (claim: Claim, kind: 'hard' | 'soft', reply: string) => Promise<void>
  /** a clock that runs, near enough to that of other senders: leases and retries are measured by it */
  readonly clock: () => Date
  /** messages in flight at once: at least 1 */
  readonly concurrency: number
  /** for all senders of the store together; 0: no limit */
  readonly ratePerSecond: number
  /** of recipient domains, likewise for all together */
  readonly limits: DomainLimits
  readonly throttle: Throttle
  /** by when it is to be done, and not sooner; past or absent: as fast as may be */
  readonly spreadUntil?: Date
  /** how many may be sent in all, where that is limited: asked for in small numbers */
  readonly quota?: Quota
  /** default: as in `paceTerms` */
  readonly pauses?: PauseRules
  /** takes at most so many deliveries in this run */
  readonly limit?: number
  /** when aborted, nothing new is begun and what is in flight is settled */
  readonly signal: AbortSignal
  /** called when this run finds that a domain, or the relay (`''`), wants a rest */
  readonly onPause?: (key: string, pace: Pace) => void
  readonly onProgress?: (done: DeliveryTally) => void
  /** called now and then while it waits for what other senders hold: when the first of their leases ends, unless it is renewed */
  readonly onWaiting?: (until: Date) => void
  /** how long a claim stays ours when it is not renewed, milliseconds; default one minute */
  readonly lease?: number
}

/** Leave to send so many messages, shared with other senders. */
export interface Quota {
  /** @returns up to `most`; 0: there are none left */
  take(most: number): Promise<number>
  giveBack(count: number): Promise<void>
}

export interface PauseRules {
  readonly relay: PauseTerms
  readonly destination: PauseTerms
  /** how long a relay may take nothing before that ends the run, milliseconds */
  readonly relayPatience: number
  /** how long after its last message a run with nothing else to do goes on to wait for a domain, milliseconds */
  readonly destinationPatience: number
}

/** What one run did; the ledger's counts say how the edition stands. */
export interface DeliveryTally {
  readonly submitted: number
  readonly deferred: number
  readonly rejected: number
  /** also those found in the hands of a sender that had died */
  readonly uncertain: number
  /** left after they were claimed, or taken over by another sender before they were sent */
  readonly skipped: number
}

export interface DeliverySummary extends DeliveryTally {
  readonly interrupted: boolean
  /** it ended because the quota was used up */
  readonly quotaUsedUp: boolean
}

/** How a run ends before its work is done: by the operator, or by the first failure. */
export interface Brake {
  readonly signal: AbortSignal
  readonly fail: (error: unknown) => void
  /** throws the first failure, if there was one */
  readonly rethrow: () => void
}

export function brake(outer: AbortSignal): Brake {
  const own = new AbortController()
  let first: { error: unknown } | undefined
  return {
    signal: AbortSignal.any([outer, own.signal]),
    fail(error) {
      first ??= { error }
      own.abort()
    },
    rethrow() {
      if (first) throw first.error
    },
  }
}
