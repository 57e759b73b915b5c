import type { FeedbackKind } from '../model/feedback.ts'
import type { Mail } from './open-mail.ts'

/** What a report on a message that was received says (RFC 5965). */
export interface FeedbackReport {
  /** undefined: nothing that anything follows from, such as a failed authentication (RFC 6591) */
  readonly kind?: Extract<FeedbackKind, 'complaint' | 'unsubscribe'>
  /** `abuse`, as it was said */
  readonly type: string
  readonly recipients: readonly string[]
}

const kinds: Readonly<Record<string, FeedbackReport['kind']>> = {
  abuse: 'complaint',
  fraud: 'complaint',
  virus: 'complaint',
  other: 'complaint',
  'opt-out': 'unsubscribe',
  'opt-out-list': 'unsubscribe',
}

/** Those who send complaints without a part that says so, each with the message in question. */
const complaintSubject =
  /\bcomplaint about message\b|\babuse (?:report|complaint)|\bspam (?:report|complaint|feedback)|\bfeedback loop|\bfbl\b|^\[?e-?mail feedback report/i
const complainer =
  /^(?:staff@hotmail\.|feedbackloop@|fbl@|scomp@|abuse-?reports?@|complaints?@|arf@)/i

/** @returns undefined when it is no such report */
export function readFeedbackReport(mail: Mail): FeedbackReport | undefined {
  const part = mail.parts.find(({ type }) => type === 'message/feedback-report')
  if (part) {
    const type = field(part.text, 'feedback-type').toLowerCase()
    const recipients = fields(part.text, 'original-rcpt-to').concat(
      fields(part.text, 'removal-recipient'),
    )
    const kind = type === '' ? 'complaint' : kinds[type]
    return { type, recipients, ...(kind && { kind }) }
  }
  const isReturned = mail.parts.some(({ type }) => /^(?:message|text)\/rfc822/.test(type))
  const isJunkReport = mail.headers('x-hmxmroriginalrecipient').length > 0
  if (!isReturned) return undefined
  if (!isJunkReport && !complainer.test(mail.from) && !complaintSubject.test(mail.subject)) {
    return undefined
  }
  return { kind: 'complaint', type: '', recipients: mail.headers('x-hmxmroriginalrecipient') }
}

function field(text: string, name: string): string {
  return fields(text, name)[0] ?? ''
}

function fields(text: string, name: string): readonly string[] {
  const lines = text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  const begin = `${name}:`
  return lines
    .filter((line) => line.toLowerCase().startsWith(begin))
    .slice(0, 10)
    .map((line) => line.slice(begin.length).trim().replace(/^<|>$/g, ''))
}
