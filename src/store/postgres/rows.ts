import type { Claim, Delivery, DeliveryState } from '../../model/delivery.ts'
import type { Edition, EditionFile, RenderedEdition } from '../../model/edition.ts'
import type { Subscriber, SubscriberFields, SubscriberStatus } from '../../model/subscriber.ts'
import type { TopicId } from '../../model/topic.ts'

/** As pg reads it: text, 32-bit and boolean columns as they are, timestamptz as a Date, bigint as text. */
export type Row = Readonly<Record<string, unknown>>

// The casts are sound: the columns' types keep other words out.

export function toSubscriber(row: Row): Subscriber {
  return {
    id: String(row.id),
    address: String(row.address),
    name: String(row.name),
    ...(Object.keys(toFields(row)).length === 0 ? {} : { fields: toFields(row) }),
    ...(row.language === null ? {} : { language: String(row.language) }),
    ...toTopics(row),
    ...(row.paused_until === null ? {} : { pausedUntil: toDate(row.paused_until) }),
    status: row.status as SubscriberStatus,
    ...(typeof row.reason === 'string' && { reason: row.reason }),
    ...(row.left_at instanceof Date && { leftAt: row.left_at }),
    token: String(row.token),
    createdAt: toDate(row.created_at),
  }
}

/** What pg makes of jsonb; we write nothing but texts into it. */
export function toFields(row: Row): SubscriberFields {
  return row.fields as SubscriberFields
}

export function toEdition(row: Row): Edition {
  return {
    id: String(row.id),
    subject: String(row.subject),
    createdAt: toDate(row.created_at),
    articles: (row.articles as readonly unknown[]).map(String),
  }
}

export function toDelivery(row: Row, edition: string): Delivery {
  return {
    edition,
    // An erased subscriber's number tells nothing of them, and keeps the rows apart.
    subscriber: String(row.id ?? `erased-${row.subscriber}`),
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

export function toFile({ path, contents }: Row): EditionFile {
  return { path: String(path), contents: String(contents) }
}

/** NULL: nothing was chosen. */
export function toTopics({ topics }: Row): { readonly topics?: readonly TopicId[] } {
  return topics === null ? {} : { topics: (topics as readonly unknown[]).map(String) }
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

export function toOptionalDate(value: unknown): Date | undefined {
  return value === null || value === undefined ? undefined : toDate(value)
}

export function toDate(value: unknown): Date {
  if (value instanceof Date) return value
  throw new Error(`a column that should be a timestamptz holds ${typeof value}`)
}

/**
 * Rows as one parameter, for jsonb_to_recordset: however many, it is one statement. PostgreSQL's text cannot hold NUL,
 * nor half a surrogate pair.
 */
export function asJson(rows: readonly object[]): string {
  return JSON.stringify(rows, (_, value: unknown) =>
    typeof value === 'string' ? asText(value) : value,
  )
}

/** Any string, as PostgreSQL can keep it. */
export function asText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}
