import type { TopicId } from './topic.ts'

/** At most so many in so many milliseconds. */
export interface Limit {
  readonly within: number
  readonly most: number
}

/** Somebody asks to join. Whether the address is theirs, nobody knows yet. */
export interface JoinRequest {
  /** 128 random bits in base64url: what the link of the confirmation names */
  readonly id: string
  /** bare, see `parseAddress` */
  readonly address: string
  /** plain text on one line, or empty */
  readonly name: string
  /** BCP 47: that of the form */
  readonly language: string
  /** what they chose; absent: there was nothing to choose */
  readonly topics?: readonly TopicId[]
  /** where the form stood: an origin, a name that the publisher gave it, or both; empty: on the page of our own */
  readonly from: string
  /** the hash of what the form said, see `ConsentText` */
  readonly text: string
  readonly askedAt: Date
}

/** One for which a message is due. */
export interface DueJoin extends JoinRequest {
  /** how often a message was begun for it */
  readonly attempts: number
}

/** What a form said, word for word, when somebody agreed to it. */
export interface ConsentText {
  /** SHA-256 of language and text, in hexadecimal */
  readonly hash: string
  readonly language: string
  readonly text: string
}

/** What proves that somebody wanted our mail. */
export interface Consent {
  readonly askedAt: Date
  readonly confirmedAt: Date
  /** see `JoinRequest` */
  readonly from: string
  readonly language: string
  /** what the form said */
  readonly text: string
}
