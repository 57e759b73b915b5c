import type { Outcome, Refusal } from '../../model/delivery.ts'
import { Fault } from '../../model/fault.ts'
import { oneLine } from '../headers.ts'
import { type Mailer, type Message, MessageTooBig } from '../mailer.ts'
import { judgeReply, replyLine } from '../reply.ts'
import { readSmtpUrl } from '../smtp-url.ts'
import { createPool } from './pool.ts'
import { type Attempt, openSession, type Problem, type Session } from './smtp-session.ts'

export interface SmtpOptions {
  /** `smtp://…` or `smtps://…`, see `readSmtpUrl` */
  readonly url: string
  /** how many at once; fewer when the relay allows fewer */
  readonly connections: number
  /** the name we say EHLO with; absent: this machine's */
  readonly name?: string
  /** PEM of the certificate authority to trust, in place of the system's */
  readonly ca?: string
  /** default 500 */
  readonly messagesPerConnection?: number
  /**
   * how long one reply may take once it has begun, and all that comes before the first message, milliseconds; default
   * ten minutes
   */
  readonly replyWithin?: number
  /** gives up connections that are being made */
  readonly signal?: AbortSignal
}

/**
 * Submits to a relay over a few connections that are kept open (RFC 5321, RFC 6409). A connection that breaks before
 * anything can have been accepted is replaced once, without a word, when it had been used before: relays close idle
 * ones.
 *
 * @throws {Fault} 'config-invalid' for a wrong URL; it holds no password
 */
export function smtpMailer(options: SmtpOptions): Mailer {
  const { url, connections, messagesPerConnection = 500, name, ca } = options
  const { replyWithin = 600_000, signal } = options
  const relay = readSmtpUrl(url)
  /** Whether it has ever answered us: then it is there, and its address is right. */
  let isKnown = false
  const pool = createPool({
    most: connections,
    async open() {
      const terms = { relay, messagesPerConnection, replyWithin, name, ca }
      const session = await openSession({ ...terms, ...(signal && { signal }) })
      isKnown = true
      return session
    },
    isUsable: (session) => session.isUsable(),
    isHeld: (session) => session.announced() !== undefined,
    end: (session) => session.end(),
    isCrowded,
    gravity,
  })

  /** Who has told the relay of a message that is to be submitted next. */
  const keepers = new Map<Message, Session>()

  return {
    async submit(message, terms) {
      // It may be refused before anybody waits for it; whoever does hears of it all the same.
      terms?.leave?.catch(() => {})
      const send = async (session: Session) => {
        const attempt = await session.send(message, terms)
        const next = session.announced()
        if (next) keepers.set(next, session)
        return attempt
      }
      const held = keepers.get(message)
      keepers.delete(message)
      try {
        const first = await pool.use(send, { held })
        const attempt = isStale(first) ? await pool.use(send, { fresh: true }) : first
        return outcomeOf(attempt, message, relay.shown)
      } catch (error) {
        const answer = wantsRest(error)
        isKnown ||= answer !== undefined
        const reply = answer ?? (isKnown ? wentAway(error) : undefined)
        if (reply === undefined) throw error
        return { kind: 'busy', reply }
      }
    },
    withdraw(message) {
      const session = keepers.get(message)
      if (!session) return
      keepers.delete(message)
      pool.letGo(session)
    },
    close: () => pool.close(),
  }
}

interface Refused {
  readonly command?: string
  readonly code?: string
  readonly originalCode?: string
  readonly responseCode?: number
  readonly response?: string
}

/**
 * Where another connection has worked, whatever is wrong with this one: too many of us at once, perhaps. Where none has yet,
 * others may still be let in, unless it is the password that is wrong.
 */
function isCrowded(error: unknown, hasOpened: boolean): boolean {
  if (!(error instanceof Fault) || error.code !== 'unavailable') return false
  return hasOpened || !isLoginRefused(error)
}

function isLoginRefused({ cause }: Fault): boolean {
  const { command, responseCode = 0 } = (cause ?? {}) as Refused
  return command === 'AUTH' && responseCode >= 500
}

/** A refusal for good says more than one for now, and that more than a connection that was lost. */
function gravity(error: unknown): number {
  const { responseCode } = ((error instanceof Fault && error.cause) || {}) as Refused
  return responseCode ? Math.floor(responseCode / 100) : 0
}

/** The reply of a relay that has no time for us now: 4yz to the greeting or to AUTH. */
function wantsRest(error: unknown): string | undefined {
  if (!(error instanceof Fault)) return undefined
  const { responseCode, response } = (error.cause ?? {}) as Refused
  if (!responseCode || responseCode < 400 || responseCode > 499) return undefined
  return response === undefined ? error.message : replyLine(response)
}

/** What is said of a relay that hangs up instead of greeting, or lets nobody in, as while it is restarted. */
function wentAway(error: unknown): string | undefined {
  if (!(error instanceof Fault) || !(error.cause instanceof Error)) return undefined
  const { code = '', originalCode = '' } = error.cause as Refused
  const isAway = code === 'ECONNECTION' || code === 'ETIMEDOUT' || away.test(originalCode)
  return isAway ? `out of reach: ${replyLine(error.cause.message)}` : undefined
}

const away = /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE)$/

/** Whether the session rather than the message was at fault: nothing was accepted, and another session may do. */
function isStale(attempt: Attempt): boolean {
  if (attempt.kind === 'lost') return attempt.reused && !attempt.dotSent
  return (
    attempt.kind === 'refused' &&
    attempt.reused &&
    attempt.stage === 'mail' &&
    /^421/.test(attempt.response)
  )
}

function outcomeOf(attempt: Attempt, { envelope }: Message, relay: string): Outcome | Refusal {
  switch (attempt.kind) {
    case 'accepted':
      return { kind: 'submitted', reply: attempt.reply }
    case 'lost':
      return attempt.dotSent
        ? { kind: 'uncertain', reason: `no reply to the end of the message: ${attempt.reason}` }
        : { kind: 'deferred', reply: `connection lost: ${attempt.reason}` }
    case 'unsendable':
      return unsendable(attempt.problem, envelope.to, relay)
    case 'refused': {
      const verdict = judgeReply(attempt.stage, attempt.response)
      if (verdict.kind !== 'stop') return verdict
      if (tooBig.test(verdict.reply)) throw new MessageTooBig(relay, verdict.reply)
      throw new Fault(
        'unavailable',
        `${relay} refuses ${refusals[attempt.stage]}: ${verdict.reply}`,
      )
    }
  }
}

/** Said at MAIL, too, where SIZE tells it how big a message is (RFC 1870). */
const tooBig = /^552\b|^5\d\d[ -]5\.3\.4\b/

const refusals = {
  mail: 'our sender',
  rcpt: 'to relay for us',
  data: 'our message',
  dot: 'our message',
}

function unsendable(problem: Problem, address: string, relay: string): Outcome {
  switch (problem) {
    case 'address':
      return { kind: 'rejected', reply: `'${oneLine(address)}' is no address that SMTP can carry` }
    case 'recipient':
      return { kind: 'rejected', reply: `the relay has no SMTPUTF8, which '${address}' needs` }
    case 'sender':
      throw new Fault(
        'unavailable',
        `${relay} has no SMTPUTF8, which the address in newsletter.from needs; use one in ASCII`,
      )
    case 'size':
      throw new MessageTooBig(relay, 'it announces a lower SIZE')
  }
}
