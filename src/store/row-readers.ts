import type { DueNotice } from '../model/address-change.ts'
import type { Claim, Delivery, DeliveryState } from '../model/delivery.ts'
import type { EditionFile, RenderedEdition } from '../model/edition.ts'
import type { Feedback, FeedbackKind } from '../model/feedback.ts'
import type { DueJoin } from '../model/join.ts'
import type { Subscriber, SubscriberFields, SubscriberStatus } from '../model/subscriber.ts'
import type { TopicId } from '../model/topic.ts'
import type { Addressed, UsedLetterhead } from './ledger.ts'

type AnyRow = Readonly<Record<string, unknown>>

/** How a store reads the columns that SQL engines have no common type for. */
export interface Columns<Row extends AnyRow> {
  toDate(value: unknown): Date
  toFields(row: Row): SubscriberFields
  /** NULL: nothing was chosen */
  toTopics(row: Row): { readonly topics?: readonly TopicId[] }
}

/** What rows mean, the same in every store. The casts are sound: the columns' types and checks keep other words out. */
export function rowReaders<Row extends AnyRow>({ toDate, toFields, toTopics }: Columns<Row>) {
  const toSubscriber = (row: Row): Subscriber => {
    const fields = toFields(row)
    return {
      id: String(row.id),
      address: String(row.address),
      name: String(row.name),
      ...(Object.keys(fields).length === 0 ? {} : { fields }),
      ...(row.language === null ? {} : { language: String(row.language) }),
      ...toTopics(row),
      ...(row.paused_until === null ? {} : { pausedUntil: toDate(row.paused_until) }),
      status: row.status as SubscriberStatus,
      ...(typeof row.reason === 'string' && { reason: row.reason }),
      ...(isThere(row.left_at) && { leftAt: toDate(row.left_at) }),
      token: String(row.token),
      createdAt: toDate(row.created_at),
    }
  }
  const toDelivery = (row: Row, edition: string): Delivery => ({
    edition,
    // An erased subscriber's number tells nothing of them, and keeps the rows apart.
    subscriber: String(row.id ?? `erased-${row.number ?? row.subscriber}`),
    address: String(row.address ?? '(erased)'),
    state: row.state as DeliveryState,
    attempts: Number(row.attempts),
    reply: String(row.reply),
    ...(row.due_at === null ? {} : { dueAt: toDate(row.due_at) }),
    changedAt: toDate(row.changed_at),
  })
  const toOptionalDate = (value: unknown): Date | undefined =>
    isThere(value) ? toDate(value) : undefined
  return {
    toSubscriber,

    toDelivery,

    toClaim: (row: Row, edition: string, token: string): Claim => ({
      edition,
      subscriber: toSubscriber(row),
      token,
      attempts: Number(row.attempts),
      ...(row.tried_at === null ? {} : { triedAt: toDate(row.tried_at) }),
    }),

    toAddressed(row: Row, edition: string): Addressed {
      const sentAt = toOptionalDate(row.sent_at)
      return {
        delivery: toDelivery(row, edition),
        subscriber: toSubscriber(row),
        ...(sentAt && { sentAt }),
        // NULL: it was never sent, or nothing has ever changed
        isChanged: Boolean(row.is_changed),
      }
    },

    toLetterhead: (row: Row): UsedLetterhead => ({
      since: toDate(row.since),
      content: String(row.content),
    }),

    toFile: ({ path, contents }: Row): EditionFile => ({
      path: String(path),
      contents: String(contents),
    }),

    toVariant: (row: Row): RenderedEdition => ({
      language: String(row.language),
      ...toTopics(row),
      subject: String(row.subject),
      html: String(row.html),
      text: String(row.text),
    }),

    toDueJoin: (row: Row): DueJoin => ({
      id: String(row.id),
      address: String(row.address),
      name: String(row.name),
      language: String(row.language),
      ...toTopics(row),
      from: String(row.origin),
      text: String(row.text),
      askedAt: toDate(row.asked_at),
      attempts: Number(row.attempts),
    }),

    toDueNotice: (row: Row): DueNotice => ({
      id: String(row.id),
      kind: row.kind === 'told' ? 'told' : 'confirm',
      address: String(row.address),
      ...(row.language === null ? {} : { language: String(row.language) }),
      askedAt: toDate(row.asked_at),
      attempts: Number(row.attempts),
    }),

    toFeedback: (row: Row): Feedback => ({
      ...(row.edition_id === null ? {} : { edition: String(row.edition_id) }),
      subscriber: String(row.reader),
      kind: row.kind as FeedbackKind,
      status: String(row.status),
      diagnostic: String(row.diagnostic),
      source: String(row.source),
      isProven: Boolean(row.is_proven),
      at: toDate(row.at),
    }),

    toOptionalDate,
  }
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined
}
