import type { ArticleId } from '../model/article.ts'
import type { Claim, Delivery, DeliveryState, Outcome } from '../model/delivery.ts'
import type { Edition, EditionFile, EditionId, RenderedEdition } from '../model/edition.ts'
import type { Subscriber } from '../model/subscriber.ts'
import type { TopicId } from '../model/topic.ts'

export type DeliveryCounts = Readonly<Record<DeliveryState, number>>

/** How the deliveries to one recipient domain stand; those of erased subscribers are under `(erased)`. */
export interface DomainCounts {
  readonly domain: string
  readonly counts: DeliveryCounts
}

/** How many deliveries in one state have a reply of one kind. */
export interface ReplyCount {
  readonly state: DeliveryState
  /** see `replyKind` */
  readonly reply: string
  readonly count: number
}

/** One person's part in an edition. */
export interface Addressed {
  readonly delivery: Delivery
  /** as known today */
  readonly subscriber: Subscriber
  /** when the message was last handed to a relay, as far as that is known; absent where it never was */
  readonly sentAt?: Date
  /** whether the name, a field, the language or the topics have changed since the last attempt: the message said otherwise */
  readonly isChanged: boolean
}

/** What is kept with an edition when it is opened. */
export interface EditionContents {
  /** articles that this and all later editions leave out for good: the past of an old blog */
  readonly passedOver?: readonly ArticleId[]
  /** the edition in each of its languages, and for each choice of topics */
  readonly variants?: readonly RenderedEdition[]
  /** the topics of its articles: who chose topics and none of these gets no message; absent: it has something for everybody */
  readonly onlyFor?: readonly TopicId[]
  readonly files?: readonly EditionFile[]
}

/** What the messages of an edition have in common beside its text. */
export interface UsedLetterhead {
  readonly since: Date
  /** as the caller has written it */
  readonly content: string
}

export interface ClaimTerms {
  readonly now: Date
  readonly leaseUntil: Date
  readonly most: number
  readonly parked?: string
}

/** The reply of a delivery that the publisher has called off. */
export const calledOff = 'called off by the publisher'

/** A claim, and the name under which it is to wait: never empty. */
export interface Parked {
  readonly claim: Claim
  readonly under: string
}

export interface ParkedCount {
  readonly under: string
  readonly count: number
}

/**
 * Who gets which edition, and what became of it. All writes are durable when their promise resolves; writes
 * asked for at the same time may share one commit.
 *
 * @throws {Fault} 'unavailable' from every method when the store is out of reach, full or locked for too long:
 *   what the call was to write is not written
 */
export interface Ledger {
  /**
   * Records the edition and, in the same transaction, one pending delivery for each active subscriber who has not paused
   * and for whom there is something in it. With nobody to mail nothing is recorded: the articles wait for the first one.
   *
   * @returns how many recipients it has
   * @throws {Fault} 'conflict' when the identifier is taken, or an earlier edition carries one of the articles:
   *   another sender was quicker
   */
  open(edition: Edition, plan?: EditionContents): Promise<number>
  /** What stands in out/ for the edition: out/ is disposable, and its pages can be written again from here. */
  files(edition: EditionId): Promise<readonly EditionFile[]>
  /** What each edition carries, its `edition.json`: newest first, without those that have none. */
  contents(): Promise<readonly EditionFile[]>
  /**
   * The edition as it was rendered when it was opened, in the order given then: all its readers get the same one,
   * even when the articles or templates change before the last message has left.
   */
  variants(edition: EditionId): Promise<readonly RenderedEdition[]>
  /** Notes what the messages of an edition are made with from now on; nothing where it is what they were made with before. */
  useLetterhead(edition: EditionId, content: string, now: Date): Promise<void>
  /** The latest first. */
  letterheads(edition: EditionId): Promise<readonly UsedLetterhead[]>
  /** The identities of the articles of all editions, and of those passed over. */
  sentArticles(): Promise<ReadonlySet<ArticleId>>
  /** Newest first. */
  editions(): Promise<readonly Edition[]>
  /** The names of all editions, those that were taken back among them: none is given twice. */
  editionIds(): Promise<readonly EditionId[]>
  edition(id: EditionId): Promise<Edition | undefined>
  /** Those with a delivery that is pending, claimed, submitting or deferred, oldest first. */
  unfinished(): Promise<readonly Edition[]>
  /** Those with a delivery of unknown fate, oldest first. */
  uncertain(): Promise<readonly Edition[]>
  counts(edition: EditionId): Promise<DeliveryCounts>
  /** In the order of addresses, those of erased subscribers last; all states when none are named. */
  deliveries(edition: EditionId, states?: readonly DeliveryState[]): Promise<readonly Delivery[]>
  /**
   * Streams what `deliveries` lists, in the order in which the recipients joined the list: for editions of any size.
   * Each one is told once, as it stands when it is read.
   */
  eachDelivery(edition: EditionId, states?: readonly DeliveryState[]): AsyncIterable<Delivery>
  /** The recipient domains with the most deliveries, those first. */
  domains(edition: EditionId, most: number): Promise<readonly DomainCounts[]>
  /** The most frequent kinds of reply, those first; deliveries without a reply are in none. */
  replies(edition: EditionId, most: number): Promise<readonly ReplyCount[]>
  /** All deliveries to one address, those of the newest edition first. */
  history(address: string): Promise<readonly Delivery[]>
  /** @returns undefined when the edition has no delivery to this address, or none that is still known by it */
  addressed(edition: EditionId, address: string): Promise<Addressed | undefined>

