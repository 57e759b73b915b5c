import type { AddressChange } from '../model/address-change.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Feedback } from '../model/feedback.ts'
import type { Consent } from '../model/join.ts'
import type { Subscriber } from '../model/subscriber.ts'
import type { Store } from '../store/store.ts'

export type Holdings = Pick<Store, 'joins' | 'ledger' | 'feedback' | 'changes'>

export interface Held {
  readonly reader: Omit<Subscriber, 'token'>
  readonly consents: readonly Consent[]
  /** those of the newest edition first */
  readonly deliveries: readonly Omit<Delivery, 'subscriber' | 'address'>[]
  readonly feedback: readonly Omit<Feedback, 'subscriber'>[]
  /** asked for and not confirmed */
  readonly changesOfAddress: readonly Pick<AddressChange, 'address' | 'askedAt'>[]
}

/**
 * All that is held on one reader, and nothing of others: for themselves, and for who runs the list. Without the token of
 * their links, which is a key and not a fact.
 */
export async function everythingHeld(
  { joins, ledger, feedback, changes }: Holdings,
  { token: _, ...reader }: Subscriber,
): Promise<Held> {
  const deliveries = await ledger.history(reader.address)
  return {
    reader,
    consents: await joins.consents(reader.address),
    deliveries: deliveries.map(({ subscriber: _s, address: _a, ...delivery }) => delivery),
    feedback: (await feedback.of(reader.address)).map(({ subscriber: _s, ...report }) => report),
    changesOfAddress: (await changes.pending(reader.id)).map(({ address, askedAt }) => ({
      address,
      askedAt,
    })),
  }
}
