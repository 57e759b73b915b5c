import type { Config } from '../config.ts'
import type { Delivery, DeliveryState } from '../model/delivery.ts'
import type { Edition } from '../model/edition.ts'
import { Fault } from '../model/fault.ts'
import type { FeedbackCounts, ReasonCount } from '../store/feedback.ts'
import type { DeliveryCounts, DomainCounts, Ledger, ReplyCount } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import { csvLine } from '../subscribers/csv.ts'
import type { Context, Report } from './command.ts'
import { recipients, summary } from './delivery-counts.ts'
import { feedbackSummary, refusalLines } from './feedback-lines.ts'
import { count, table } from './terminal.ts'
import { sparedNow, waitsOf } from './waits.ts'

const unsettled: readonly DeliveryState[] = ['uncertain', 'deferred', 'rejected', 'submitting']

/** How many domains, and how many kinds of reply, are told. */
const mostGroups = 20
const mostReasons = 5
/** How many unsettled deliveries people are shown, besides those of unknown fate. */
const mostLines = 100
/** How much is written at once, in characters. */
const mostText = 65_536

/** @throws {Fault} 'usage' when there is none */
export async function demandEdition(ledger: Ledger, id: string): Promise<Edition> {
  const edition = await ledger.edition(id)
  if (edition) return edition
  throw new Fault('usage', `${id}: no such edition; 'tidings status' lists them`)
}

/** How one edition stands: by state, by recipient domain, by reply, and each delivery that is not settled. */
export async function editionStatus(
  store: Store,
  id: string,
  { json, paint, write, clock }: Pick<Context, 'json' | 'paint' | 'write' | 'clock'>,
  config: Config,
): Promise<Report> {
  const { ledger, feedback } = store
  const edition = await demandEdition(ledger, id)
  const counts = await ledger.counts(id)
  const domains = await ledger.domains(id, mostGroups)
  const replies = await ledger.replies(id, mostGroups)
  const returned = await feedback.counts(id)
  const refusals = await feedback.reasons(id, 'policy', mostReasons)
  const waits = await waitsOf(edition, counts, store, config, clock())
  const { spared, lines } = await sparedNow(store, clock())
  const findings = { edition, counts, domains, replies, returned, refusals, waits, spared }
  if (json) return writeJson(store, findings, write)
  const cameBack = feedbackSummary(returned)
  const text = [
    paint.bold(edition.subject),
    `${edition.id}, planned ${edition.createdAt.toISOString()}, ${count(edition.articles.length, 'article')}`,
    summary(counts),
    ...(edition.cancelledAt ? [`called off ${edition.cancelledAt.toISOString()}`] : []),
    ...(cameBack === '' ? [] : [`came back: ${cameBack}`]),
    ...waits.lines,
    ...lines,
    ...refusalLines(refusals),
    ...domainLines(domains, recipients(counts)),
    ...replyLines(replies),
    ...(await unsettledLines(ledger, id, counts)),
  ].join('\n')
  return { text, json: undefined }
}

function domainLines(domains: readonly DomainCounts[], all: number): string[] {
  if (domains.length === 0) return []
  const told = domains.reduce((sum, { counts }) => sum + recipients(counts), 0)
  const rows = domains.map(({ domain, counts }) => [domain, summary(counts)])
  if (told < all) rows.push(['elsewhere', count(all - told, 'recipient')])
  return ['', table([['DOMAIN', 'DELIVERIES'], ...rows])]
}

function replyLines(replies: readonly ReplyCount[]): string[] {
  if (replies.length === 0) return []
  const rows = replies.map(({ state, reply, count: n }) => [String(n), state, reply])
  return ['', table([['TIMES', 'STATE', 'REPLY'], ...rows])]
}

async function unsettledLines(
  ledger: Ledger,
  id: string,
  counts: DeliveryCounts,
): Promise<string[]> {
  const open = [...(await ledger.deliveries(id, ['uncertain']))]
  const most = open.length + mostLines
  const others = unsettled.filter((state) => state !== 'uncertain' && counts[state] > 0)
  if (others.length > 0) {
    for await (const delivery of ledger.eachDelivery(id, others)) {
      if (open.push(delivery) === most) break
    }
  }
  if (open.length === 0) return []
  const lines = open.map(({ address, state, reply }) => [`  ${state}`, address, reply])
  const more = unsettled.reduce((sum, state) => sum + counts[state], 0) - open.length
  const hint = `'tidings resolve ${id} --resend' sends those again, '--skip' lets them be.`
  return [
    '',
    table(lines),
    ...(more > 0 ? [`  and ${more} more: 'tidings status ${id} --csv' names all`] : []),
    ...(counts.uncertain > 0
      ? ['', `${count(counts.uncertain, 'delivery', 'deliveries')} of unknown fate. ${hint}`]
      : []),
  ]
}

interface Findings {
  readonly edition: Edition
  readonly counts: DeliveryCounts
  readonly domains: readonly DomainCounts[]
  readonly replies: readonly ReplyCount[]
  readonly returned: FeedbackCounts
  readonly refusals: readonly ReasonCount[]
  readonly waits: { readonly json: object }
  readonly spared: readonly object[]
}

/** The one object of `--json`, piece by piece: there may be a million deliveries in it. */
async function writeJson(
  { ledger, subscribers }: Store,
  { edition, counts, domains, replies, returned, refusals, waits, spared }: Findings,
  write: Context['write'],
): Promise<Report> {
  const head = JSON.stringify({
    ...editionJson(edition, counts),
    ...waits.json,
    domains: domains.map((one) => ({
      domain: one.domain,
      recipients: recipients(one.counts),
      ...one.counts,
    })),
    replies,
    feedback: returned,
    refusals,
  })
  const people = JSON.stringify(await subscribers.counts())
  await write(`{"editions":[${head.slice(0, -1)},"deliveries":[`)
  let comma = ''
  await writeLines(ledger.eachDelivery(edition.id, unsettled), write, (delivery) => {
    const { address, state, reply, attempts, dueAt } = delivery
    const piece = comma + JSON.stringify({ address, state, reply, attempts, dueAt })
    comma = ','
    return piece
  })
  await write(`]}],"subscribers":${people},"spared":${JSON.stringify(spared)}}\n`)
  return { text: '', json: undefined }
}

export function editionJson(
  { id, subject, createdAt, articles, cancelledAt }: Edition,
  counts: DeliveryCounts,
) {
  return {
    id,
    subject,
    createdAt,
    articles,
    ...(cancelledAt && { cancelledAt }),
    recipients: recipients(counts),
    ...counts,
  }
}

/** All deliveries of an edition as CSV (RFC 4180). */
export async function writeDeliveriesCsv(
  { ledger }: Store,
  id: string,
  write: Context['write'],
): Promise<Report> {
  await demandEdition(ledger, id)
  await write(csvLine(['address', 'state', 'attempts', 'reply', 'changed']))
  await writeLines(ledger.eachDelivery(id), write, (delivery) => {
    const { address, state, attempts, reply, changedAt } = delivery
    return csvLine([address, state, String(attempts), reply, changedAt.toISOString()])
  })
  return { text: '', json: undefined }
}

async function writeLines(
  deliveries: AsyncIterable<Delivery>,
  write: Context['write'],
  line: (delivery: Delivery) => string,
): Promise<void> {
  let text = ''
  for await (const delivery of deliveries) {
    text += line(delivery)
    if (text.length < mostText) continue
    await write(text)
    text = ''
  }
  await write(text)
}
