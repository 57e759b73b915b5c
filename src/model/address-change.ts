import type { SubscriberId } from './subscriber.ts'

/** A reader wants to be mailed elsewhere. Whether the new address is theirs, nobody knows yet. */
export interface AddressChange {
  /** 128 random bits in base64url: what the link of the confirmation names */
  readonly id: string
  readonly subscriber: SubscriberId
  /** the new one, bare, see `parseAddress` */
  readonly address: string
  readonly askedAt: Date
}

/**
 * A message that is due.
 *
 * - `confirm`: to the new address, with a link
 * - `told`: to the old one, when it has happened
 */
export interface DueNotice {
  readonly id: string
  readonly kind: 'confirm' | 'told'
  /** where it goes */
  readonly address: string
  /** BCP 47, the reader's; absent: the publication's */
  readonly language?: string
  readonly askedAt: Date
  /** how often it was begun */
  readonly attempts: number
}
