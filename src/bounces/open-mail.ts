import PostalMime from 'postal-mime'
import { parseAddress } from '../mail/address.ts'
import { replyLine } from '../mail/reply.ts'

/** A message as far as it matters here: decoded, and bounded in every way. */
export interface Mail {
  /** the values of a header field, unfolded and decoded, first to last; the name in lower case */
  readonly headers: (name: string) => readonly string[]
  readonly subject: string
  /** bare, or empty */
  readonly from: string
  /** as it is displayed, or empty */
  readonly fromName: string
  /** the text parts, or the words of an HTML one */
  readonly text: string
  /** reports and returned messages, in order */
  readonly parts: readonly MailPart[]
}

export interface MailPart {
  /** lower case: `message/delivery-status` */
  readonly type: string
  readonly text: string
}

/** Reports say what they have to say before they return the message: what is beyond is not read, in octets. */
const mostOctets = 128 * 1024
/** Each costs as much as a hundred octets. */
const mostLines = 4000
const mostText = 200_000
const mostValue = 10_000
const mostParts = 50
const limits = { maxNestingDepth: 50, maxHeadersSize: 512 * 1024, forceRfc822Attachments: true }

const told = /^(?:message\/|text\/rfc822|text\/plain|text\/html)/

/**
 * Opens a message (RFC 5322, MIME), as mail systems of all ages write it.
 *
 * @returns undefined for what cannot be read at all
 */
export async function openMail(bytes: Uint8Array): Promise<Mail | undefined> {
  try {
    const email = await PostalMime.parse(beginning(bytes), limits)
    const sender = email.from?.address?.slice(0, 1000) ?? ''
    const values = new Map<string, string[]>()
    for (const { key, value } of email.headers) {
      const known = values.get(key)
      if (known) known.push(value.slice(0, mostValue))
      else values.set(key, [value.slice(0, mostValue)])
    }
    const parts = email.attachments
      .filter(({ mimeType }) => told.test(mimeType))
      .slice(0, mostParts)
      .map(({ mimeType, content }) => ({ type: mimeType, text: toText(content) }))
    return {
      headers: (name) => values.get(name) ?? [],
      subject: oneLine(email.subject ?? ''),
      from: parseAddress(sender)?.address ?? replyLine(sender),
      fromName: oneLine(email.from?.name ?? ''),
      // What should have parts and has none may have lost its boundaries on the way
      text: (
        email.text ||
        wordsOf(email.html ?? '') ||
        (parts.length === 0 ? bodyOf(bytes) : '')
      ).slice(0, mostText),
      parts,
    }
  } catch {
    // Whatever a stranger can write into a message: nested too deep, or worse
    return undefined
  }
}

function beginning(bytes: Uint8Array): Uint8Array {
  const lines = withLineFeeds(bytes.subarray(0, mostOctets))
  let end = -1
  for (let n = 0; n < mostLines; n += 1) {
    end = lines.indexOf(10, end + 1)
    if (end < 0) return lines
  }
  return lines.subarray(0, end + 1)
}

/** Old systems end lines with a carriage return alone. */
function withLineFeeds(bytes: Uint8Array): Uint8Array {
  if (bytes.includes(10) || !bytes.includes(13)) return bytes
  return bytes.map((octet) => (octet === 13 ? 10 : octet))
}

function toText(content: ArrayBuffer | Uint8Array | string): string {
  if (typeof content === 'string') return content.slice(0, mostText)
  return new TextDecoder().decode(new Uint8Array(content).subarray(0, mostText))
}

function bodyOf(bytes: Uint8Array): string {
  const text = toText(withLineFeeds(bytes.subarray(0, mostText)))
  return text.slice(/\r?\n\r?\n/.exec(text)?.index ?? text.length)
}

function wordsOf(html: string): string {
  return html
    .slice(0, mostText)
    .replace(/<(?:br|\/p|\/div|\/tr|\/li|\/h\d)\b[^<>]{0,1000}>/gi, '\n')
    .replace(/<[^<>]{0,1000}>/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}

function oneLine(text: string): string {
  return text.slice(0, 1000).replace(/\s+/gu, ' ').trim()
}
