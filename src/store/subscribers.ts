import type { Subscriber, SubscriberStatus } from '../model/subscriber.ts'

/** What is known of somebody who joins. */
export interface NewSubscriber {
  readonly address: string
  readonly name: string
  readonly language?: string
  /** default `active` */
  readonly status?: SubscriberStatus
}

/**
 * - `added`: was not known
 * - `updated`: known, and the name or language is new
 * - `unchanged`: known, nothing new
 * - `kept-out`: known as unsubscribed or suppressed, and stays so: an import revives nobody
 */
export type AddOutcome = 'added' | 'updated' | 'unchanged' | 'kept-out'

/** The list. Addresses are compared by `addressKey` (subscribers/address.ts). */
export interface Subscribers {
  /** All in one transaction. @returns an outcome for each, in order */
  add(list: readonly NewSubscriber[], now: Date): Promise<readonly AddOutcome[]>
  /**
   * Makes the list kept beside the content true: its addresses are added as by `add` (an `unlisted` one becomes
   * active again), and active ones that came from an earlier state of that list and are gone become `unlisted`.
   * All in one transaction.
   */
  syncList(
    list: readonly NewSubscriber[],
    now: Date,
  ): Promise<{ outcomes: readonly AddOutcome[]; unlisted: number }>
  /**
   * Sets the status of one address: `unsubscribed`, `suppressed`, or `active` for one who comes back by own will.
   * @returns false when the address is not known
   */
  setStatus(address: string, status: SubscriberStatus, now: Date): Promise<boolean>
  find(address: string): Promise<Subscriber | undefined>
  findByToken(token: string): Promise<Subscriber | undefined>
  /** Streams the list in the order of addresses. */
  list(status?: SubscriberStatus): AsyncIterable<Subscriber>
  counts(): Promise<Readonly<Record<SubscriberStatus, number>>>
  /** Deletes all that is held on an address. @returns false when it is not known */
  erase(address: string): Promise<boolean>
}
