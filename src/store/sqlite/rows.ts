import type { SQLOutputValue } from 'node:sqlite'
import type { Claim, Delivery, DeliveryState } from '../../model/delivery.ts'
import type { Edition, EditionFile, RenderedEdition } from '../../model/edition.ts'
import type { Subscriber, SubscriberStatus } from '../../model/subscriber.ts'
import type { TopicId } from '../../model/topic.ts'

export type Row = Record<string, SQLOutputValue>

// The casts are sound: CHECK constraints keep other words out of the columns.

export function toSubscriber(row: Row): Subscriber {
  return {
    id: String(row.id),
    address: String(row.address),
    name: String(row.name),
    ...(row.fields === '{}' ? {} : { fields: JSON.parse(String(row.fields)) }),
    ...(row.language === null ? {} : { language: String(row.language) }),
    ...toTopics(row),
    ...(row.paused_until === null ? {} : { pausedUntil: toDate(row.paused_until) }),
    status: row.status as SubscriberStatus,
    ...(typeof row.reason === 'string' && { reason: row.reason }),
    ...(typeof row.left_at === 'number' && { leftAt: toDate(row.left_at) }),
    token: String(row.token),
    createdAt: toDate(row.created_at),
  }
}

export function toEdition(row: Row, articles: readonly string[]): Edition {
  return {
    id: String(row.id),
    subject: String(row.subject),
    createdAt: toDate(row.created_at),
    articles,
  }
}

export function toDelivery(row: Row, edition: string): Delivery {
  return {
    edition,
    // An erased subscriber's number tells nothing of them, and keeps the rows apart.
    subscriber: String(row.id ?? `erased-${row.number}`),
    address: String(row.address ?? '(erased)'),
    state: row.state as DeliveryState,
    attempts: Number(row.attempts),
    reply: String(row.reply),
    ...(row.due_at === null ? {} : { dueAt: toDate(row.due_at) }),
    changedAt: toDate(row.changed_at),
  }
}

export function toClaim(row: Row, edition: string, token: string): Claim {
  return {
    edition,
    subscriber: toSubscriber(row),
    token,
    attempts: Number(row.attempts),
    ...(row.tried_at === null ? {} : { triedAt: toDate(row.tried_at) }),
  }
}

export function toDate(value: SQLOutputValue | undefined): Date {
  return new Date(Number(value))
}

export function toOptionalDate(value: SQLOutputValue | undefined): Date | undefined {
  return value === null || value === undefined ? undefined : toDate(value)
}

export function toFile({ path, contents }: Row): EditionFile {
  return { path: String(path), contents: String(contents) }
}

/** NULL: nothing was chosen. */
export function toTopics({ topics }: Row): { readonly topics?: readonly TopicId[] } {
  return topics === null ? {} : { topics: JSON.parse(String(topics)) }
}

export function toVariant(row: Row): RenderedEdition {
  const { language, subject, html, text } = row
  return {
    language: String(language),
    ...toTopics(row),
    subject: String(subject),
    html: String(html),
    text: String(text),
  }
}
