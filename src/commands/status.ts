import type { Config } from '../config.ts'
import { Fault } from '../model/fault.ts'
import type { Store } from '../store/store.ts'
import type { Command, Report } from './command.ts'
import { summary } from './delivery-counts.ts'
import { editionJson, editionStatus, writeDeliveriesCsv } from './edition-status.ts'
import { feedbackSummary } from './feedback-lines.ts'
import { openStore } from './open-store.ts'
import { recipientStatus } from './recipient-status.ts'
import { count, table } from './terminal.ts'
import { sparedNow, waitsOf } from './waits.ts'

export const command: Command = {
  usage: 'tidings status [EDITION] [--csv] | --recipient ADDRESS',
  help: `Editions and their deliveries by state, the newest first, and how many subscribers there are.
With an EDITION: also by recipient domain and by the relay's reply (the most frequent), and each delivery that is not
settled, with its reply. --csv writes all its deliveries: address, state, attempts, reply, changed.`,
  words: 1,
  options: {
    recipient: { type: 'string', value: 'ADDRESS', help: 'what one reader got, over all editions' },
    csv: { type: 'boolean', help: 'all deliveries of EDITION, for a spreadsheet' },
  },
  async run(context, { values, positionals }) {
    const [id] = positionals
    const { recipient, csv } = values
    if (recipient !== undefined && (id !== undefined || csv)) {
      throw new Fault('usage', '--recipient tells of all editions: name none, and no --csv')
    }
    if (csv && (id === undefined || context.json)) {
      throw new Fault('usage', "write 'tidings status EDITION --csv', without --json")
    }
    const config = await context.loadConfig()
    const store = await openStore(config)
    try {
      if (typeof recipient === 'string') return await recipientStatus(store, recipient)
      if (id === undefined) return await allEditions(store, config, context.clock())
      if (csv) return await writeDeliveriesCsv(store, id, context.write)
      return await editionStatus(store, id, context, config)
    } finally {
      await store.close()
    }
  },
}

async function allEditions(store: Store, config: Config, now: Date): Promise<Report> {
  const { ledger, subscribers, feedback } = store
  const { spared, lines } = await sparedNow(store, now)
  const editions = await Promise.all(
    (await ledger.editions()).map(async (edition) => {
      const counts = await ledger.counts(edition.id)
      const returned = await feedback.counts(edition.id)
      const waits = await waitsOf(edition, counts, store, config, now)
      return { edition, counts, returned, waits }
    }),
  )
  const unproven = await feedback.unproven()
  const people = await subscribers.counts()
  const rows = editions.map(({ edition, counts, returned }) => [
    edition.id,
    [summary(counts), feedbackSummary(returned)].filter(Boolean).join('; '),
    edition.subject,
  ])
  const text = [
    rows.length > 0 ? table([['EDITION', 'DELIVERIES', 'SUBJECT'], ...rows]) : 'No edition yet.',
    '',
    `${count(people.active, 'active subscriber')}, ${people.unsubscribed} unsubscribed, ${people.suppressed} suppressed`,
    ...(unproven > 0
      ? [
          `${count(unproven, 'report')} that nothing proves, and nothing followed from: docs/bounces.md`,
        ]
      : []),
    ...editions.flatMap(({ edition, waits }) =>
      waits.lines.map((line) => `${edition.id}: ${line}`),
    ),
    ...lines,
  ].join('\n')
  const json = editions.map(({ edition, counts, returned, waits }) => ({
    ...editionJson(edition, counts),
    ...waits.json,
    feedback: returned,
  }))
  return { text, json: { editions: json, subscribers: people, unproven, spared } }
}
