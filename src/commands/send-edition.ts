import { refusedWhileSending } from '../bounces/refused-while-sending.ts'
import type { Config } from '../config.ts'
import { deliver } from '../delivery/deliver.ts'
import { domainLimits } from '../delivery/limits.ts'
import type { Mailer } from '../mail/mailer.ts'
import { openMailer } from '../mail/open-mailer.ts'
import type { RenderArticle } from '../model/article.ts'
import type { Edition } from '../model/edition.ts'
import { Fault } from '../model/fault.ts'
import type { Store } from '../store/store.ts'
import { keepLock } from './build-feeds.ts'
import type { Context, Report } from './command.ts'
import { keepEditions } from './keep-editions.ts'
import { type Letterhead, letterhead, messagesOf, writeLetterhead } from './letterhead.ts'
import { openStore } from './open-store.ts'
import { planNext } from './plan-next.ts'
import { readList } from './reader-list.ts'
import { dryRun, sendTest } from './rehearse.ts'
import { deliveryProgress, sentReport } from './send-report.ts'
import { warmUpQuota } from './warm-up-quota.ts'
import { limitYoungHeap } from './young-heap.ts'

export interface SendOptions {
  /** stores and mails nothing */
  readonly dryRun: boolean
  /** one address that gets the edition; nothing is stored */
  readonly test?: string
  readonly edition?: string
  readonly limit?: number
  /** milliseconds over which what is left is spread; 0: not any more; absent: as it was */
  readonly over?: number
}

interface Run {
  readonly config: Config
  readonly context: Context
  readonly store: Store
  readonly head: Letterhead
  readonly mailer: Mailer
  readonly over: number | undefined
}

/** Goes on with what is not finished, or plans the next edition, and delivers it. */
export async function sendEdition(
  config: Config,
  context: Context,
  render: RenderArticle,
  options: SendOptions,
): Promise<Report> {
  limitYoungHeap()
  const head = letterhead(config)
  const copy = options.dryRun || options.test !== undefined
  const store = await openStore(config, { copy, toSend: true, isAlone: true })
  try {
    await readList(config, store, context)
    const begun = await begunEditions(store, options.edition)
    // What was only deferred is tried again, and the next edition need not wait for it.
    const stopped = begun.find(({ waits }) => !waits)?.edition
    const rehearsal = { config, context, store, head, render, begun: stopped }
    if (options.test !== undefined) return await sendTest(rehearsal, options.test)
    if (options.dryRun) return await dryRun(rehearsal)
    // Before anything is planned: a transport that cannot be must not leave an edition behind.
    const { transport, connections, messagesPerConnection } = config.mail
    const { signal } = context
    const terms = { root: config.root, connections, messagesPerConnection, signal }
    const mailer = openMailer(transport, terms)
    const run = { config, context, store, head, mailer, over: options.over }
    try {
      await keepEditions(config, store)
      const limit: Countdown = { left: options.limit }
      for (const { edition } of begun) await deliverEdition(run, edition, limit)
      const goesOn = stopped !== undefined || options.edition !== undefined
      const next = goesOn ? undefined : await openNext(config, context, store, render)
      if (next && next !== 'waits') await deliverEdition(run, next, limit)
      const waits = next === 'waits'
      const editions = begun.map(({ edition }) => edition).concat(waits ? [] : (next ?? []))
      return await sentReport(editions, store, context, { waits, config })
    } finally {
      await mailer.close()
    }
  } finally {
    await store.close()
  }
}

/**
 * The edition asked for, else all that are not finished, oldest first.
 *
 * @returns `waits`: all that is left of it is deferred, or waits for a domain
 */
