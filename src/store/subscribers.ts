import type {
  Choice,
  NewSubscriber,
  Subscriber,
  SubscriberId,
  SubscriberStatus,
} from '../model/subscriber.ts'
import type { TopicId } from '../model/topic.ts'

/**
 * - `added`: was not known
 * - `updated`: known, and the name, a field, the language, the topics or the status is new
 * - `unchanged`: known, nothing new
 * - `kept-out`: known as unsubscribed or suppressed, or erased, and stays so: an import revives nobody
 */
export type AddOutcome = 'added' | 'updated' | 'unchanged' | 'kept-out'

/** Subscribers who get the same: all of one language and one choice of topics. */
export interface Audience {
  readonly language?: string
  /** absent: everything */
  readonly topics?: readonly TopicId[]
  readonly count: number
}

/** The list. Addresses are compared by `addressKey` (mail/address.ts). */
export interface Subscribers {
  /**
   * Adds those who are not known, and learns what is new of those who are: a name, field, language or choice of topics
   * that is given (an empty name, field or language erases nothing), a status that is stricter (`unsubscribed`,
   * `suppressed`), an earlier date of joining. Of one who has made a choice, name, language and topics stay. An `unlisted`
   * one becomes active, and no list takes them away any more. All in one transaction.
   * @returns an outcome for each, in order
   */
  add(list: readonly NewSubscriber[], now: Date): Promise<readonly AddOutcome[]>
  /**
   * Makes the list kept beside the content true: its addresses are added as by `add` (an `unlisted` one becomes
   * active again), and active ones that came from an earlier state of that list and are gone become `unlisted`.
   * Those who came in any other way are left alone. All in one transaction.
   *
   * @param terms.unlist false when the list could not be read whole: nobody is taken off then
   */
  syncList(
    list: readonly NewSubscriber[],
    now: Date,
    terms?: { unlist?: boolean },
  ): Promise<{ outcomes: readonly AddOutcome[]; unlisted: number }>
  /**
   * Sets the status of one address: `unsubscribed`, `suppressed`, or `active` for one who comes back by own will.
   * @param reason why, where more is known than the status says: `bounced`, `complained`
   * @returns false when the address is not known
   */
  setStatus(address: string, status: SubscriberStatus, now: Date, reason?: string): Promise<boolean>
  /**
   * Writes down what a reader has decided for themselves: no list changes it from then on.
   * @returns false when there is no such reader
   */
  choose(id: SubscriberId, choice: Choice, now: Date): Promise<boolean>
  /**
   * Lets an erased address be added again, for one who asks for it.
   * @returns false when it was not erased
   */
  readmit(address: string): Promise<boolean>
  find(address: string): Promise<Subscriber | undefined>
  findByToken(token: string): Promise<Subscriber | undefined>
  /** Streams the list in the order of addresses. It may be changed meanwhile: nobody who stays is missed or told twice. */
  list(status?: SubscriberStatus): AsyncIterable<Subscriber>
  /** Active subscribers who have not paused at `now`, by what they asked for, in any order. */
  audiences(now: Date): Promise<readonly Audience[]>
  /** The names of all fields that are known of somebody, sorted. */
  fieldNames(): Promise<readonly string[]>
  counts(): Promise<Readonly<Record<SubscriberStatus, number>>>
  /**
   * Deletes all that is held on an address, relays' replies too. What was not sent yet is skipped; the ledger
   * keeps a nameless row, so that counts stay true. A hash with a key of this store's is left, by which `add` and
   * `syncList` keep the address out.
   * @returns false when it is not known
   */
  erase(address: string, now: Date): Promise<boolean>
}
