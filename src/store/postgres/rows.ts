import type { Edition } from '../../model/edition.ts'
import type { SubscriberFields } from '../../model/subscriber.ts'
import type { TopicId } from '../../model/topic.ts'
import { rowReaders } from '../row-readers.ts'

/** As pg reads it: text, 32-bit and boolean columns as they are, timestamptz as a Date, bigint as text. */
export type Row = Readonly<Record<string, unknown>>

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
    ...(row.cancelled_at !== null && { cancelledAt: toDate(row.cancelled_at) }),
  }
}

/** NULL: nothing was chosen. */
export function toTopics({ topics }: Row): { readonly topics?: readonly TopicId[] } {
  return topics === null ? {} : { topics: (topics as readonly unknown[]).map(String) }
}

export function toDate(value: unknown): Date {
  if (value instanceof Date) return value
  throw new Error(`a column that should be a timestamptz holds ${typeof value}`)
}

export const {
  toSubscriber,
  toAddressed,
  toDelivery,
  toClaim,
  toFile,
  toLetterhead,
  toVariant,
  toDueJoin,
  toDueNotice,
  toFeedback,
  toOptionalDate,
} = rowReaders<Row>({ toDate, toFields, toTopics })

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
