import type { Mailer, Message } from '../mail/mailer.ts'
import type { Claim } from '../model/delivery.ts'
import type { Edition } from '../model/edition.ts'
import type { Ledger } from '../store/ledger.ts'

export interface DeliveryJob {
  readonly edition: Edition
  readonly ledger: Ledger
  readonly mailer: Mailer
  /**
   * Makes one recipient's message. A Fault 'content-invalid' means that none can be made for this recipient,
   * who is then rejected for that reason; every other error ends the run.
   */
  readonly compose: (claim: Claim) => Promise<Message>
  /** never to mail an address again that the relay says does not exist (5.1.1 and its like) */
  readonly suppress?: (subscriber: Claim['subscriber']) => Promise<void>
  /** a clock that runs, near enough to that of other senders: leases and retries are measured by it */
  readonly clock: () => Date
  /** messages in flight at once: at least 1 */
  readonly concurrency: number
  /** 0: no limit */
  readonly ratePerSecond: number
  /** takes at most so many deliveries in this run */
  readonly limit?: number
  /** when aborted, nothing new is begun and what is in flight is settled */
  readonly signal: AbortSignal
  readonly onProgress?: (done: DeliveryTally) => void
  /** how long a claim stays ours when it is not renewed, milliseconds; default one minute */
  readonly lease?: number
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
