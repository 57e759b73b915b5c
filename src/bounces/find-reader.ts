import { addressKey } from '../mail/address.ts'
import { messageIdFor } from '../mail/message.ts'
import { type BounceToken, isOurs } from '../mail/return-path.ts'
import type { EditionId } from '../model/edition.ts'
import type { Subscriber } from '../model/subscriber.ts'
import type { FeedbackLog } from '../store/feedback.ts'
import type { Ledger } from '../store/ledger.ts'
import type { Subscribers } from '../store/subscribers.ts'

/** What is asked of the store. */
export interface Books {
  readonly subscribers: Pick<Subscribers, 'find' | 'findByToken'>
  readonly ledger: Pick<Ledger, 'history'>
  readonly feedback: Pick<FeedbackLog, 'reader' | 'record'>
}

/** Whom a report is about. */
export interface FoundReader {
  readonly reader: Subscriber
  readonly edition?: EditionId
  /** whether only who has seen the reader's own message can know what is told */
  readonly isProven: boolean
}

export interface Clues {
  readonly tokens: readonly BounceToken[]
  readonly messageIds: readonly string[]
  readonly readerTokens: readonly string[]
  /** as anybody can write them */
  readonly addresses: readonly string[]
}

/** So many addresses are looked up, the first ones. */
const mostAddresses = 20

/**
 * Finds the reader: by a sealed return path, by the Message-ID of a message that was sent to them, by their unsubscribe
 * link, and without proof by the address alone.
 */
export async function findReader(books: Books, clues: Clues): Promise<FoundReader | undefined> {
  for (const token of clues.tokens) {
    const reader = await books.feedback.reader(token.subscriber)
    if (reader && isOurs(token, reader)) return { reader, edition: token.edition, isProven: true }
  }
  const linked = await lookUp(clues.readerTokens, (token) => books.subscribers.findByToken(token))
  const named = await lookUp(
    [...new Set(clues.addresses.map(addressKey))].slice(0, mostAddresses),
    (address) => books.subscribers.find(address),
  )
  for (const reader of [...linked, ...named]) {
    const edition = await editionOf(books, reader, clues.messageIds)
    if (edition !== undefined) return { reader, edition, isProven: true }
  }
  const [byLink] = linked
  if (byLink) return { reader: byLink, isProven: true }
  const [byName] = named
  return byName && { reader: byName, isProven: false }
}

/** The edition of which one of these is the reader's Message-ID. */
export async function editionOf(
  { ledger }: Pick<Books, 'ledger'>,
  { id, address }: Subscriber,
  messageIds: readonly string[],
): Promise<EditionId | undefined> {
  if (messageIds.length === 0) return undefined
  const given = new Set(messageIds.map((messageId) => messageId.split('@')[0]?.toLowerCase()))
  const history = await ledger.history(address)
  return history.find(({ edition }) => given.has(localPart(edition, id)))?.edition
}

function localPart(edition: EditionId, id: string): string {
  return messageIdFor(edition, id, '').slice(1, -2)
}

async function lookUp(
  names: readonly string[],
  find: (name: string) => Promise<Subscriber | undefined>,
): Promise<readonly Subscriber[]> {
  const found: Subscriber[] = []
  for (const name of names) {
    const reader = await find(name)
    if (reader) found.push(reader)
  }
  return found
}
