import type { Message } from '../mailer.ts'
import { type ReportTerms, reportTerms } from './report-terms.ts'

/** What a relay says of itself in its reply to EHLO (RFC 5321 §4.1.1.1). */
export interface RelayTraits {
  /** by keyword, upper-case */
  readonly extensions: ReadonlySet<string>
  /** octets of a message (RFC 1870); absent: it does not say */
  readonly mostOctets?: number
}

/** `address`: the recipient's is none. `sender`, `recipient`: in UTF-8, which the relay does not take. */
export type Problem = 'address' | 'sender' | 'recipient' | 'size'

type Envelope = Message['envelope']

/**
 * What cannot be sent to this relay, so that asking would mislead: it might answer anything.
 *
 * @param octets of the message on the wire
 */
export function findProblem(
  { from, to }: Envelope,
  octets: number,
  { extensions, mostOctets = 0 }: RelayTraits,
): Problem | undefined {
  if (!isSendable(to)) return 'address'
  if (mostOctets > 0 && octets > mostOctets) return 'size'
  if (extensions.has('SMTPUTF8')) return undefined
  if (!isAscii(from)) return 'sender'
  return isAscii(to) ? undefined : 'recipient'
}

/** The three commands that announce a message (RFC 5321 §4.1.1), each with its line end. */
export function envelopeCommands(
  envelope: Envelope,
  octets: number,
  { extensions }: RelayTraits,
): readonly [mail: string, rcpt: string, data: string] {
  const { from, to } = envelope
  const reports = extensions.has('DSN') ? reportTerms(envelope) : noReports
  let mail = `MAIL FROM:<${from}>`
  if (!(isAscii(from) && isAscii(to))) mail += ' SMTPUTF8'
  if (extensions.has('SIZE')) mail += ` SIZE=${octets}`
  return [`${mail}${reports.mail}\r\n`, `RCPT TO:<${to}>${reports.rcpt}\r\n`, 'DATA\r\n']
}

const noReports: ReportTerms = { mail: '', rcpt: '' }

function isSendable(address: string): boolean {
  return !/[<>\p{Cc}]|^$/u.test(address)
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text)
}
