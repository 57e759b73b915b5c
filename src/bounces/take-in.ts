import { addressKey } from '../mail/address.ts'
import type { EditionId } from '../model/edition.ts'
import type { FeedbackEffect, FeedbackKind } from '../model/feedback.ts'
import type { Subscriber } from '../model/subscriber.ts'
import { type Books, editionOf, findReader } from './find-reader.ts'
import { type MailReading, readMail, type Verdict } from './read-mail.ts'

/** What became of a message that came back. */
export type Taken =
  | {
      readonly kind: 'told'
      readonly what: FeedbackKind
      readonly address: string
      readonly edition?: EditionId
      /** what the other side said, or empty */
      readonly diagnostic: string
      readonly isProven: boolean
      readonly effect: FeedbackEffect
    }
  /** a report on nobody who is on the list */
  | { readonly kind: 'stranger' }
  /** nothing follows from it */
  | { readonly kind: 'nothing'; readonly what: string }
  /** somebody has to look at it */
  | { readonly kind: 'unclear'; readonly reason: string }

export interface ReturnedMail {
  /** the message, at least its first 128 KiB */
  readonly bytes: Uint8Array
  /** to whom it was delivered, where that is known */
  readonly envelope?: readonly string[]
}

type Report = Extract<MailReading, { kind: 'report' }>
type Leave = Extract<MailReading, { kind: 'leave' }>

/** The milder first: of several recipients behind one address, one that is reached counts. */
const mildness: readonly FeedbackKind[] = ['delivered', 'delayed', 'policy', 'soft', 'hard']

/**
 * Reads a message that came back and does what follows from it: see docs/bounces.md. The same message again changes
 * nothing.
 *
 * @throws {Fault} 'unavailable' when the store is out of reach: take it in again later
 */
export async function takeIn(books: Books, mail: ReturnedMail, now: Date): Promise<Taken> {
  const reading = await readMail(mail.bytes, mail.envelope)
  if (reading.kind === 'report') return takeReport(books, reading, now)
  if (reading.kind === 'leave') return takeLeave(books, reading, now)
  return reading
}

async function takeReport(books: Books, report: Report, now: Date): Promise<Taken> {
  const { evidence, verdicts, key } = report
  const addresses = [...verdicts.flatMap(({ recipients }) => recipients), ...evidence.sentTo]
  const found = await findReader(books, { ...evidence, addresses })
  const verdict = found && verdictOn(found.reader, verdicts)
  if (!found || !verdict) return { kind: 'stranger' }
  if (isOfFormerAddress(found.reader, verdict, evidence.sentTo)) {
    return { kind: 'nothing', what: 'a bounce of an address that the reader has changed' }
  }
  return tell(books, { ...found, ...verdict, key, date: verdict.at ?? report.date }, now)
}

async function takeLeave(books: Books, leave: Leave, now: Date): Promise<Taken> {
  const { evidence, token, from, key, date } = leave
  const ask = { kind: 'unsubscribe' as const, status: '', diagnostic: '', key, date }
  if (token !== undefined) {
    const reader = await books.subscribers.findByToken(token)
    return reader ? tell(books, { ...ask, reader, isProven: true }, now) : { kind: 'stranger' }
  }
  const reader = await books.subscribers.find(from)
  if (!reader) return { kind: 'unclear', reason: `${from} asks to leave and is not on the list` }
  if (reader.status !== 'active')
    return { kind: 'nothing', what: 'a wish to leave, of one who has' }
  // Anybody can write as anybody: an answer to our own message, nobody else can
  const edition = await editionOf(books, reader, evidence.messageIds)
  const isProven = edition !== undefined || evidence.readerTokens.includes(reader.token)
  const taken = await tell(books, { ...ask, reader, edition, isProven }, now)
  if (isProven) return taken
  const remedy = `if it is true, run 'tidings subscribers remove ${reader.address}'`
  return {
    kind: 'unclear',
    reason: `${reader.address} asks to leave, and nothing proves who wrote it; ${remedy}`,
  }
}

interface Told {
  readonly kind: FeedbackKind
  readonly status: string
  readonly diagnostic: string
  readonly key: string
  readonly date: Date | undefined
  readonly reader: Subscriber
  readonly edition?: EditionId | undefined
  readonly isProven: boolean
}

async function tell({ feedback }: Books, told: Told, now: Date): Promise<Taken> {
  const { kind, status, diagnostic, key, date, reader, edition, isProven } = told
  const common = { diagnostic, isProven, ...(edition !== undefined && { edition }) }
  const at = date && date < now ? date : now
  const effect = await feedback.record(
    { ...common, key, kind, status, subscriber: reader.id, source: 'mail', at },
    now,
  )
  return { ...common, kind: 'told', what: kind, address: reader.address, effect }
}

function verdictOn({ address }: Subscriber, verdicts: readonly Verdict[]): Verdict | undefined {
  const own = addressKey(address)
  const isOwn = ({ recipients }: Verdict) => recipients.some((one) => addressKey(one) === own)
  return (
    verdicts.find(isOwn) ??
    verdicts.toSorted((a, b) => mildness.indexOf(a.kind) - mildness.indexOf(b.kind))[0]
  )
}

/** A complaint counts whatever address it hides; that a mailbox is gone says nothing of another one. */
function isOfFormerAddress(
  { address }: Subscriber,
  { kind }: Verdict,
  sentTo: readonly string[],
): boolean {
  const own = addressKey(address)
  const matters = kind === 'hard' || kind === 'soft'
  return matters && sentTo.length > 0 && sentTo.every((one) => addressKey(one) !== own)
}
