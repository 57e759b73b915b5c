import type { DeliveryTally } from '../delivery/deliver.ts'
import type { Edition } from '../model/edition.ts'
import type { DeliveryCounts } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import type { Context, Report } from './command.ts'
import { recipients, summary } from './status.ts'
import { count } from './terminal.ts'

/** The object of `--json`. */
export interface SendJson {
  readonly edition: string | null
  readonly articles: readonly string[]
  readonly recipients: number
  readonly submitted: number
  readonly deferred: number
  readonly rejected: number
  readonly uncertain: number
  readonly skipped: number
}

const nothing: SendJson = {
  edition: null,
  articles: [],
  recipients: 0,
  submitted: 0,
  deferred: 0,
  rejected: 0,
  uncertain: 0,
  skipped: 0,
}

/** No edition this time, and why. */
export async function nothingReport({ ledger, subscribers }: Store): Promise<Report> {
  const { active } = await subscribers.counts()
  const [last] = await ledger.editions()
  const why =
    active === 0
      ? "nobody to send to: no active subscriber; 'tidings subscribers add' or 'import'"
      : 'no article that has not been sent'
  const before = last ? `; the last edition was ${last.id}, “${last.subject}”` : ''
  return { text: `Nothing to send: ${why}${before}.`, json: nothing }
}

/** How the edition stands after a run. */
export async function sentReport(
  edition: Edition,
  { ledger }: Store,
  { paint }: Pick<Context, 'paint'>,
): Promise<Report> {
  const counts = await ledger.counts(edition.id)
  const { submitted, deferred, rejected, uncertain, skipped } = counts
  const json: SendJson = {
    edition: edition.id,
    articles: edition.articles,
    recipients: recipients(counts),
    submitted,
    deferred,
    rejected,
    uncertain,
    skipped,
  }
  const leftOver = deferred > 0 || uncertain > 0
  const mark = leftOver ? paint.warn('!') : paint.good('✓')
  return {
    text: [
      `${mark} Edition ${edition.id}, “${edition.subject}”, ${count(edition.articles.length, 'article')}: ${summary(counts)}`,
      ...(await hints(edition, counts, ledger)),
    ].join('\n'),
    json,
    ...(leftOver && { status: 3 }),
  }
}

async function hints(
  { id }: Edition,
  { pending, deferred, uncertain }: DeliveryCounts,
  ledger: Store['ledger'],
): Promise<string[]> {
  const due = deferred > 0 ? await ledger.nextDue(id) : undefined
  return [
    ...(pending > 0 ? ["  'tidings send' goes on with the rest."] : []),
    ...(due
      ? [`  Deferred ones are due from ${due.toISOString()}: run 'tidings send' again then.`]
      : []),
    ...(uncertain > 0
      ? [
          `  'tidings status ${id}' names those of unknown fate, 'tidings resolve ${id}' decides them.`,
        ]
      : []),
  ]
}

/** What a dry run found. */
export function rehearsedReport(edition: Edition, active: number, waiting: number): Report {
  const { id, subject, articles } = edition
  const later = waiting > 0 ? `; ${count(waiting, 'article')} more would wait for the next one` : ''
  return {
    text: [
      `Dry run: edition ${id}, “${subject}”, ${count(articles.length, 'article')} to ${count(active, 'subscriber')}${later}.`,
      `Nothing was stored or mailed. Look at it: out/editions/${id}/message.html and message.txt`,
    ].join('\n'),
    json: { ...nothing, edition: id, articles, recipients: active },
  }
}

/** What a dry run says while an edition is not finished. */
export async function resumeReport(edition: Edition, { ledger }: Store): Promise<Report> {
  const counts = await ledger.counts(edition.id)
  const { submitted, deferred, rejected, uncertain, skipped } = counts
  const all = { submitted, deferred, rejected, uncertain, skipped, recipients: recipients(counts) }
  return {
    text: `Dry run: would go on with edition ${edition.id}, “${edition.subject}”: ${summary(counts)}.`,
    json: { edition: edition.id, articles: edition.articles, ...all },
  }
}

/** A line of progress while an edition is being sent. */
export async function deliveryProgress(
  { id }: Edition,
  { ledger }: Store,
  { progress }: Pick<Context, 'progress'>,
): Promise<(done: DeliveryTally) => void> {
  const { pending, deferred } = await ledger.counts(id)
  const due = pending + deferred
  const started = performance.now()
  return ({ submitted, deferred: again, rejected, uncertain, skipped }) => {
    const settled = submitted + again + rejected + uncertain + skipped
    const rate = settled / Math.max((performance.now() - started) / 1000, 0.001)
    const others = [
      [again, 'deferred'],
      [rejected, 'rejected'],
      [uncertain, 'uncertain'],
      [skipped, 'skipped'],
    ].flatMap(([n, word]) => (n === 0 ? [] : [`${n} ${word}`]))
    const left = Math.ceil(Math.max(due - settled, 0) / rate)
    const parts = [
      `${submitted} of ${due} submitted`,
      ...others,
      `${Math.round(rate)}/s`,
      `${left} s left`,
    ]
    progress(`Sending ${id}: ${parts.join(', ')}`)
  }
}