async function begunEditions(
  { ledger }: Store,
  asked: string | undefined,
): Promise<readonly { readonly edition: Edition; readonly waits: boolean }[]> {
  const one = asked === undefined ? undefined : await ledger.edition(asked)
  if (asked !== undefined && !one) {
    throw new Fault('usage', `--edition ${asked}: no such edition; 'tidings status' lists them`)
  }
  const editions = one ? [one] : await ledger.unfinished()
  return Promise.all(
    editions.map(async (edition) => {
      const { pending, claimed, submitting } = await ledger.counts(edition.id)
      const parked = pending > 0 ? await ledger.parked(edition.id) : []
      const waiting = parked.reduce((sum, { count }) => sum + count, 0)
      return { edition, waits: pending - waiting + claimed + submitting === 0 }
    }),
  )
}

/** How many messages this run may still send. */
interface Countdown {
  /** undefined: no limit */
  left: number | undefined
}

async function deliverEdition(
  { config, context, store, head, mailer, over }: Run,
  edition: Edition,
  limit: Countdown,
): Promise<void> {
  if (limit.left === 0) return
  const variants = await store.ledger.variants(edition.id)
  const messageFor = messagesOf(head, edition, variants)
  const { connections, ratePerSecond, domains } = config.mail
  if (over !== undefined) {
    const until = over === 0 ? undefined : new Date(context.clock().getTime() + over)
    await store.throttle.spread(edition.id, until)
  }
  const spreadUntil = await store.throttle.spreadUntil(edition.id)
  await store.ledger.useLetterhead(edition.id, writeLetterhead(head), context.clock())
  const quota = warmUpQuota(config, store.throttle, context.clock)
  try {
    const { submitted, deferred, rejected, uncertain } = await deliver({
      edition,
      ledger: store.ledger,
      mailer,
      compose: ({ subscriber }) => messageFor(subscriber),
      bounced: async ({ subscriber }, kind, reply) => {
        const now = context.clock()
        await store.feedback.record(
          refusedWhileSending(edition.id, subscriber, kind, reply, now),
          now,
        )
      },
      clock: context.clock,
      concurrency: connections,
      ratePerSecond,
      limits: domainLimits(domains),
      throttle: store.throttle,
      limit: limit.left,
      ...(spreadUntil && { spreadUntil }),
      ...(quota && { quota }),
      onPause: (key, { pausedUntil, reply }) =>
        context.progress.note(
          `${key || 'The relay'} is left alone until ${new Date(pausedUntil).toISOString()}: ${reply}`,
        ),
      signal: context.signal,
      onWaiting: (until) =>
        context.progress(
          `Waiting for another sender; what it holds is free at ${until.toISOString()}, unless it lives`,
        ),
      onProgress: await deliveryProgress(edition, store, context, {
        ...(spreadUntil && { spreadUntil }),
        ...(limit.left !== undefined && { limit: limit.left }),
      }),
    })
    if (limit.left !== undefined) {
      limit.left = Math.max(0, limit.left - submitted - deferred - rejected - uncertain)
    }
    context.signal.throwIfAborted()
  } catch (error) {
    const { text } = await sentReport([edition], store, context, { config })
    context.progress.note(text)
    throw error
  }
}

/** @returns `waits` when there are new articles, and nobody to send them to */
async function openNext(
  config: Config,
  context: Context,
  store: Store,
  render: RenderArticle,
): Promise<Edition | 'waits' | undefined> {
  const planned = await planNext(config, context, store, render)
  if (!planned) return undefined
  const { edition, contents, content } = planned
  await keepLock(config, content)
  try {
    const recipients = await store.ledger.open(edition, contents)
    if (recipients === 0) return 'waits'
  } catch (error) {
    const opened = isConflict(error) ? await openedMeanwhile(edition, store) : undefined
    if (!opened) throw error
    return opened
  }
  await keepEditions(config, store)
  return edition
}

function isConflict(error: unknown): boolean {
  return error instanceof Fault && error.code === 'conflict'
}

/** What another sender planned at the same moment: we share its work. */
async function openedMeanwhile({ id }: Edition, { ledger }: Store): Promise<Edition | undefined> {
  return (await ledger.unfinished()).at(-1) ?? ledger.edition(id)
}
