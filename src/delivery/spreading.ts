import type { Brake, DeliveryJob, DeliveryTally } from './job.ts'

/** How often it is counted what is left, since other senders send too, milliseconds. */
const countAgain = 30_000

/**
 * Works out the rate at which an edition is done when it is to be, and holds it below the one that is allowed: all
 * senders of a store arrive at nearly the same one, and share its send times.
 */
export function spreading(job: DeliveryJob, stop: Brake, tally: () => DeliveryTally) {
  const { edition, ledger, clock, spreadUntil, ratePerSecond } = job
  let [left, settledThen] = [0, 0]
  let timer: NodeJS.Timeout | undefined

  function settled(): number {
    const { submitted, deferred, rejected, uncertain, skipped } = tally()
    return submitted + deferred + rejected + uncertain + skipped
  }

  async function count(): Promise<void> {
    const { pending, claimed, submitting } = await ledger.counts(edition.id)
    left = pending + claimed + submitting
    settledThen = settled()
  }

  return {
    async begin(): Promise<void> {
      if (!spreadUntil || spreadUntil <= clock()) return
      await count()
      timer = setInterval(() => count().catch(stop.fail), countAgain)
    },

    /** Messages a second; 0: any number. */
    rate(): number {
      const seconds = spreadUntil ? (spreadUntil.getTime() - clock().getTime()) / 1000 : 0
      if (seconds <= 0) return ratePerSecond
      const even = Math.max(left - (settled() - settledThen), 1) / seconds
      return ratePerSecond > 0 ? Math.min(ratePerSecond, even) : even
    },

    close: () => clearInterval(timer),
  }
}
