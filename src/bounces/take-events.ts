import { isOurs, readBounceToken } from '../mail/return-path.ts'
import type { EditionId } from '../model/edition.ts'
import type { Subscriber } from '../model/subscriber.ts'
import { type Books, editionOf } from './find-reader.ts'
import type { ProviderEvent } from './provider-event.ts'

/** So many go to the store together: they share its commits. */
const together = 50
/** Clocks differ; a provider may have sent a message before we have written down that it took it. */
const leeway = 300_000

/**
 * Does what follows from events of a mail provider, whose signature was verified. The same event again changes nothing;
 * those of addresses that are not on the list are passed over.
 *
 * @throws {Fault} 'unavailable' when the store is out of reach: all of them may be taken again
 */
export async function takeEvents(
  books: Books,
  events: readonly ProviderEvent[],
  now: Date,
): Promise<void> {
  for (let start = 0; start < events.length; start += together) {
    const some = events.slice(start, start + together)
    await Promise.all(some.map((event) => takeOne(books, event, now)))
  }
}

async function takeOne(books: Books, event: ProviderEvent, now: Date): Promise<void> {
  const { key, kind, status, diagnostic, source } = event
  const at = event.at && event.at < now ? event.at : now
  const found = (await byReturnPath(books, event)) ?? (await byAddress(books, event, at))
  if (!found) return
  const { reader, edition } = found
  await books.feedback.record(
    {
      ...{ key, kind, status, diagnostic, source, at },
      ...(edition !== undefined && { edition }),
      subscriber: reader.id,
      isProven: true,
    },
    now,
  )
}

interface Found {
  readonly reader: Subscriber
  readonly edition: EditionId | undefined
}

async function byReturnPath(
  { feedback }: Books,
  { returnPath = '' }: ProviderEvent,
): Promise<Found | undefined> {
  const token = readBounceToken(returnPath)
  const reader = token && (await feedback.reader(token.subscriber))
  return reader && isOurs(token, reader) ? { reader, edition: token.edition } : undefined
}

async function byAddress(
  books: Books,
  { address, messageId }: ProviderEvent,
  at: Date,
): Promise<Found | undefined> {
  const reader = await books.subscribers.find(address)
  if (!reader) return undefined
  const ids = messageId ? [messageId.replace(/^<|>$/g, '')] : []
  const edition = await editionOf(books, reader, ids)
  return { reader, edition: edition ?? (await newestSent(books, reader, at)) }
}

/** Some relays give messages an identifier of their own: it is the last one that went out by then. */
async function newestSent(
  { ledger }: Books,
  { address }: Subscriber,
  at: Date,
): Promise<EditionId | undefined> {
  const history = await ledger.history(address)
  return history.find(
    ({ state, changedAt }) => state === 'submitted' && changedAt.getTime() <= at.getTime() + leeway,
  )?.edition
}
