import type { Outcome, Refusal } from '../model/delivery.ts'

/** What was asked when the relay refused: the sender, the recipient, leave to send data, or all of it. */
export type Stage = 'mail' | 'rcpt' | 'data' | 'dot'

/**
 * `busy`: the relay wants a rest from us. `stop`: the refusal is of us or of the edition, and every other message would
 * meet it too.
 */
export type Verdict = Outcome | Refusal | { readonly kind: 'stop'; readonly reply: string }

const mostCharacters = 500
/** Too big; bad sender (RFC 3463); credentials (RFC 4954); DKIM, SPF, reverse DNS, null MX (RFC 7372, RFC 7505). */
const ourStatus = /^5\.(?:3\.4|1\.[78]|7\.(?:0|[89]|1[0-4]|2[0-7]))$/
/** Many relays keep their verdict on client and sender until they see a recipient (`smtpd_delay_reject`). */
const ourWords = /\brelay|authenticat|client host|sender address|helo command|blocked using/i
/** Nearly all, one for each message: there is nothing to be done about them. */
const usual = /^\d{3} [!-~]+(?: [!-~]+)*$/
const first = /^(\d{3})(?:[ -](?:([245]\.\d{1,3}\.\d{1,3})(?!\S))?|$)/

/**
 * Decides what a refusal means (RFC 5321 §4.2, RFC 3463): who is meant by it, and for how long.
 *
 * | stage | reply | verdict |
 * | --- | --- | --- |
 * | mail | 421, 4.3.2, 4.7.x | busy: the relay wants a rest |
 * | any | other 4yz | deferred |
 * | any | 530, 535, 552 without 5.2.x, x.3.4 | stop: our account, or the message is too big for anybody |
 * | mail | 5yz | stop: it refuses the sender; rejected when it is the recipient's UTF-8 it refuses (5.6.7) |
 * | any | 5.1.7, 5.1.8, 5.7.0, 5.7.8 to 5.7.14, 5.7.20 to 5.7.27 | stop: our sender, account, DKIM, SPF or DNS |
 * | rcpt | other 5.7.x, or words about us without a status | deferred: policy is nobody's end, and one recipient's stops nobody else |
 * | rcpt | other 5yz | rejected |
 * | data, dot | 5.1, 5.2, 5.4, 5.5, 5.6 | rejected |
 * | data, dot | other 5yz: 5.3, 5.7, none | stop: policy or reputation, suppress nobody |
 *
 * @returns uncertain for what is no refusal and yet no acceptance
 */
export function judgeReply(stage: Stage, response: string): Verdict {
  const reply = replyLine(response)
  const [, code = '', status = ''] = first.exec(reply) ?? []
  if (/^4/.test(code)) {
    const rest = code === '421' || status === '4.3.2' || status.startsWith('4.7.')
    return { kind: stage === 'mail' && rest ? 'busy' : 'deferred', reply }
  }
  if (/^5/.test(code)) {
    if (isOurFault(stage, code, status)) return { kind: 'stop', reply }
    return { kind: stage === 'rcpt' && isPolicy(status, reply) ? 'deferred' : 'rejected', reply }
  }
  if (stage === 'dot')
    return { kind: 'uncertain', reason: `the relay's reply makes no sense: ${reply}` }
  return { kind: 'deferred', reply }
}

function isOurFault(stage: Stage, code: string, status: string): boolean {
  if (code === '530' || code === '535' || ourStatus.test(status)) return true
  if (code === '552' && !status.startsWith('5.2.')) return stage !== 'rcpt'
  if (stage === 'mail') return status !== '5.6.7'
  if (stage !== 'rcpt') return !/^5\.[12456]\./.test(status)
  if (/^50[0234]$/.test(code)) return status !== '5.1.3'
  return false
}

/** Of policy, whoever is meant: it may be mended, and says nothing of the mailbox. */
function isPolicy(status: string, reply: string): boolean {
  return status.startsWith('5.7.') || (status === '' && ourWords.test(reply))
}

/** A relay's reply on one line: its code once, printable, at most 500 characters. */
export function replyLine(response: string): string {
  if (response.length <= mostCharacters && usual.test(response)) return response
  const [head = '', ...rest] = response.trim().split(/\r?\n/)
  const status = first.exec(head)?.[2]
  const lines = rest.map((line) => {
    const text = line.replace(/^\d{3}[ -]?/, '')
    return status && text.startsWith(`${status} `) ? text.slice(status.length + 1) : text
  })
  const line = [head.replace(/^(\d{3})-/, '$1 '), ...lines]
    .join(' ')
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters - 1)}…` : line
}
