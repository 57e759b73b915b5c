import type { Outcome } from '../model/delivery.ts'

/**
 * What an outcome says of the way to its destination, whatever becomes of the message:
 *
 * - `took`: it works: the message was taken, or refused for good
 * - `slow`: they want less from us
 * - `failed`: it did not work, and that was not about this mailbox
 * - `none`: nothing; it was about this mailbox, or about us
 */
export interface Signal {
  readonly kind: 'took' | 'slow' | 'failed' | 'none'
  readonly of: 'relay' | 'destination'
}

/** Less of us, please: closing, system busy, policy of now (RFC 5321 §4.2.1, RFC 3463 §3.4, §3.8). */
const slow = /^(?:421\b|4\d\d[ -]4\.3\.2\b|4\d\d[ -]4\.7\.\d+)/
/** The same without a status, as Amazon SES and others write it. */
const slowWords =
  /^4\d\d\b.*?(?:throttl|rate (?:limit|exceeded)|sending rate|too (?:many|much|fast)|slow down)/i
/** What a relay says of our account with it, whoever the recipient is (Amazon SES). */
const ofAccount =
  /^4\d\d\b.*?(?:throttling failure|maximum sending rate|daily (?:message|sending) quota)/i
/** Each new recipient is put off once, by design: less from us would not help. */
const greylisting = /gr[ae]y-?list/i
/** Of the mailbox or its address, not of its system (RFC 3463 §3.2, §3.3; RFC 5321 §4.2.3). */
const ofMailbox = /^4\d\d[ -]4\.[12]\.\d|^450(?![ -]4\.\d)/

export function signalOf(outcome: Outcome): Signal {
  const of = 'destination'
  switch (outcome.kind) {
    case 'submitted':
    case 'rejected':
      return { kind: 'took', of }
    case 'uncertain':
      return { kind: 'failed', of }
    case 'deferred':
      return ofAccount.test(outcome.reply)
        ? { kind: 'slow', of: 'relay' }
        : { kind: signalOfDeferral(outcome.reply), of }
  }
}

function signalOfDeferral(reply: string): Signal['kind'] {
  if (reply.startsWith('5') || greylisting.test(reply)) return 'none'
  if (slow.test(reply) || slowWords.test(reply)) return 'slow'
  return ofMailbox.test(reply) ? 'none' : 'failed'
}
