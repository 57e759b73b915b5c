import { type DeliveryState, deliveryStates } from '../model/delivery.ts'
import type { Edition } from '../model/edition.ts'
import { Fault } from '../model/fault.ts'
import type { DeliveryCounts } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import type { Command, Paint, Report } from './command.ts'
import { openStore } from './open-store.ts'
import { count, table } from './terminal.ts'

export const command: Command = {
  usage: 'tidings status [EDITION]',
  help: `Editions and their deliveries by state, the newest first, and how many subscribers there are.
With an EDITION: also each delivery that is not settled, with the relay's last reply.`,
  words: 1,
  options: {},
  async run({ loadConfig, paint }, { positionals }) {
    const store = await openStore(await loadConfig())
    try {
      const [id] = positionals
      return id === undefined ? await all(store) : await one(store, id, paint)
    } finally {
      await store.close()
    }
  },
}

async function all({ ledger, subscribers }: Store): Promise<Report> {
  const editions = await Promise.all(
    (await ledger.editions()).map(async (edition) => ({
      edition,
      counts: await ledger.counts(edition.id),
    })),
  )
  const people = await subscribers.counts()
  const rows = editions.map(({ edition, counts }) => [edition.id, summary(counts), edition.subject])
  const text = [
    rows.length > 0 ? table([['EDITION', 'DELIVERIES', 'SUBJECT'], ...rows]) : 'No edition yet.',
    '',
    `${count(people.active, 'active subscriber')}, ${people.unsubscribed} unsubscribed, ${people.suppressed} suppressed`,
  ].join('\n')
  return { text, json: { editions: editions.map(toJson), subscribers: people } }
}

const unsettled: readonly DeliveryState[] = ['uncertain', 'deferred', 'rejected', 'submitting']

async function one({ ledger, subscribers }: Store, id: string, paint: Paint): Promise<Report> {
  const edition = await ledger.edition(id)
  if (!edition) throw new Fault('usage', `${id}: no such edition; 'tidings status' lists them`)
  const counts = await ledger.counts(id)
  const open = await ledger.deliveries(id, unsettled)
  const lines = open.map(({ address, state, reply }) => [`  ${state}`, address, reply])
  const hint = `'tidings resolve ${id} --resend' sends those again, '--skip' lets them be.`
  const text = [
    paint.bold(edition.subject),
    `${edition.id}, planned ${edition.createdAt.toISOString()}, ${count(edition.articles.length, 'article')}`,
    summary(counts),
    ...(lines.length > 0 ? ['', table(lines)] : []),
    ...(counts.uncertain > 0
      ? ['', `${count(counts.uncertain, 'delivery', 'deliveries')} of unknown fate. ${hint}`]
      : []),
  ].join('\n')
  const deliveries = open.map(({ address, state, reply, attempts, dueAt }) => ({
    address,
    state,
    reply,
    attempts,
    dueAt,
  }))
  const json = {
    editions: [{ ...toJson({ edition, counts }), deliveries }],
    subscribers: await subscribers.counts(),
  }
  return { text, json }
}

function toJson({ edition, counts }: { edition: Edition; counts: DeliveryCounts }) {
  const { id, subject, createdAt, articles } = edition
  return { id, subject, createdAt, articles, recipients: recipients(counts), ...counts }
}

/** How many deliveries an edition has in all. */
export function recipients(counts: DeliveryCounts): number {
  return deliveryStates.reduce((sum, state) => sum + counts[state], 0)
}

/** `118 of 120 submitted, 2 deferred` */
export function summary(counts: DeliveryCounts): string {
  const others = deliveryStates.filter((state) => state !== 'submitted' && counts[state] > 0)
  return [
    `${counts.submitted} of ${recipients(counts)} submitted`,
    ...others.map((state) => `${counts[state]} ${state}`),
  ].join(', ')
}