  /**
   * Takes up to `most` deliveries until `leaseUntil`: those that are deferred and due, or pending and not parked; with
   * `parked`, those that wait under that name, and no others. Those whose subscriber has left, is suppressed or erased,
   * has paused, or chose other topics since, become `skipped` instead and are not returned.
   */
  claim(edition: EditionId, terms: ClaimTerms): Promise<readonly Claim[]>
  /**
   * Prolongs the leases of claims that are still ours, sent or not.
   * @returns how many were still ours
   */
  renew(claims: readonly Claim[], leaseUntil: Date): Promise<number>
  /**
   * Commits that a byte of the message may be accepted from now on.
   * @returns false when the claim is no longer ours or its lease has run out, or the subscriber has left or paused
   *   since (the delivery is `skipped` then): do not send
   */
  submitting(claim: Claim, now: Date): Promise<boolean>
  /**
   * Commits the outcome. `dueAt` is for a deferred one, and required there. A rejected one may also be recorded
   * before `submitting`, where no message can be made for this recipient; that is no attempt.
   * @returns false when the claim was no longer ours: nothing was written
   */
  record(claim: Claim, outcome: Outcome, terms: { now: Date; dueAt?: Date }): Promise<boolean>
  /** Gives claims back of which no relay has accepted a message: they are pending again. No attempt is counted. */
  release(claims: readonly Claim[], now: Date): Promise<void>
  /**
   * Lets claims wait under a name, that of their destination: they are pending again, and out of the way of the others
   * until somebody asks for that name. No attempt is counted. Those that are not ours any more, or begun, stay as they are.
   */
  park(claims: readonly Parked[], now: Date): Promise<void>
  /** The names under which deliveries of an edition wait, in any order; quick, however many these are. */
  parkedUnder(edition: EditionId): Promise<readonly string[]>
  /** How many wait under each name. */
  parked(edition: EditionId): Promise<readonly ParkedCount[]>
  /**
   * Ends leases that have run out: `claimed` becomes pending again, `submitting` becomes uncertain.
   * @returns how many are uncertain now that were not
   */
  expire(edition: EditionId, now: Date): Promise<number>
  /**
   * Decides uncertain deliveries: they are pending again, or skipped.
   *
   * @param addresses those of these readers alone, however they are spelled; absent: all
   * @returns how many
   */
  resolve(
    edition: EditionId,
    decision: 'resend' | 'skip',
    now: Date,
    addresses?: readonly string[],
  ): Promise<number>
  /**
   * Calls an edition off for good: what is not on its way is skipped. What is on its way comes to its end, and is skipped when
   * it is deferred or given back, as soon as somebody would claim it.
   * @returns how many were skipped
   */
  cancel(edition: EditionId, now: Date): Promise<number>
  /**
   * Forgets an edition whose deliveries have all been skipped or rejected without a single attempt, and of which nothing
   * has come back: nobody can have got it, and its articles were never sent. Only its name stays taken.
   * @returns whether it is not there any more
   */
  takeBack(edition: EditionId, now: Date): Promise<boolean>
  /** When the next deferred delivery is due. */
  nextDue(edition: EditionId): Promise<Date | undefined>
  /** When the first lease on this edition runs out, whoever holds it; undefined when nobody holds one. */
  heldUntil(edition: EditionId): Promise<Date | undefined>
}
