import type { EditionId } from './edition.ts'
import type { SubscriberId } from './subscriber.ts'

/**
 * What came back of one delivery:
 *
 * - `hard`: there is no such mailbox, and never will be again
 * - `soft`: not now: it is full, or out of reach
 * - `policy`: refused for what we are or sent (spam, reputation, size): our fault, not the reader's
 * - `complaint`: the reader called it spam (RFC 5965)
 * - `unsubscribe`: the reader asks to leave, by mail or through the mail provider
 * - `delayed`: still being tried (RFC 3464)
 * - `delivered`: reported to have arrived
 */
export type FeedbackKind =
  | 'hard'
  | 'soft'
  | 'policy'
  | 'complaint'
  | 'unsubscribe'
  | 'delayed'
  | 'delivered'

export const feedbackKinds: readonly FeedbackKind[] = [
  'hard',
  'soft',
  'policy',
  'complaint',
  'unsubscribe',
  'delayed',
  'delivered',
]

/** One report on one reader. */
export interface Feedback {
  /** absent: of no edition that is known */
  readonly edition?: EditionId
  readonly subscriber: SubscriberId
  readonly kind: FeedbackKind
  /** `5.1.1` (RFC 3463), or empty */
  readonly status: string
  /** what the other side said, on one line of at most 500 characters; or empty */
  readonly diagnostic: string
  /** who told us: `mail`, `sending`, or a provider: `ses`, `postmark`, `mailgun`, `sendgrid` */
  readonly source: string
  /** whether only the reader's own message, or a provider's signature, can have led to it: what is not proven has no effect */
  readonly isProven: boolean
  readonly at: Date
}

/** What followed from a report; `known`: nothing, it was told before. */
export type FeedbackEffect = 'none' | 'suppressed' | 'unsubscribed' | 'known'

/** What a subscriber's `reason` says who is off the list because of it; null: that they asked says the status. */
export function feedbackReason(kind: FeedbackKind): string | null {
  if (kind === 'unsubscribe') return null
  return kind === 'complaint' ? 'complained' : 'bounced'
}

/** Whoever bounces softly in so many editions in a row is suppressed. */
export const softLimit = 3

/**
 * How many editions in a row bounced softly, the given one among them.
 *
 * @param editions those that went out to the reader, in the order in which they were planned
 */
export function softRun(
  editions: readonly EditionId[],
  soft: ReadonlySet<EditionId>,
  edition: EditionId,
): number {
  const at = editions.indexOf(edition)
  if (at < 0 || !soft.has(edition)) return 0
  let first = at
  let last = at
  while (first > 0 && soft.has(editions[first - 1] ?? '')) first -= 1
  while (soft.has(editions[last + 1] ?? '')) last += 1
  return last - first + 1
}
