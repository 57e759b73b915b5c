import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { archiveFolder } from '../edition/edition-feed.ts'
import type { Edition } from '../model/edition.ts'
import { Fault } from '../model/fault.ts'
import type { Store } from '../store/store.ts'
import type { Command, Report } from './command.ts'
import { demandEdition } from './edition-status.ts'
import { keepEditions } from './keep-editions.ts'
import { openStore } from './open-store.ts'
import { count } from './terminal.ts'

export const command: Command = {
  usage: 'tidings cancel EDITION',
  help: `Calls an edition off: whoever has not been sent it yet will not be, also while it is being sent. Its articles count as
sent. If no relay has been handed any message yet, the edition is taken back instead, as if it had never been planned: the
next 'tidings send' plans anew with the same articles, as they are by then. Exit status 3: some messages are on their way just now.`,
  words: 1,
  options: {},
  async run({ loadConfig, clock }, { positionals }) {
    const [id] = positionals
    if (id === undefined) {
      throw new Fault('usage', "write 'tidings cancel EDITION'; 'tidings status' lists editions")
    }
    const config = await loadConfig()
    const store = await openStore(config)
    try {
      const edition = await demandEdition(store.ledger, id)
      // What a sender that died had in hand is on nobody's way
      await store.ledger.expire(id, clock())
      const cancelled = await store.ledger.cancel(id, clock())
      if (!(await store.ledger.takeBack(id, clock())))
        return await calledOff(edition, cancelled, store)
      await removePages(edition, config, store)
      const articles = count(edition.articles.length, 'article')
      return {
        text: `Edition ${id}, “${edition.subject}”, is taken back: nobody had got it. Its ${articles} can go into the next one.`,
        json: { edition: id, cancelled, takenBack: true, submitting: 0 },
      }
    } finally {
      await store.close()
    }
  },
}

async function calledOff(
  { id, subject }: Edition,
  cancelled: number,
  { ledger }: Store,
): Promise<Report> {
  const { submitted, uncertain, submitting } = await ledger.counts(id)
  const mayHave = uncertain > 0 ? `, of ${uncertain} nobody knows` : ''
  const head =
    cancelled === 0
      ? `Edition ${id}, “${subject}”: nothing is left to be called off`
      : `Edition ${id}, “${subject}”, is called off: ${count(cancelled, 'reader')} will not get it`
  const onTheirWay = `  ${count(submitting, 'message')} on the way just now: 'tidings status ${id}' will say what became of them.`
  return {
    text: [
      `${head}; ${count(submitted, 'reader')} got it${mayHave}.`,
      ...(submitting > 0 ? [onTheirWay] : []),
    ].join('\n'),
    json: { edition: id, cancelled, takenBack: false, submitting },
    ...(submitting > 0 && { status: 3 }),
  }
}

/** Out of the archive, too: no message links to them. */
async function removePages({ id }: Edition, config: Config, store: Store): Promise<void> {
  rmSync(join(config.root, 'out', archiveFolder, id), { recursive: true, force: true })
  await keepEditions(config, store)
}
