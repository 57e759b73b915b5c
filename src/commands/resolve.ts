import { Fault } from '../model/fault.ts'
import type { Ledger } from '../store/ledger.ts'
import type { Command } from './command.ts'
import { demandEdition } from './edition-status.ts'
import { openStore } from './open-store.ts'
import { count } from './terminal.ts'

export const command: Command = {
  usage: 'tidings resolve EDITION --resend | --skip [ADDRESS…]',
  help: `Decides the deliveries of an edition whose fate is unknown: the connection was lost after the message had
been handed over and before the relay said what it did with it. Nobody but you can know whether to risk a second copy
(--resend: it has the same Message-ID, and many mail systems show only one) or none (--skip). All of them, or those to the
addresses that are named.`,
  options: {
    resend: { type: 'boolean', help: 'send them again, with the next `tidings send`' },
    skip: { type: 'boolean', help: 'let them be' },
  },
  async run({ loadConfig, clock }, { values, positionals }) {
    const [id, ...addresses] = positionals
    if (id === undefined || Boolean(values.resend) === Boolean(values.skip)) {
      throw new Fault('usage', "write 'tidings resolve EDITION' with either --resend or --skip")
    }
    const store = await openStore(await loadConfig())
    try {
      const { cancelledAt } = await demandEdition(store.ledger, id)
      if (cancelledAt && values.resend) {
        throw new Fault('usage', `${id} was called off: nothing of it is sent again; say --skip`)
      }
      await demandUncertain(store.ledger, id, addresses)
      const decision = values.resend ? 'resend' : 'skip'
      const named = addresses.length > 0 ? addresses : undefined
      const decided = await store.ledger.resolve(id, decision, clock(), named)
      const { uncertain } = await store.ledger.counts(id)
      const how = values.resend
        ? "will be sent again by the next 'tidings send'"
        : 'will not be sent again'
      const more = uncertain === 1 ? '1 more is' : `${uncertain} more are`
      const rest = uncertain > 0 ? ` ${more} undecided.` : ''
      return {
        text:
          decided === 0
            ? 'No delivery of unknown fate.'
            : `${count(decided, 'delivery', 'deliveries')} ${how}.${rest}`,
        json: { edition: id, decision, resolved: decided, uncertain },
      }
    } finally {
      await store.close()
    }
  },
}

/** @throws {Fault} 'usage' when anything is known of a delivery: nothing is decided then */
async function demandUncertain(
  ledger: Ledger,
  id: string,
  addresses: readonly string[],
): Promise<void> {
  for (const address of addresses) {
    const state = (await ledger.addressed(id, address))?.delivery.state
    if (state === 'uncertain') continue
    const why = state === undefined ? 'is no reader of this edition' : `is ${state}, not uncertain`
    throw new Fault('usage', `${address} ${why}: 'tidings status ${id}' names those that are`)
  }
}
