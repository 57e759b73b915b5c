import type { ArticleId } from '../model/article.ts'
import type { Claim, Delivery, DeliveryState, Outcome } from '../model/delivery.ts'
import type { Edition, EditionId } from '../model/edition.ts'

export type DeliveryCounts = Readonly<Record<DeliveryState, number>>

/** Who gets which edition, and what became of it. All writes are durable when the promise resolves. */
export interface Ledger {
  /**
   * Records the edition and, in the same transaction, one pending delivery for each active subscriber.
   * @returns how many recipients it has
   */
  open(edition: Edition): Promise<number>
  /** The identities of the articles of all editions. */
  sentArticles(): Promise<ReadonlySet<ArticleId>>
  /** Newest first. */
  editions(): Promise<readonly Edition[]>
  edition(id: EditionId): Promise<Edition | undefined>
  /** The oldest edition with a delivery that is pending, claimed, submitting or deferred. */
  unfinished(): Promise<Edition | undefined>
  counts(edition: EditionId): Promise<DeliveryCounts>
  /** In the order of addresses; all states when none are named. */
  deliveries(edition: EditionId, states?: readonly DeliveryState[]): Promise<readonly Delivery[]>

  /**
   * Takes up to `most` deliveries that are pending, or deferred and due, until `leaseUntil`. Those whose
   * subscriber has left or is suppressed become `skipped` instead and are not returned.
   */
  claim(
    edition: EditionId,
    terms: { now: Date; leaseUntil: Date; most: number },
  ): Promise<readonly Claim[]>
  /**
   * Commits that a byte of the message may be accepted from now on.
   * @returns false when the claim is no longer ours, or the subscriber has left since (the delivery is `skipped`
   *   then): do not send
   */
  submitting(claim: Claim, now: Date): Promise<boolean>
  /**
   * Commits the outcome. `dueAt` is for a deferred one.
   * @returns false when the claim was no longer ours: nothing was written
   */
  record(claim: Claim, outcome: Outcome, terms: { now: Date; dueAt?: Date }): Promise<boolean>
  /** Gives claims back that were never submitted: they are pending again, or deferred if they were tried before. */
  release(claims: readonly Claim[], now: Date): Promise<void>
  /**
   * Ends leases that have run out: `claimed` becomes pending again, `submitting` becomes uncertain.
   * @returns how many of each
   */
  expire(edition: EditionId, now: Date): Promise<{ released: number; uncertain: number }>
  /**
   * Decides uncertain deliveries: they are pending again, or skipped.
   * @returns how many
   */
  resolve(edition: EditionId, decision: 'resend' | 'skip', now: Date): Promise<number>
  /** When the next deferred delivery is due. */
  nextDue(edition: EditionId): Promise<Date | undefined>
}
