import { Fault } from '../model/fault.ts'
import type { Message } from '../model/message.ts'
import type { Addressed } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import type { Command } from './command.ts'
import { demandEdition } from './edition-status.ts'
import { type Letterhead, letterhead, messagesOf, readLetterhead } from './letterhead.ts'
import { openStore } from './open-store.ts'
import { demandReader } from './recipient-status.ts'

export const command: Command = {
  usage: 'tidings show EDITION ADDRESS [--headers]',
  help: `Writes the message that one reader got of an edition to standard output, byte for byte as it was sent. It is not
kept: it is made again, from the edition as it was rendered then, the sender of then, and the DKIM keys of now. Where what
is known of the reader has changed since, it cannot be made any more, and is refused. Exit status 3: a key of then is not there
any more, and its signature is missing.`,
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
    const now = letterhead(config)
    const store = await openStore(config)
    try {
      const addressed = await demandUnchanged(store, id, address)
      const { delivery, subscriber } = addressed
      const edition = await demandEdition(store.ledger, id)
      const { head, lacking, isKnown } = await letterheadOf(addressed, store, now)
      const message = await messagesOf(head, edition, await store.ledger.variants(id))(subscriber)
      if (delivery.attempts === 0) {
        progress.note(`${paint.warn('!')} ${delivery.state}: this message has not been sent`)
      }
      if (!isKnown) {
        progress.note(
          `${paint.warn('!')} it was sent by a version of tidings that did not keep the sender: this one is of today's configuration`,
        )
      }
      for (const key of lacking) {
        progress.note(
          `${paint.warn('!')} the signature of ${key} is missing: mail.dkim has that key no more; all else is as it was sent`,
        )
      }
      const bytes = values.headers ? headerOf(message) : message.bytes
      if (!json) await write(bytes)
      const { envelope, messageId } = message
      const { state, attempts } = delivery
      const text = Buffer.from(bytes).toString()
      return {
        text: '',
        json: { edition: id, state, attempts, envelope, messageId, lacking, message: text },
        status: lacking.length > 0 ? 3 : 0,
      }
    } finally {
      await store.close()
    }
  },
}

/** By so much the clocks of two senders may differ, milliseconds. */
const clockSkew = 60_000

/**
 * The letterhead that a message was sent under; that of `now` for what was not sent, and for what was sent before
 * letterheads were written down.
 */
async function letterheadOf(
  { delivery: { edition }, sentAt }: Addressed,
  { ledger }: Store,
  now: Letterhead,
): Promise<ReturnType<typeof readLetterhead> & { readonly isKnown: boolean }> {
  const used = sentAt ? await ledger.letterheads(edition) : []
  const time = sentAt?.getTime() ?? 0
  const then =
    used.find(({ since }) => since.getTime() <= time) ??
    used.find(({ since }) => since.getTime() <= time + clockSkew)
  return then
    ? { ...readLetterhead(then.content, now.keys), isKnown: true }
    : { head: now, lacking: [], isKnown: sentAt === undefined }
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
