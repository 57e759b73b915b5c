import { hash } from 'node:crypto'
import { type SlotValues, splitSlots, writeSlot } from '../model/edition.ts'
import type { Message } from '../model/message.ts'
import { type EncodedBody, encodeBody, fillLine, type Pieces, type SlotLine } from './body.ts'
import { dkimFields, hashBody, relaxLines } from './dkim.ts'
import type { DkimKey } from './dkim-key.ts'
import {
  type Addressee,
  addresseeFields,
  inOrder,
  type Letter,
  letterFields,
  subjectField,
} from './head.ts'

export type { Addressee, Letter }

/** Where a message goes, and to whom. */
export interface Recipient extends Addressee {
  /** where bounces go, a bare address; absent: the address of `from` */
  readonly returnPath?: string
  /** what the relay is to call this message in its reports (RFC 3461 ENVID) */
  readonly envelopeId?: string
}

/** A message without slots. */
export interface MessageInput extends Letter, Recipient, Content {}

interface Content<Text = string> {
  readonly subject: Text
  readonly text: Text
  readonly html: Text
}

/** How the value of a slot is written in each part, before it is encoded for mail. */
export type SlotWriters = Content<(value: string) => string>

/** Makes the message of one recipient. */
export type FillTemplate = (recipient: Recipient, values: SlotValues) => Promise<Message>

interface Compiled {
  readonly letter: Letter
  readonly content: Content<Pieces>
  readonly write: SlotWriters
  readonly keys: readonly DkimKey[]
}

/**
 * Composes the messages of an edition in one language once for all its recipients: headers, then text and HTML as
 * alternatives (RFC 2046 §5.1.4), the text first. What is left for each recipient are the lines with slots in them,
 * four header fields, and the signatures. The same input gives the same bytes, those of `composeMessage` with the
 * slots filled. Whatever a name, title or body holds, no header breaks and no line is longer than 998 octets
 * (RFC 5322 §2.1.1).
 *
 * @param content with slots, see `slot` in the model
 * @param keys who signs, see `readDkimKey`; none: unsigned
 * @throws {Fault} 'config-invalid' for a list id or reply address that cannot stand in a header; and when it is
 *   filled, for an unsubscribe URL
 */
export function messageTemplate(
  letter: Letter,
  { subject, text, html }: Content,
  write: SlotWriters,
  keys: readonly DkimKey[] = [],
): FillTemplate {
  const content = {
    // lest an empty value join the halves of a character; bodies see to that themselves
    subject: splitSlots(subject.toWellFormed()),
    text: splitSlots(text),
    html: splitSlots(html),
  }
  return compile({ letter, content, write, keys })
}

/**
 * Composes one message, see `messageTemplate`. What looks like a slot is none.
 *
 * @throws {Fault} 'config-invalid' for a list id, reply address or unsubscribe URL that cannot stand in a header
 */
export async function composeMessage(
  input: MessageInput,
  keys: readonly DkimKey[] = [],
): Promise<Message> {
  const { subject, text, html } = input
  const content = { subject: [subject], text: [text], html: [html] }
  const write = { subject: String, text: String, html: String }
  const fill = compile({ letter: input, content, write, keys })
  return fill(input, { name: '', address: '', unsubscribeUrl: '' })
}

/**
 * The Message-ID of what one subscriber gets of one edition: a resent message has the same one, and it gives
 * neither away.
 *
 * @param domain of the sender, in A-labels
 */
export function messageIdFor(editionId: string, subscriberId: string, domain: string): string {
  return `<${digest(JSON.stringify([editionId, subscriberId]))}@${domain}>`
}

/**
 * A Feedback-ID, by which Gmail counts complaints: of this edition, this list and this sender.
 *
 * @param domain of the sender
 */
export function feedbackIdFor(editionId: string, listId: string, domain: string): string {
  // the sender's part: always the same, 5 to 15 characters
  return `${editionId}:${listId}:${digest(domain).slice(0, 12)}`
}

