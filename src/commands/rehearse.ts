import { join } from 'node:path'
import type { Config } from '../config.ts'
import { archiveFolder } from '../edition/edition-feed.ts'
import { readAddress } from '../mail/address.ts'
import { openMailer } from '../mail/open-mailer.ts'
import type { RenderArticle } from '../model/article.ts'
import type { Edition } from '../model/edition.ts'
import { Fault } from '../model/fault.ts'
import { writeFiles } from '../output/write-files.ts'
import type { Store } from '../store/store.ts'
import type { Context, Report } from './command.ts'
import { rehearsalMark } from './keep-editions.ts'
import { type Letterhead, messagesOf } from './letterhead.ts'
import { type PlannedEdition, planNext } from './plan-next.ts'
import { nothingReport, rehearsedReport, resumeReport } from './send-report.ts'

interface Rehearsal {
  readonly config: Config
  readonly head: Letterhead
  readonly context: Context
  /** a copy, thrown away afterwards */
  readonly store: Store
  readonly render: RenderArticle
  /** an edition that is not finished: what a real run would go on with */
  readonly begun: Edition | undefined
}

/** `--dry-run`: the next edition as it will be, in out/editions/, and nowhere else. */
export async function dryRun({
  config,
  context,
  store,
  render,
  begun,
}: Rehearsal): Promise<Report> {
  if (!config.server.url) {
    context.progress.note(
      `${context.paint.warn('warning')} ${config.file}: server.url is not set: readers can leave by mail only, without one-click unsubscribe`,
    )
  }
  if (begun) return resumeReport(begun, store)
  const planned = await planNext(config, context, store, render, { rehearsal: true })
  if (!planned) return nothingReport(store)
  const mark = { path: `${archiveFolder}${planned.edition.id}/${rehearsalMark}`, contents: '' }
  await writeFiles(join(config.root, 'out'), [mark, ...planned.contents.files])
  return rehearsedReport(planned)
}

/** `--test ADDRESS`: mails the next edition, or the one that is not finished, to one address; stores nothing. */
export async function sendTest(rehearsal: Rehearsal, test: string): Promise<Report> {
  const { config, head, context, store, render, begun } = rehearsal
  const reading = readAddress(test)
  if ('reason' in reading) throw new Fault('usage', `--test ${test}: ${reading.reason}`)
  const planned = begun
    ? { edition: begun, contents: { variants: await store.ledger.variants(begun.id) } }
    : await planNext(config, context, store, render, { rehearsal: true })
  if (!planned) return nothingReport(store)
  const outcome = await submitTest(config, context, head, planned, reading.mailbox)
  if (outcome.kind !== 'submitted') {
    const reason = outcome.kind === 'uncertain' ? outcome.reason : outcome.reply
    throw new Fault('unavailable', `--test ${test}: ${outcome.kind}: ${reason}`)
  }
  const { id, subject, articles } = planned.edition
  return {
    text: `${context.paint.good('✓')} Edition ${id}, “${subject}”, mailed to ${test} as a test; nothing was stored.`,
    json: {
      edition: id,
      articles,
      recipients: 1,
      submitted: 1,
      deferred: 0,
      rejected: 0,
      uncertain: 0,
      skipped: 0,
    },
  }
}

async function submitTest(
  { root, mail }: Config,
  { clock }: Pick<Context, 'clock'>,
  head: Letterhead,
  {
    edition,
    contents: { variants },
  }: Pick<PlannedEdition, 'edition'> & {
    readonly contents: Pick<PlannedEdition['contents'], 'variants'>
  },
  { address, name }: { address: string; name: string },
) {
  const mailer = openMailer(mail.transport, { root, connections: 1 })
  try {
    // No subscriber has this identity or token: a test's links lead nowhere, and its Message-ID is its own.
    const nobody = { id: `test ${address} ${clock().toISOString()}`, token: 'test' }
    return await mailer.submit(
      await messagesOf(head, edition, variants)({ ...nobody, address, name }),
    )
  } finally {
    await mailer.close()
  }
}
