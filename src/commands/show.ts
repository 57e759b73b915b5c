import { Fault } from '../model/fault.ts'
import type { Message } from '../model/message.ts'
import type { Addressed } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import type { Command } from './command.ts'
import { demandEdition } from './edition-status.ts'
import { letterhead, messagesOf } from './letterhead.ts'
import { openStore } from './open-store.ts'
import { demandReader } from './recipient-status.ts'

export const command: Command = {
  usage: 'tidings show EDITION ADDRESS [--headers]',
  help: `Writes the message that one reader got of an edition to standard output, byte for byte as it was sent. It is not
kept: it is made again, from the edition as it was rendered then and from the configuration as it is now. Where what is
known of the reader has changed since, it cannot be made any more, and is refused.`,
  words: 2,
  options: { headers: { type: 'boolean', help: 'only the header of the message' } },
  async run({ loadConfig, json, progress, paint, write }, { values, positionals }) {
    const [id, address] = positionals
    if (id === undefined || address === undefined) {
      throw new Fault(
        'usage',
        "write 'tidings show EDITION ADDRESS'; 'tidings status' lists editions",
      )
    }
    const config = await loadConfig()
    const head = letterhead(config)
    const store = await openStore(config)
    try {
      const { delivery, subscriber } = await demandUnchanged(store, id, address)
      const edition = await demandEdition(store.ledger, id)
      const message = await messagesOf(head, edition, await store.ledger.variants(id))(subscriber)
      if (delivery.attempts === 0) {
        progress.note(`${paint.warn('!')} ${delivery.state}: this message has not been sent`)
      }
      const bytes = values.headers ? headerOf(message) : message.bytes
      if (!json) await write(bytes)
      const { envelope, messageId } = message
      const { state, attempts } = delivery
      const text = Buffer.from(bytes).toString()
      return {
        text: '',
        json: { edition: id, state, attempts, envelope, messageId, message: text },
      }
    } finally {
      await store.close()
    }
  },
}

async function demandUnchanged(store: Store, id: string, address: string): Promise<Addressed> {
  await demandEdition(store.ledger, id)
  const reader = await demandReader(store, address)
  const found = await store.ledger.addressed(id, address)
  if (!found) {
    throw new Fault('usage', `${reader.address}: edition ${id} was not addressed to this reader`)
  }
  if (!found.isChanged) return found
  throw new Fault(
    'usage',
    `${reader.address}: name, language or a field of this reader has changed since edition ${id} was sent; that message cannot be made again`,
  )
}

/** Up to the empty line, and with it. */
function headerOf({ bytes }: Message): Uint8Array {
  return bytes.subarray(0, Buffer.from(bytes).indexOf('\r\n\r\n') + 4)
}
