import type { EditionId } from '../model/edition.ts'
import type { Feedback, FeedbackEffect, FeedbackKind } from '../model/feedback.ts'
import type { Subscriber, SubscriberId } from '../model/subscriber.ts'

export interface NewFeedback extends Feedback {
  /** the same for the same report: it is taken in once */
  readonly key: string
}

/** On how many readers there is proven feedback of each kind. */
export type FeedbackCounts = Readonly<Record<FeedbackKind, number>>

/** How often a reason was given. */
export interface ReasonCount {
  /** see `replyKind` */
  readonly reason: string
  readonly count: number
}

/** What came back: bounces, complaints, and the rest of it. */
export interface FeedbackLog {
  /**
   * Takes one report in and does what follows from it, all in one transaction. What is proven suppresses (`hard`, and the
   * third `soft` of editions in a row) or unsubscribes (`complaint`, `unsubscribe`); everything else is only kept. Of
   * nobody known nothing is kept.
   *
   * @returns what followed; `known` where the key was there before: nothing is changed then
   */
  record(feedback: NewFeedback, now: Date): Promise<FeedbackEffect>
  /** All that is kept on one address, the newest first. */
  of(address: string): Promise<readonly Feedback[]>
  counts(edition: EditionId): Promise<FeedbackCounts>
  /** The most frequent reasons of one kind, those first. */
  reasons(edition: EditionId, kind: FeedbackKind, most: number): Promise<readonly ReasonCount[]>
  /** How many reports are kept that nothing proves. */
  unproven(): Promise<number>
  /** Whom a return path names. */
  reader(id: SubscriberId): Promise<Subscriber | undefined>
  /** Whether a token that is good for once has been used. */
  isSpent(token: string): Promise<boolean>
  /** Remembers that it has been, at least until then. */
  spend(token: string, terms: { now: Date; until: Date }): Promise<void>
}