function compile({ letter, content, write, keys }: Compiled): FillTemplate {
  // never in quoted-printable, where = goes before hex digits only
  const boundary = `=_${digest(`${letter.date.toISOString()} ${letter.list?.id ?? letter.from.address}`)}`
  const common = letterFields(letter, boundary)
  const fillSubject = subjectTemplate(content.subject, write.subject)
  const fillBody = bodyTemplate(boundary, content, write)

  return async (recipient, values) => {
    // Mail of a list never goes out without a way to leave
    const { unsubscribeUrls = letter.list && [] } = recipient
    const { messageId, to } = recipient
    const addressee = addresseeFields({
      messageId,
      to,
      ...(unsubscribeUrls && { unsubscribeUrls }),
    })
    const fields = inOrder({ ...common, ...fillSubject(values), ...addressee })
    const body = fillBody(values)
    const bodyHash = keys.length > 0 ? hashBody(body.map(relaxedForm)) : ''
    const signatures = await dkimFields(keys, { fields, bodyHash, time: letter.date })
    const parts = withHead(`${[...signatures, ...fields].join('\r\n')}\r\n\r\n`, body)
    const { returnPath, envelopeId } = recipient
    return {
      envelope: {
        from: returnPath ?? letter.from.address,
        to: to.address,
        ...(envelopeId && { id: envelopeId }),
      },
      messageId,
      parts,
      // made only for those who ask: sending them needs no copy
      get bytes() {
        return Buffer.concat(parts)
      },
    }
  }
}

function subjectTemplate(pieces: Pieces, write: SlotWriters['subject']) {
  const whole = pieces.length === 1 && subjectField(String(pieces[0]))
  return (values: SlotValues) => {
    if (whole) return whole
    const filled = pieces.map((piece) =>
      typeof piece === 'string' ? piece : writeSlot(piece, values, write),
    )
    return subjectField(filled.join(''))
  }
}

/** Whole lines that all recipients get, as they are sent and as they are signed. */
interface Segment {
  readonly raw: Uint8Array
  readonly relaxed: Uint8Array
}

interface Blank {
  readonly line: SlotLine
  readonly write: (value: string) => string
}

/** Shorter segments are written anew with the recipient's own lines around them: a part costs more than they do. */
const worthSharing = 1024

/** @returns what fills a body: segments, and in ASCII whole lines of the recipient's own */
function bodyTemplate(
  boundary: string,
  { text, html }: Content<Pieces>,
  write: Content<(value: string) => string>,
) {
  const parts = [
    ...part(boundary, 'text/plain', encodeBody(text), write.text),
    ...part(boundary, 'text/html', encodeBody(html), write.html),
    `--${boundary}--\r\n`,
  ]
  const pieces = joinFixed(parts).map((one) =>
    typeof one === 'string' && one.length >= worthSharing ? segment(one) : one,
  )
  return (values: SlotValues): readonly (string | Segment)[] => {
    const body: (string | Segment)[] = []
    let own = ''
    for (const piece of pieces) {
      if (typeof piece === 'string') own += piece
      else if ('line' in piece) own += fillLine(piece.line, values, piece.write)
      else {
        if (own !== '') body.push(own)
        own = ''
        body.push(piece)
      }
    }
    return own === '' ? body : [...body, own]
  }
}

function part(
  boundary: string,
  type: string,
  body: EncodedBody,
  write: (value: string) => string,
): (string | Blank)[] {
  return [
    `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\n`,
    'Content-Transfer-Encoding: quoted-printable\r\n\r\n',
    ...body.map((line) => (typeof line === 'string' ? line : { line, write })),
    '\r\n',
  ]
}

function joinFixed(parts: readonly (string | Blank)[]): (string | Blank)[] {
  const joined: (string | Blank)[] = []
  let fixed = ''
  for (const one of parts) {
    if (typeof one === 'string') fixed += one
    else {
      joined.push(fixed, one)
      fixed = ''
    }
  }
  return [...joined, fixed].filter((one) => one !== '')
}

function segment(lines: string): Segment {
  const raw = Buffer.from(lines, 'latin1')
  const relaxed = relaxLines(lines)
  return { raw, relaxed: relaxed === lines ? raw : Buffer.from(relaxed, 'latin1') }
}

function relaxedForm(one: string | Segment): string | Uint8Array {
  return typeof one === 'string' ? relaxLines(one) : one.relaxed
}

/** The parts of a message: the lines of a body that follow its head are in one with it. */
function withHead(head: string, body: readonly (string | Segment)[]): readonly Uint8Array[] {
  const [first] = body
  const isOwn = typeof first === 'string'
  const opening = Buffer.from(isOwn ? head + first : head)
  const rest = isOwn ? body.slice(1) : body
  return [opening, ...rest.map((one) => (typeof one === 'string' ? Buffer.from(one) : one.raw))]
}

function digest(text: string): string {
  return hash('sha256', text).slice(0, 32)
}
