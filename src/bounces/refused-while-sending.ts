import { hash } from 'node:crypto'
import type { EditionId } from '../model/edition.ts'
import type { Feedback } from '../model/feedback.ts'
import type { Subscriber } from '../model/subscriber.ts'

const enhanced = /^\d{3} ([245]\.\d{1,3}\.\d{1,3})\b/

/** What a relay's refusal tells, to be kept beside what comes back later; once a delivery. */
export function refusedWhileSending(
  edition: EditionId,
  { id }: Pick<Subscriber, 'id'>,
  kind: 'hard' | 'soft',
  reply: string,
  at: Date,
): Feedback & { readonly key: string } {
  return {
    ...{ edition, subscriber: id, kind, diagnostic: reply, at },
    key: hash('sha256', JSON.stringify(['sending', edition, id, kind])),
    status: enhanced.exec(reply)?.[1] ?? '',
    source: 'sending',
    isProven: true,
  }
}
