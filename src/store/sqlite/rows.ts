import type { SQLOutputValue } from 'node:sqlite'
import type { Edition } from '../../model/edition.ts'
import type { SubscriberFields } from '../../model/subscriber.ts'
import type { TopicId } from '../../model/topic.ts'
import { rowReaders } from '../row-readers.ts'

export type Row = Record<string, SQLOutputValue>

const noFields: SubscriberFields = {}

function toFields({ fields }: Row): SubscriberFields {
  return fields === '{}' ? noFields : JSON.parse(String(fields))
}

export function toEdition(row: Row, articles: readonly string[]): Edition {
  return {
    id: String(row.id),
    subject: String(row.subject),
    createdAt: toDate(row.created_at),
    articles,
    ...(row.cancelled_at !== null && { cancelledAt: toDate(row.cancelled_at) }),
  }
}

export function toDate(value: unknown): Date {
  return new Date(Number(value))
}

/** NULL: nothing was chosen. */
export function toTopics({ topics }: Row): { readonly topics?: readonly TopicId[] } {
  return topics === null ? {} : { topics: JSON.parse(String(topics)) }
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
