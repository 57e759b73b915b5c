import type { TopicId } from './topic.ts'

/** Opaque and permanent; never the address, which may change. */
export type SubscriberId = string

/**
 * - `active`: gets every edition
 * - `unsubscribed`: has left; may come back by their own will
 * - `suppressed`: never mail this address again
 * - `unlisted`: came from the list kept beside the content and no longer stands there; comes back with it
 */
export type SubscriberStatus = 'active' | 'unsubscribed' | 'suppressed' | 'unlisted'

export const subscriberStatuses: readonly SubscriberStatus[] = [
  'active',
  'unsubscribed',
  'suppressed',
  'unlisted',
]

/** Plain text on one line by name, see `slotName`; none is empty. */
export type SubscriberFields = Readonly<Record<string, string>>

export interface Subscriber {
  readonly id: SubscriberId
  /** as it was given, with the domain in lower case; compared by `addressKey` */
  readonly address: string
  /** plain text, or empty */
  readonly name: string
  /** whatever else the publisher knows, for templates */
  readonly fields?: SubscriberFields
  /** BCP 47; absent: the publication's */
  readonly language?: string
  /** sorted, see `sortTopics`; absent: everything, empty: only what belongs to no topic */
  readonly topics?: readonly TopicId[]
  /** gets nothing before this instant */
  readonly pausedUntil?: Date
  readonly status: SubscriberStatus
  /** why it is not `active`, in a word or a line of plain text: `bounced`, `complained`, what another program called it */
  readonly reason?: string
  /** when it ceased to be `active`; absent while it is, and where nobody knows */
  readonly leftAt?: Date
  /** 128 random bits in base64url: proves to the unsubscribe page who is asking */
  readonly token: string
  /** when they joined: here, or the list that they were brought from */
  readonly createdAt: Date
}

/** What a reader decides; what is absent is undone: the publication's language, everything, and no pause. */
export type Choice = Pick<Subscriber, 'name' | 'language' | 'topics' | 'pausedUntil'>

/** What is known of somebody who joins. */
export interface NewSubscriber {
  readonly address: string
  readonly name: string
  /** an empty one says nothing */
  readonly fields?: SubscriberFields
  readonly language?: string
  /** absent: says nothing, which is everything for one who is new */
  readonly topics?: readonly TopicId[]
  /** default `active` */
  readonly status?: SubscriberStatus
  /** why they must not be mailed; says something of those who are not active only */
  readonly reason?: string
  /** when they joined another list that they are brought from; not after now */
  readonly joinedAt?: Date
  /** when they left it */
  readonly leftAt?: Date
}

/** What is known of somebody after this was told: an empty field erases nothing. */
export function learnFields(
  known: SubscriberFields,
  told: SubscriberFields = {},
): SubscriberFields {
  const news = Object.entries(told).filter(([name, text]) => text !== '' && known[name] !== text)
  return news.length === 0 ? known : { ...known, ...Object.fromEntries(news) }
}
