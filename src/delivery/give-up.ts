import type { DeliveryJob } from './job.ts'
import { retryTerms } from './retry.ts'
import type { SharedPaces } from './shared-paces.ts'

const atOnce = 500

/**
 * Rejects what waits for a destination that has taken nothing for as long as a deferred message is tried, and did not
 * just now either: a message that was never tried would wait for ever.
 *
 * @returns how many
 */
export async function giveUp(
  { edition, ledger, clock, lease = 60_000 }: DeliveryJob,
  paces: SharedPaces,
): Promise<number> {
  const longAgo = clock().getTime() - retryTerms.giveUpAfter
  if (edition.createdAt.getTime() > longAgo) return 0
  let count = 0
  for (const parked of await ledger.parkedUnder(edition.id)) {
    const pace = paces.of(parked)
    if (!pace || pace.pauses < 2 || pace.since > longAgo) continue
    const days = Math.floor((clock().getTime() - pace.since) / 86_400_000)
    const reply = `gave up: ${parked} has taken nothing for ${days} days; the last reply: ${pace.reply}`
    for (;;) {
      const now = clock()
      const terms = { now, leaseUntil: new Date(now.getTime() + lease), most: atOnce, parked }
      const claims = await ledger.claim(edition.id, terms)
      if (claims.length === 0) break
      const outcome = { kind: 'rejected', reply } as const
      await Promise.all(claims.map((claim) => ledger.record(claim, outcome, { now })))
      count += claims.length
    }
  }
  return count
}
