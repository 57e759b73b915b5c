import type { EditionId } from './edition.ts'
import type { Subscriber, SubscriberId } from './subscriber.ts'

/** One row per (edition, subscriber): see "Delivery" in the architecture for what each state promises. */
export type DeliveryState =
  | 'pending'
  | 'claimed'
  | 'submitting'
  | 'submitted'
  | 'deferred'
  | 'rejected'
  | 'uncertain'
  | 'skipped'

export const deliveryStates: readonly DeliveryState[] = [
  'pending',
  'claimed',
  'submitting',
  'submitted',
  'deferred',
  'rejected',
  'uncertain',
  'skipped',
]

export interface Delivery {
  readonly edition: EditionId
  readonly subscriber: SubscriberId
  readonly address: string
  readonly state: DeliveryState
  /** how often it was handed to a relay */
  readonly attempts: number
  /** the relay's last reply, or why its fate is unknown; empty before the first attempt */
  readonly reply: string
  /** when a deferred one is due again */
  readonly dueAt?: Date
  readonly changedAt: Date
}

/** Time-bounded ownership of a delivery. Every write is fenced by `token`. */
export interface Claim {
  readonly edition: EditionId
  readonly subscriber: Subscriber
  /** opaque; of this claim alone */
  readonly token: string
  /** attempts made before this one */
  readonly attempts: number
  /** the first attempt; absent when there was none */
  readonly triedAt?: Date
}

/** The relay wants a rest, or went away in mid-run, and has heard nothing of the message: it is nobody's attempt. */
export interface Refusal {
  readonly kind: 'busy'
  readonly reply: string
}

/** What became of one message handed to the relay. */
export type Outcome =
  | { readonly kind: 'submitted'; readonly reply: string } // 2yz to the final dot: the relay's duty now (RFC 5321 §6.1)
  | { readonly kind: 'deferred'; readonly reply: string } // 4yz, or the link was lost before the dot: try again
  | { readonly kind: 'rejected'; readonly reply: string } // 5yz for this recipient: never try again
  | { readonly kind: 'uncertain'; readonly reason: string } // the link was lost between the dot and its reply (RFC 1047)
