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

export interface Subscriber {
  readonly id: SubscriberId
  /** as it was given, with the domain in lower case; compared by `addressKey` */
  readonly address: string
  /** plain text, or empty */
  readonly name: string
  /** whatever else the publisher knows, for templates: plain text by name */
  readonly fields?: Readonly<Record<string, string>>
  /** BCP 47; absent: the publication's */
  readonly language?: string
  readonly status: SubscriberStatus
  /** 128 random bits in base64url: proves to the unsubscribe page who is asking */
  readonly token: string
  readonly createdAt: Date
}

/** What is known of somebody who joins. */
export interface NewSubscriber {
  readonly address: string
  readonly name: string
  readonly language?: string
  /** default `active` */
  readonly status?: SubscriberStatus
}
