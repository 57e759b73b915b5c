import type { Subscriber } from '../model/subscriber.ts'
import type { Store } from '../store/store.ts'

export type Holdings = Pick<Store, 'joins' | 'ledger' | 'feedback' | 'changes'>

/**
 * All that is held on one reader, and nothing of others: for themselves, and for who runs the list. Without the token of
 * their links, which is a key and not a fact.
 */
export async function everythingHeld(
  { joins, ledger, feedback, changes }: Holdings,
  { token: _, ...reader }: Subscriber,
): Promise<object> {
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
