import { Fault } from '../model/fault.ts'
import type { Command } from './command.ts'
import { openStore } from './open-store.ts'
import { count } from './terminal.ts'

export const command: Command = {
  usage: 'tidings resolve EDITION --resend | --skip',
  help: `Decides the deliveries of an edition whose fate is unknown: the connection was lost after the message had
been handed over and before the relay said what it did with it. Nobody but you can know whether to risk a second copy
(--resend: it has the same Message-ID, and many mail systems show only one) or none (--skip).`,
  words: 1,
  options: {
    resend: { type: 'boolean', help: 'send them again, with the next `tidings send`' },
    skip: { type: 'boolean', help: 'let them be' },
  },
  async run({ loadConfig, clock }, { values, positionals }) {
    const [id] = positionals
    if (id === undefined || Boolean(values.resend) === Boolean(values.skip)) {
      throw new Fault('usage', "write 'tidings resolve EDITION' with either --resend or --skip")
    }
    const store = await openStore(await loadConfig())
    try {
      if (!(await store.ledger.edition(id))) {
        throw new Fault('usage', `${id}: no such edition; 'tidings status' lists them`)
      }
      const decision = values.resend ? 'resend' : 'skip'
      const decided = await store.ledger.resolve(id, decision, clock())
      const how = values.resend
        ? "will be sent again by the next 'tidings send'"
        : 'will not be sent again'
      return {
        text:
          decided === 0
            ? 'No delivery of unknown fate.'
            : `${count(decided, 'delivery', 'deliveries')} ${how}.`,
        json: { edition: id, decision, resolved: decided },
      }
    } finally {
      await store.close()
    }
  },
}
