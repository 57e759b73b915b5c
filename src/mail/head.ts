import { Fault } from '../model/fault.ts'
import type { Mailbox } from './address.ts'
import { foldWords, listIdHeader, mailboxHeader, textHeader } from './headers.ts'

/** What all messages of an edition have in common. */
export interface Letter {
  readonly date: Date
  readonly from: Mailbox
  readonly replyTo?: Mailbox
  /** `id` has the form of a domain name (RFC 2919); absent: no mail of a list, but the answer to somebody's request */
  readonly list?: { readonly id: string; readonly name: string }
  /** `EDITION:LIST:SENDER`: what complaints are counted by; the same for many messages */
  readonly feedbackId?: string
}

/** What a message has for itself, besides its slots. */
export interface Addressee {
  /** `<…@…>`, see `messageIdFor` */
  readonly messageId: string
  readonly to: Mailbox
  /** absolute https, http or mailto URLs, the best one first; at least one (RFC 2369), and none where there is no list */
  readonly unsubscribeUrls?: readonly string[]
}

/** Header fields by name, each folded and without its line end. */
export type Fields = Readonly<Partial<Record<FieldName, string>>>

type FieldName = (typeof order)[number]

const order = [
  'From',
  'To',
  'Reply-To',
  'Subject',
  'Date',
  'Message-ID',
  'List-Id',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'Feedback-ID',
  'Auto-Submitted',
  'X-Auto-Response-Suppress',
  'MIME-Version',
  'Content-Type',
] as const

const mostUrlOctets = 900
/** What an unsubscribe link looks like, and what a URL parser would give back as it is. */
const usualUrl =
  /^(?:https?:\/\/(?:(?!xn--)[a-z0-9-]+\.)+[a-z]{2,}\/[\w/-]*|mailto:[\w+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+\?subject=[\w-]+)$/
const listId =
  /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*$/

/** Nobody is to answer that they are on holiday (RFC 3834 §5; the other is for Exchange). */
const ofItself = {
  'Auto-Submitted': 'Auto-Submitted: auto-generated',
  'X-Auto-Response-Suppress': 'X-Auto-Response-Suppress: OOF, AutoReply',
} as const satisfies Fields

/** The fields that stand in a header, in the order in which they do. */
export function inOrder(fields: Fields): readonly string[] {
  const present: string[] = []
  for (const name of order) {
    const field = fields[name]
    if (field !== undefined) present.push(field)
  }
  return present
}

/** @throws {Fault} 'config-invalid' for a list id or reply address that cannot stand in a header */
export function letterFields(letter: Letter, boundary: string): Fields {
  const { from, replyTo, date, list, feedbackId } = letter
  if (list && !listId.test(list.id)) {
    throw new Fault(
      'config-invalid',
      `newsletter.listId: '${list.id}' does not look like 'news.example.org'`,
    )
  }
  if (replyTo && /[^ -~]/.test(replyTo.address)) {
    // only the envelope makes a relay announce SMTPUTF8 (RFC 6531 §3.4), and it does not show here
    throw new Fault('config-invalid', `newsletter.replyTo: '${replyTo.address}' is not ASCII`)
  }
  return {
    From: mailboxHeader('From', from),
    ...(replyTo && { 'Reply-To': mailboxHeader('Reply-To', replyTo) }),
    Date: `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    ...(list ? { 'List-Id': listIdHeader(list.name, list.id) } : ofItself),
    ...(feedbackId && { 'Feedback-ID': textHeader('Feedback-ID', feedbackId) }),
    'MIME-Version': 'MIME-Version: 1.0',
    'Content-Type': `Content-Type: multipart/alternative;\r\n boundary="${boundary}"`,
  }
}

export function subjectField(subject: string): Fields {
  return { Subject: textHeader('Subject', subject) }
}

/** @throws {Fault} 'config-invalid' for an unsubscribe URL that cannot stand in a header */
export function addresseeFields({ messageId, to, unsubscribeUrls }: Addressee): Fields {
  return {
    To: mailboxHeader('To', to),
    'Message-ID': foldWords('Message-ID', [messageId]),
    ...(unsubscribeUrls && unsubscribeFields(unsubscribeUrls)),
  }
}

/** RFC 2369, and RFC 8058 where a URL can take a POST nobody reads on the way. */
function unsubscribeFields(given: readonly string[]): Fields {
  const urls = given.map(toHeaderUrl)
  if (urls.length === 0) {
    throw new Fault(
      'config-invalid',
      'a newsletter needs a way to unsubscribe: set server.url or newsletter.replyTo',
    )
  }
  const words = urls.map((url, index) => (index < urls.length - 1 ? `<${url}>,` : `<${url}>`))
  const oneClick = urls.some((url) => url.startsWith('https:'))
  return {
    'List-Unsubscribe': foldWords('List-Unsubscribe', words),
    ...(oneClick && {
      'List-Unsubscribe-Post': 'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    }),
  }
}

function toHeaderUrl(text: string): string {
  if (text.length < mostUrlOctets && usualUrl.test(text)) return text
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
