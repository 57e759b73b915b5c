import { createHash } from 'node:crypto'
import { encode, wrap } from 'nodemailer/lib/qp'
import { Fault } from '../model/fault.ts'
import type { Message } from '../model/message.ts'
import type { Mailbox } from './address.ts'
import { foldWords, listIdHeader, mailboxHeader, textHeader } from './headers.ts'

export interface MessageInput {
  /** `<…@…>`, see `messageIdFor` */
  readonly messageId: string
  readonly date: Date
  readonly from: Mailbox
  readonly to: Mailbox
  readonly replyTo?: Mailbox
  /** where bounces go, a bare address; absent: the address of `from` */
  readonly returnPath?: string
  readonly subject: string
  /** slots filled */
  readonly text: string
  /** slots filled */
  readonly html: string
  /** `id` has the form of a domain name (RFC 2919) */
  readonly list: { readonly id: string; readonly name: string }
  /** absolute https, http or mailto URLs, the best one first; at least one (RFC 2369) */
  readonly unsubscribeUrls: readonly string[]
}

const mostUrlOctets = 900
const listId =
  /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*$/

/**
 * Composes the message of one recipient: all headers of a newsletter, then text and HTML as alternatives (RFC 2046
 * §5.1.4), the text first. The same input gives the same bytes. Whatever a name, title or body holds, no header
 * breaks and no line is longer than 998 octets (RFC 5322 §2.1.1).
 *
 * @throws {Fault} 'config-invalid' for a list id, reply address or unsubscribe URL that cannot stand in a header
 */
export async function composeMessage(input: MessageInput): Promise<Message> {
  const boundary = `=_${digest(input.messageId)}` // never in quoted-printable, where = goes before hex digits only
  const lines = [
    ...headers(input),
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative;\r\n boundary="${boundary}"`,
    '',
    ...part(boundary, 'text/plain', input.text),
    ...part(boundary, 'text/html', input.html),
    `--${boundary}--`,
    '',
  ]
  return {
    envelope: { from: input.returnPath ?? input.from.address, to: input.to.address },
    messageId: input.messageId,
    bytes: Buffer.from(lines.join('\r\n')),
  }
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

function headers(input: MessageInput): string[] {
  const { from, to, replyTo, subject, date, messageId, list } = input
  if (!listId.test(list.id)) {
    throw new Fault(
      'config-invalid',
      `newsletter.listId: '${list.id}' does not look like 'news.example.org'`,
    )
  }
  if (replyTo && /[^ -~]/.test(replyTo.address)) {
    // only the envelope makes a relay announce SMTPUTF8 (RFC 6531 §3.4), and it does not show here
    throw new Fault('config-invalid', `newsletter.replyTo: '${replyTo.address}' is not ASCII`)
  }
  return [
    mailboxHeader('From', from),
    mailboxHeader('To', to),
    ...(replyTo ? [mailboxHeader('Reply-To', replyTo)] : []),
    textHeader('Subject', subject),
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    foldWords('Message-ID', [messageId]),
    listIdHeader(list.name, list.id),
    ...unsubscribeHeaders(input.unsubscribeUrls),
  ]
}

/** RFC 2369, and RFC 8058 where a URL can take a POST nobody reads on the way. */
function unsubscribeHeaders(given: readonly string[]): string[] {
  const urls = given.map(toHeaderUrl)
  if (urls.length === 0) {
    throw new Fault(
      'config-invalid',
      'a newsletter needs a way to unsubscribe: set server.url or newsletter.replyTo',
    )
  }
  const words = urls.map((url, index) => (index < urls.length - 1 ? `<${url}>,` : `<${url}>`))
  const oneClick = urls.some((url) => url.startsWith('https:'))
  return [
    foldWords('List-Unsubscribe', words),
    ...(oneClick ? ['List-Unsubscribe-Post: List-Unsubscribe=One-Click'] : []),
  ]
}

function toHeaderUrl(text: string): string {
  const url = URL.parse(text)
  const href = url?.href.replace(/[^!-~]|[<>",]/g, encodeURIComponent)
  if (!url || !href || !/^(https?|mailto):$/.test(url.protocol) || href.length > mostUrlOctets) {
    throw new Fault(
      'config-invalid',
      `'${text.slice(0, 80)}' cannot be an unsubscribe link: use a short https or mailto URL`,
    )
  }
  return href
}

function part(boundary: string, type: string, content: string): string[] {
  return [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: quoted-printable',
    '',
    wrap(encode(toLines(content))),
  ]
}

/** Well-formed text with CRLF line ends, without control characters that no mail program shows. */
function toLines(content: string): string {
  return content
    .toWellFormed()
    .replace(/\r\n?|\n/g, '\r\n')
    .replace(/(?![\t\r\n])[\p{Cc}\p{Noncharacter_Code_Point}]/gu, '')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
