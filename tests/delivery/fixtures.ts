import { deliver } from '../../src/delivery/deliver.ts'
import type { DeliveryJob } from '../../src/delivery/job.ts'
import { domainLimits } from '../../src/delivery/limits.ts'
import type { Mailer, Message } from '../../src/mail/mailer.ts'
import type { Claim, Outcome, Refusal } from '../../src/model/delivery.ts'
import type { Store } from '../../src/store/store.ts'
import { edition, type OpenDatabase, readers } from '../contracts/store.ts'
import { temporarySqlite } from '../store/temporary-sqlite.ts'

export const submitted: Outcome = { kind: 'submitted', reply: '250 2.0.0 queued' }

export async function composePlain({ subscriber }: Claim): Promise<Message> {
  return {
    envelope: { from: 'news@example.org', to: subscriber.address },
    messageId: `<${subscriber.id}@example.org>`,
    bytes: new TextEncoder().encode(`To: ${subscriber.address}\r\n\r\nHello\r\n`),
  }
}

/** A relay whose every reply is under the test's hand; it writes down whom it took a message for. */
export function relay(
  reply: (address: string) => Outcome | Refusal | Promise<Outcome | Refusal> = () => submitted,
): Mailer & { readonly accepted: readonly string[] } {
  const accepted: string[] = []
  return {
    accepted,
    async submit({ envelope }, { leave } = {}) {
      await leave
      const outcome = await reply(envelope.to)
      if (outcome.kind === 'submitted') accepted.push(envelope.to)
      return outcome
    },
    withdraw() {},
    async close() {},
  }
}

/** An edition to so many readers, or to these, and a `send` that runs the real loop on it. */
export async function openEdition(
  to: number | readonly string[],
  open: OpenDatabase = temporarySqlite,
) {
  const database = await open()
  const store = await database.connect()
  const list = typeof to === 'number' ? readers(to) : to.map((address) => ({ address, name: '' }))
  await store.subscribers.add(list, new Date())
  await store.ledger.open(edition('one'))

  function send(mailer: Mailer, job: Partial<DeliveryJob> = {}, through: Store = store) {
    return deliver({
      edition: edition('one'),
      ledger: through.ledger,
      mailer,
      compose: composePlain,
      clock: () => new Date(),
      concurrency: 4,
      ratePerSecond: 0,
      limits: domainLimits({}),
      throttle: through.throttle,
      signal: new AbortController().signal,
      ...job,
    })
  }

  async function statesOf(): Promise<Record<string, string>> {
    const rows = await store.ledger.deliveries('one')
    return Object.fromEntries(rows.map(({ address, state }) => [address.slice(0, 3), state]))
  }

  return {
    ...store,
    database,
    send,
    statesOf,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
