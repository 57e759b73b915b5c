import { Fault } from '../model/fault.ts'
import type { Subscriber } from '../model/subscriber.ts'
import type { Store } from '../store/store.ts'
import type { Report } from './command.ts'
import { feedbackJson, feedbackTable } from './feedback-lines.ts'
import { table } from './terminal.ts'

/**
 * @throws {Fault} 'usage' when the address is not known: never was, or was erased
 */
export async function demandReader({ subscribers }: Store, address: string): Promise<Subscriber> {
  const reader = await subscribers.find(address)
  if (reader) return reader
  throw new Fault(
    'usage',
    `${address}: not on the list; 'tidings subscribers list' shows it, and of those who were erased nothing is kept`,
  )
}

/** What one reader got, over all editions. */
export async function recipientStatus(store: Store, asked: string): Promise<Report> {
  const { address, name, status, createdAt } = await demandReader(store, asked)
  const history = await store.ledger.history(address)
  const feedback = await store.feedback.of(address)
  const rows = history.map(({ edition, state, attempts, changedAt, reply }) => [
    edition,
    state,
    String(attempts),
    changedAt.toISOString(),
    reply,
  ])
  const titles = ['EDITION', 'STATE', 'ATTEMPTS', 'CHANGED', 'REPLY']
  const text = [
    [address, name, status, `on the list since ${createdAt.toISOString()}`]
      .filter((part) => part !== '')
      .join(', '),
    '',
    rows.length > 0 ? table([titles, ...rows]) : 'No edition was addressed to this reader.',
    ...feedbackTable(feedback),
  ].join('\n')
  const deliveries = history.map(({ edition, state, attempts, reply, dueAt, changedAt }) => ({
    edition,
    state,
    attempts,
    reply,
    dueAt,
    changedAt,
  }))
  return {
    text,
    json: {
      recipient: { address, name, status, createdAt },
      deliveries,
      feedback: feedbackJson(feedback),
    },
  }
}
