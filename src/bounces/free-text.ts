import { parseAddress } from '../mail/address.ts'
import { isReason } from './judge.ts'
import type { Mail } from './open-mail.ts'

/** A report in words alone. */
export interface FreeTextReport {
  readonly isDelayed: boolean
  /** the words that say why, on one line; or empty */
  readonly reason: string
  readonly recipients: readonly string[]
}

const daemon =
  /^(?:mailer[-_.]?daemon|post[-_]?master|mail[-_.]?daemon|daemon|mdaemon|mail(?:er)?|mail[-_.]?delivery|delivery[-_.]?(?:system|subsystem)?|postmaster\w*|microsoftexchange\w*|bounces?|mta|mail-?system|complaints)@/i
const failing =
  /undeliver|returned (?:e?-?mail|message)|return(?:ing)? (?:message|mail) to sender|mail (?:delivery|system) ?(?:failed|failure|failures|error|subsystem|problem|status|warning)|deliver(?:y|ed)? (?:status|failure|failed|has failed|error|problem|report|notification|attempt|reports about)|fail(?:ed|ure) (?:notice|notification|delivery|to deliver)|non.?deliver|(?:could|can) ?not be (?:delivered|sent)|message (?:delivery|status)|unable to deliver|not delivered|mail failure|error sending|warning: (?:could not send|message)|mail system error|nicht zugestellt|unzustellbar|zustellung|no (?:se )?(?:ha )?(?:podido|pudo|entregado)|non remis|échec|n'a pas (?:pu )?être|impossible de remettre|mancata consegna|non recapitab|niet (?:bezorgd|afgeleverd)|не доставлено|недоставленн|配信|送信でき|未送达|退信|rejected|bounced?\b|bounce message/iu
const delaying =
  /\bdelay|warning: (?:could not send|message)|still (?:being|trying)|will (?:be )?(?:retried|continue|keep trying)|not yet been delivered|verzögert|retardé/i
/** Below it stands what we sent. */
const returned =
  /^(?:[-=_* ]{2,}.{0,60}(?:original|copy|returned|below this line|forwarded|header|unsent|undelivered).{0,80}|.{0,40}original message (?:follows|headers?|text)?.{0,40}:?|Received: from .{0,300}|Return-Path: .{0,300}|.{0,20}included (?:is|below).{0,60}|.{0,40}(?:copy of (?:your|the) (?:original )?message|a copy of the message).{0,80}|Message headers? (?:follow|and).{0,40}|Ursprüngliche (?:Nachricht|Kopfzeilen).{0,40})$/im
const addresses = /[^\s<>()[\]"',;:@]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}/gu

const mostReason = 1500

/** @returns undefined when it is no report of a mail system */
export function readFreeText(mail: Mail): FreeTextReport | undefined {
  const failed = mail.headers('x-failed-recipients').flatMap((list) => list.split(','))
  const marks = [
    failed.length > 0,
    isReport(mail),
    daemon.test(mail.from) || daemon.test(`${mail.fromName}@`),
    failing.test(mail.subject),
    mail.headers('return-path').some((path) => path.trim() === '<>'),
  ].filter(Boolean).length
  const own = ownWords(mail.text)
  // A person may write "not delivered", too: without a second sign there has to be a reason
  if (marks === 0 || (marks === 1 && failed.length === 0 && !isReason(own))) return undefined
  return {
    isDelayed: delaying.test(mail.subject) || (delaying.test(own.slice(0, 2000)) && !isFinal(own)),
    reason: reasonIn(own),
    recipients: [
      ...failed,
      ...[...own.slice(0, 10_000).matchAll(addresses)].map(([address]) => address),
    ]
      .flatMap((text) => parseAddress(text)?.address ?? [])
      .slice(0, 20),
  }
}

/** Whether it says of itself that it is one (RFC 6522). */
export function isReport(mail: Mail): boolean {
  return mail
    .headers('content-type')
    .some((type) => /multipart\/report|delivery-status/i.test(type))
}

function isFinal(text: string): boolean {
  return /permanent|fatal|given up|giving up|failed|could not be delivered|wasn't able/i.test(text)
}

/** What the mail system says itself: quotations of our message would speak for it otherwise. */
function ownWords(text: string): string {
  const at = returned.exec(text)?.index ?? text.length
  // Some return the message first
  return at > 80 ? text.slice(0, at) : text.slice(0, 20_000)
}

/** The line that names a reason, with what goes on below it; else the whole. */
function reasonIn(text: string): string {
  const lines = text.slice(0, 20_000).split(/\r?\n/)
  const coded = lines.findIndex((line) => /[45]\.\d{1,3}\.\d{1,3}|\b[45]\d\d[ -]/.test(line))
  const first = coded >= 0 ? coded : lines.findIndex(isReason)
  const part = first < 0 ? lines : lines.slice(first, first + 6)
  return part.join(' ').replace(/\s+/gu, ' ').trim().slice(0, mostReason)
}
