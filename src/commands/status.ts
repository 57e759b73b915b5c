import { Fault } from '../model/fault.ts'
import type { Store } from '../store/store.ts'
import type { Command, Report } from './command.ts'
import { summary } from './delivery-counts.ts'
import { editionJson, editionStatus, writeDeliveriesCsv } from './edition-status.ts'
import { feedbackSummary } from './feedback-lines.ts'
import { openStore } from './open-store.ts'
import { recipientStatus } from './recipient-status.ts'
import { count, table } from './terminal.ts'

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
    const store = await openStore(await context.loadConfig())
    try {
      if (typeof recipient === 'string') return await recipientStatus(store, recipient)
      if (id === undefined) return await allEditions(store)
      if (csv) return await writeDeliveriesCsv(store, id, context.write)
      return await editionStatus(store, id, context)
    } finally {
      await store.close()
    }
  },
}

async function allEditions({ ledger, subscribers, feedback }: Store): Promise<Report> {
  const editions = await Promise.all(
    (await ledger.editions()).map(async (edition) => ({
      edition,
      counts: await ledger.counts(edition.id),
      returned: await feedback.counts(edition.id),
    })),
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
  ].join('\n')
  const json = editions.map(({ edition, counts, returned }) => ({
    ...editionJson(edition, counts),
    feedback: returned,
  }))
  return { text, json: { editions: json, subscribers: people, unproven } }
}
