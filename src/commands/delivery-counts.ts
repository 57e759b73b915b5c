import { deliveryStates } from '../model/delivery.ts'
import type { DeliveryCounts } from '../store/ledger.ts'

/** How many deliveries there are in all. */
export function recipients(counts: DeliveryCounts): number {
  return deliveryStates.reduce((sum, state) => sum + counts[state], 0)
}

/** `118 of 120 submitted, 2 deferred` */
export function summary(counts: DeliveryCounts): string {
  const others = deliveryStates.filter((state) => state !== 'submitted' && counts[state] > 0)
  return [
    `${counts.submitted} of ${recipients(counts)} submitted`,
    ...others.map((state) => `${counts[state]} ${state}`),
  ].join(', ')
}
