import type { Config } from '../config.ts'
import type { DeliveryTally } from '../delivery/deliver.ts'
import { withoutSlots } from '../edition/personalise.ts'
import type { Edition } from '../model/edition.ts'
import type { DeliveryCounts } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import type { Context, Report } from './command.ts'
import { recipients, summary } from './delivery-counts.ts'
import type { PlannedEdition } from './plan-next.ts'
import { count, table } from './terminal.ts'
import { waitsOf } from './waits.ts'

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

/**
 * No edition this time, and why.
 *
 * @param waits there are new articles, and nobody gets them now
 */
export async function nothingReport(
  { ledger, subscribers }: Store,
  { waits = false } = {},
): Promise<Report> {
  const { active } = await subscribers.counts()
  const [last] = await ledger.editions()
  const why =
    active === 0
      ? "there is no active subscriber ('tidings subscribers add' or 'import')"
      : waits
        ? 'every reader has paused, or chose other topics than those of the new articles, which wait'
        : 'every article has been sent'
  const uncertain = await ledger.uncertain()
  const before = last ? `; the last edition was ${last.id}, “${last.subject}”` : ''
  return {
    text: [`Nothing is sent: ${why}${before}.`, ...uncertain.map(uncertainHint)].join('\n'),
    json: nothing,
    ...(uncertain.length > 0 && { status: 3 }),
  }
}

function uncertainHint({ id }: Edition): string {
  return `  'tidings status ${id}' names deliveries of unknown fate, 'tidings resolve ${id}' decides them.`
}

/** How the editions of a run stand after it; the last one is the newest, and the one of `--json`. */
export async function sentReport(
  editions: readonly Edition[],
  store: Store,
  context: Pick<Context, 'paint' | 'clock'>,
  why: { readonly waits?: boolean; readonly config: Config },
): Promise<Report> {
  const reports = await Promise.all(
    editions.map((edition) => editionReport(edition, store, context, why.config)),
  )
  const last = reports.at(-1)
  if (!last) return nothingReport(store, why)
  const leftOver = reports.some(({ status }) => status === 3)
  return {
    text: reports.map(({ text }) => text).join('\n'),
    json: last.json,
    ...(leftOver && { status: 3 }),
  }
}

async function editionReport(
  edition: Edition,
  store: Store,
  { paint, clock }: Pick<Context, 'paint' | 'clock'>,
  config: Config,
): Promise<Report> {
  const { ledger } = store
  const counts = await ledger.counts(edition.id)
  const waits = await waitsOf(edition, counts, store, config, clock())
  const { id, subject, articles } = edition
  const { submitted, deferred, uncertain, rejected, skipped } = counts
  const leftOver =
    waits.isLeftOver || deferred > 0 || uncertain > 0 || (rejected > 0 && submitted === 0)
  const settled = submitted + rejected + skipped === recipients(counts)
  const mark = settled && !leftOver ? paint.good('✓') : paint.warn('!')
  const line = `Edition ${id}, “${subject}”, ${count(articles.length, 'article')}: ${summary(counts)}`
  const now = await ledger.edition(id)
  const end = now ? (now.cancelledAt ? '; called off' : '') : '; taken back meanwhile'
  return {
    text: [
      `${mark} ${line}${end}`,
      ...waits.lines.map((wait) => `  ${wait}`),
      ...(await hints(edition, counts, ledger)),
    ].join('\n'),
    json: { ...toJson(edition, counts), ...waits.json },
    ...(leftOver && { status: 3 }),
  }
}

function toJson({ id, articles }: Edition, counts: DeliveryCounts): SendJson {
  const { submitted, deferred, rejected, uncertain, skipped } = counts
  const states = { submitted, deferred, rejected, uncertain, skipped }
  return { edition: id, articles, recipients: recipients(counts), ...states }
}

async function hints(
  edition: Edition,
  { pending, deferred, uncertain }: DeliveryCounts,
  ledger: Store['ledger'],
): Promise<string[]> {
  const due = deferred > 0 ? await ledger.nextDue(edition.id) : undefined
  return [
    ...(pending > 0 ? ["  'tidings send' goes on with the rest."] : []),
    ...(due
      ? [`  Deferred ones are due from ${due.toISOString()}: run 'tidings send' again then.`]
      : []),
    ...(uncertain > 0 ? [uncertainHint(edition)] : []),
  ]
}

/** What a dry run found. */
export function rehearsedReport({ edition, shareOut, contents, waiting }: PlannedEdition): Report {
  const { id, subject, articles } = edition
  const { shares, readers } = shareOut
  const parts = shares.map((share, index) => ({
    language: share.language,
    topics: share.topics,
    subject: withoutSlots(contents.variants[index]?.subject ?? '').trim(),
    articles: share.articles.length,
    readers: share.readers,
  }))
  const later = waiting > 0 ? `; ${count(waiting, 'article')} more would wait for the next one` : ''
  return {
    text: [
      `Dry run: edition ${id}, “${subject}”, ${count(articles.length, 'article')} to ${count(readers, 'subscriber')}${later}.`,
      ...partLines(parts),
      `Nothing was stored or mailed. Look at it: out/editions/${id}/message.html and message.txt`,
    ].join('\n'),
    json: { ...nothing, edition: id, articles, recipients: readers, variants: parts },
  }
}

/** Nothing to say of an edition that all readers of a language get whole. */
function partLines(
  parts: readonly {
    readonly language: string
    readonly topics: readonly string[] | undefined
    readonly subject: string
    readonly articles: number
    readonly readers: number
  }[],
): string[] {
  const most = Math.max(...parts.map(({ articles }) => articles))
  if (parts.every(({ articles }) => articles === most)) return []
  const read = parts.filter(({ readers }) => readers > 0)
  const rows = read.map(({ language, topics, subject, articles, readers }) => [
    `  ${language}`,
    articles === most ? 'everything' : `${topics?.join(', ') || 'no topic'}`,
    count(articles, 'article'),
    count(readers, 'subscriber'),
    subject,
  ])
  return rows.length === 0 ? [] : [table(rows)]
}

/** What a dry run says while an edition is not finished. */
export async function resumeReport(edition: Edition, { ledger }: Store): Promise<Report> {
  const counts = await ledger.counts(edition.id)
  return {
    text: `Dry run: would go on with edition ${edition.id}, “${edition.subject}”: ${summary(counts)}.`,
    json: toJson(edition, counts),
  }
}

/**
 * A line of progress while an edition is being sent.
 *
 * @param terms.limit how many this run may send
 */
export async function deliveryProgress(
  { id }: Edition,
  { ledger }: Store,
  { progress }: Pick<Context, 'progress'>,
  { spreadUntil, limit = Number.POSITIVE_INFINITY }: { spreadUntil?: Date; limit?: number },
): Promise<(done: DeliveryTally) => void> {
  const { pending, claimed, submitting, deferred } = await ledger.counts(id)
  // What others hold is ours once they have died
  const due = Math.min(pending + claimed + submitting + deferred, limit)
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
      ...(spreadUntil && spreadUntil.getTime() > Date.now()
        ? [`spread until ${spreadUntil.toISOString()}`]
        : [`${left} s left`]),
    ]
    progress(`Sending ${id}: ${parts.join(', ')}`)
  }
}
