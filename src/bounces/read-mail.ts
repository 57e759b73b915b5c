import { hash } from 'node:crypto'
import { replyLine } from '../mail/reply.ts'
import type { FeedbackKind } from '../model/feedback.ts'
import { isAutoReply, isAwayNotice } from './auto-reply.ts'
import { readDeliveryStatus } from './delivery-status.ts'
import { type Evidence, gatherEvidence } from './evidence.ts'
import { readFeedbackReport } from './feedback-report.ts'
import { isReport, readFreeText } from './free-text.ts'
import { judge } from './judge.ts'
import { readLeaveRequest } from './leave-request.ts'
import { type Mail, openMail } from './open-mail.ts'

/** What a report says of one recipient. */
export interface Verdict {
  readonly kind: FeedbackKind
  readonly status: string
  readonly diagnostic: string
  /** as the report names it */
  readonly recipients: readonly string[]
  readonly at?: Date
}

interface Common {
  readonly evidence: Evidence
  /** bare address of the sender, or empty; anybody can write it */
  readonly from: string
  /** when it was written, by its own account */
  readonly date?: Date
  /** the same for the same message, however often and by whatever way it comes */
  readonly key: string
}

export type MailReading =
  | (Common & { readonly kind: 'report'; readonly verdicts: readonly Verdict[] })
  | (Common & { readonly kind: 'leave'; readonly token?: string })
  /** a machine's answer, or a report from which nothing follows */
  | { readonly kind: 'nothing'; readonly what: string }
  | { readonly kind: 'unclear'; readonly reason: string }

/** One is usual; some relays add their own to that of the next. */
const mostStatusParts = 3

/**
 * Finds out what a message that came back wants to tell: a delivery status notification (RFC 3464), a complaint (RFC
 * 5965), a report in words, a request to leave, the answer of a machine. Total: whatever the bytes are, there is a
 * reading.
 *
 * @param envelope to whom it was delivered (RCPT TO), where that is known
 */
export async function readMail(
  bytes: Uint8Array,
  envelope: readonly string[] = [],
): Promise<MailReading> {
  const mail = await openMail(bytes)
  if (!mail || isEmpty(mail)) return { kind: 'unclear', reason: 'is no message that can be read' }
  const date = new Date(mail.headers('date')[0] ?? '')
  const common = {
    evidence: gatherEvidence(mail, envelope),
    from: mail.from,
    key: keyOf(mail, bytes),
    ...(Number.isNaN(date.getTime()) ? {} : { date }),
  }
  const complaint = readFeedbackReport(mail)
  if (complaint && !complaint.kind) {
    return { kind: 'nothing', what: `a report of type '${replyLine(complaint.type)}'` }
  }
  if (complaint?.kind) {
    const { kind, type, recipients } = complaint
    const diagnostic = type && replyLine(`reported as ${type}`)
    return { ...common, kind: 'report', verdicts: [{ kind, status: '', diagnostic, recipients }] }
  }
  const statuses = readStatuses(mail)
  if (statuses.length > 0) return { ...common, kind: 'report', verdicts: statuses }
  const leave = readLeaveRequest(mail)
  if (leave?.token !== undefined) return { ...common, kind: 'leave', token: leave.token }
  if (isAwayNotice(mail)) return { kind: 'nothing', what: 'an automatic reply' }
  const told = readFreeText(mail)
  if (told) {
    const { isDelayed, reason, recipients } = told
    const { kind, status } = judge({ status: '', words: reason })
    const verdict = isDelayed ? { kind: 'delayed' as const, status } : { kind, status }
    return {
      ...common,
      kind: 'report',
      verdicts: [{ ...verdict, diagnostic: replyLine(reason), recipients }],
    }
  }
  if (isAutoReply(mail)) return { kind: 'nothing', what: 'an automatic reply' }
  if (leave) return { ...common, kind: 'leave' }
  const from = mail.from && ` from ${replyLine(mail.from)}`
  return { kind: 'unclear', reason: `is no report: a letter${from}, which somebody should read` }
}

function readStatuses(mail: Mail): readonly Verdict[] {
  const isStatus = ({ type }: { type: string }) =>
    /^message\/(?:global-)?delivery-status/.test(type)
  const parts = mail.parts.filter(isStatus).slice(0, mostStatusParts)
  const isBroken =
    mail.parts.length === 0 && isReport(mail) && /^Final-Recipient:/im.test(mail.text)
  const told = (isBroken ? [mail] : parts).flatMap(({ text }) => readDeliveryStatus(text))
  let forPeople: string | undefined
  return told.map(({ action, status, diagnostic, recipients, at }) => {
    const common = { diagnostic: replyLine(diagnostic), recipients, ...(at && { at }) }
    if (action === 'delayed') return { ...common, kind: 'delayed', status }
    if (
      action === 'delivered' ||
      action === 'relayed' ||
      action === 'expanded' ||
      /^2/.test(status)
    ) {
      return { ...common, kind: 'delivered', status }
    }
    // A code that says nothing: the words for people say more
    const isVague = diagnostic === '' || /^[245]\.0\.0$/.test(status) || status === ''
    if (isVague) forPeople ??= readFreeText(mail)?.reason ?? ''
    const reason = isVague ? `${diagnostic} ${forPeople}` : diagnostic
    return { ...common, ...judge({ status, words: reason }) }
  })
}

function isEmpty(mail: Mail): boolean {
  const marks = ['from', 'to', 'subject', 'received', 'date', 'message-id', 'content-type']
  return marks.every((name) => mail.headers(name).length === 0)
}

/** Trace fields differ by the way it took; a Message-ID alone anybody can use up. */
function keyOf(mail: Mail, bytes: Uint8Array): string {
  const id = mail.headers('message-id')[0]?.trim()
  const told = ['from', 'date', 'subject'].flatMap((name) => mail.headers(name))
  const rest = id
    ? [id, ...mail.parts.map(({ text }) => text)]
    : [Buffer.from(bytes).toString('latin1')]
  return hash('sha256', JSON.stringify([...told, ...rest]))
}
