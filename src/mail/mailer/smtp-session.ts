import { setTimeout } from 'node:timers/promises'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Message, SubmitTerms } from '../mailer.ts'
import { replyLine, type Stage } from '../reply.ts'
import { envelopeCommands, findProblem, type Problem } from './envelope.ts'
import { connect, type SessionTerms } from './smtp-connect.ts'
import { type Dialog, dialogOver } from './smtp-dialog.ts'
import { wireForm } from './wire-form.ts'

export type { Problem } from './envelope.ts'

const finalDot = '.\r\n'

/** One connection to the relay, greeted, encrypted and authenticated. */
export interface Session {
  /** Sends one message at a time. @throws what `leave` rejects with */
  send(message: Message, terms?: SubmitTerms): Promise<Attempt>
  /** The message that the relay has been told of already: the one to be sent next, or none. */
  announced(): Message | undefined
  /** Whether it can take another message, as far as we know. */
  isUsable(): boolean
  /** QUIT, and does not wait for ever for the answer. */
  end(): Promise<void>
}

/**
 * - `accepted`: 2yz to the final dot
 * - `refused`: the relay answered otherwise
 * - `lost`: the connection broke; `dotSent` says whether the final dot can have reached the relay, `reused` whether
 *   the session had carried a message before, so that it may just have been stale
 * - `unsendable`: this relay cannot take it, and was not asked
 */
export type Attempt =
  | { readonly kind: 'accepted'; readonly reply: string }
  | {
      readonly kind: 'refused'
      readonly stage: Stage
      readonly response: string
      readonly reused: boolean
    }
  | {
      readonly kind: 'lost'
      readonly dotSent: boolean
      readonly reused: boolean
      readonly reason: string
    }
  | { readonly kind: 'unsendable'; readonly problem: Problem }

interface Refusal {
  readonly stage: Stage
  readonly response: string
}

/** undefined: the connection broke */
type Answer = Refusal | 'go ahead' | undefined

interface Announcement {
  readonly message: Message
  readonly wire: readonly Uint8Array[]
  readonly answer: Promise<Answer>
}

/** @throws {Fault} 'unavailable', see `connect` */
export async function openSession(terms: SessionTerms): Promise<Session> {
  const { messagesPerConnection, replyWithin } = terms
  const connection = await connect(terms)
  const dialog = dialogOver(connection, replyWithin)
  const { traits } = dialog
  const isPipelining = traits.extensions.has('PIPELINING')
  let announced: Announcement | undefined
  let sent = 0
  /** Resolves when the next message may be announced. */
  let cleared: Promise<unknown> | undefined

  /** @param before what is written with the commands, in front of them */
  function announce(message: Message, before = ''): Announcement | { readonly problem: Problem } {
    const wire = wireForm(message.parts ?? [message.bytes])
    const octets = wire.reduce((sum, { length }) => sum + length, 0)
    const problem = findProblem(message.envelope, octets, traits)
    if (problem) return { problem }
    const commands = envelopeCommands(message.envelope, octets, traits)
    const answer = isPipelining ? inOneGroup(dialog, commands, before) : oneByOne(dialog, commands)
    return { message, wire, answer }
  }

  /** Ends a message, and announces the next one in the same breath. */
  function writeDot(next: Message | undefined): void {
    const mayFollow = isPipelining && sent < messagesPerConnection
    const made = next && mayFollow ? announce(next, finalDot) : undefined
    if (made && 'answer' in made) announced = made
    else dialog.write(finalDot)
  }

  async function send(message: Message, { leave, next }: SubmitTerms = {}): Promise<Attempt> {
    const reused = sent > 0
    sent += 1
    await cleared
    cleared = undefined
    const made = announced?.message === message ? announced : announce(message)
    announced = undefined
    if ('problem' in made) return { kind: 'unsendable', problem: made.problem }
    const lost = (dotSent: boolean, reason = dialog.reason()): Attempt => {
      dialog.close(reason)
      return { kind: 'lost', dotSent, reused, reason: replyLine(reason) }
    }
    const answer = await made.answer
    if (answer === undefined) return lost(false)
    if (answer !== 'go ahead') {
      clear(answer)
      return { kind: 'refused', ...answer, reused }
    }
    const { reply, dotSent } = await transfer(dialog, made.wire, leave, () => writeDot(next?.()))
    if (reply === undefined) return lost(dotSent)
    const isRefusal = /^[45]\d\d/.test(reply)
    if (!dotSent && !isRefusal)
      return lost(false, 'the relay answered before the end of the message')
    if (/^2\d\d/.test(reply)) return { kind: 'accepted', reply: replyLine(reply) }
    // a refusal in the midst of the data leaves the rest of it on the line
    if (!(dotSent && isRefusal)) dialog.close(dialog.reason())
    return { kind: 'refused', stage: 'dot', response: reply, reused }
  }

  /** Ends the transaction that a refusal left open. */
  function clear({ response }: Refusal): void {
    if (!/^[45]\d\d/.test(response)) dialog.close(dialog.reason())
    if (!dialog.isOpen()) return
    const done = new Promise<void>((resolve) => {
      dialog.expect((reply) => {
        if (!reply?.startsWith('2')) dialog.close(dialog.reason())
        resolve()
      })
    })
    dialog.write('RSET\r\n')
    if (!isPipelining) cleared = done
  }

  return {
    send,
    announced: () => announced?.message,
    isUsable: () => sent < messagesPerConnection && dialog.isOpen(),
    end: () => quit(connection, dialog, announced !== undefined),
  }
}

/** MAIL, RCPT and DATA in one write (RFC 2920). */
function inOneGroup(
  dialog: Dialog,
  [mail, rcpt, data]: readonly string[],
  before: string,
): Promise<Answer> {
  return new Promise((resolve) => {
    let refusal: Refusal | undefined
    const refuse = (stage: Stage, response: string) => {
      refusal ??= { stage, response }
      // it hangs up now
      if (/^421/.test(response)) resolve(refusal)
    }
    dialog.expect((reply) => {
      if (reply !== undefined && !reply.startsWith('2')) refuse('mail', reply)
    })
    dialog.expect((reply) => {
      if (reply !== undefined && !reply.startsWith('2')) refuse('rcpt', reply)
    })
    dialog.expect((reply) => {
      if (reply === undefined) return resolve(refusal)
      if (refusal === undefined) {
        return resolve(reply.startsWith('3') ? 'go ahead' : { stage: 'data', response: reply })
      }
      if (!reply.startsWith('3')) return resolve(refusal)
      // who lets a refused sender go on cannot be trusted with an empty message
      if (refusal.stage === 'mail') {
        resolve(refusal)
        return dialog.close('the relay refuses the sender and wants the message')
      }
      // It waits for a message that has nobody to go to, and gets an empty one (RFC 2920 §3.1).
      dialog.expect(() => resolve(refusal))
      dialog.write(finalDot)
    })
    dialog.write(`${before}${mail}${rcpt}${data}`)
  })
}

async function oneByOne(dialog: Dialog, commands: readonly string[]): Promise<Answer> {
  for (const [index, stage] of (['mail', 'rcpt', 'data'] as const).entries()) {
    const reply = await new Promise<string | undefined>((resolve) => {
      dialog.expect(resolve)
      dialog.write(commands[index] ?? '')
    })
    if (reply === undefined) return undefined
    // some say 250 to DATA and mean 354
    const isGood = /^2/.test(reply) || (stage === 'data' && /^3/.test(reply))
    if (!isGood) return { stage, response: reply }
  }
  return 'go ahead'
}

/**
 * Writes a message, and its final dot only when there is leave to and the socket has taken the rest. So the dot cannot be
 * on its way before `dotSent` is true, nor later when it is not.
 *
 * @param writeDot may write something after it
 * @returns no reply when the connection broke
 */
function transfer(
  { socket, expect, close }: Dialog,
  wire: readonly Uint8Array[],
  leave: Promise<unknown> | undefined,
  writeDot: () => void,
): Promise<{ readonly reply?: string; readonly dotSent: boolean }> {
  return new Promise((resolve, reject) => {
    let dotSent = false
    let isOver = false
    /** until the socket has taken the message, and we have leave */
    let obstacles = leave ? 2 : 1
    expect((reply) => {
      isOver = true
      resolve(reply === undefined ? { dotSent } : { reply, dotSent })
    })
    const clearOne = () => {
      obstacles -= 1
      if (obstacles > 0 || isOver || !socket.writable) return
      dotSent = true
      writeDot()
    }
    leave?.then(clearOne, (error) => {
      reject(error)
      close('the message was not to be sent')
    })
    if (isOver) return
    socket.cork()
    for (const [index, part] of wire.entries()) {
      if (index < wire.length - 1) socket.write(part)
      else socket.write(part, (error) => !error && clearOne())
    }
    socket.uncork()
  })
}

async function quit(
  connection: SMTPConnection,
  dialog: Dialog,
  isInMessage: boolean,
): Promise<void> {
  if (!dialog.isOpen() || isInMessage) return dialog.close(dialog.reason())
  const patience = new AbortController()
  const ended = new Promise<void>((resolve) => {
    connection.once('end', resolve)
    dialog.expect(() => resolve())
  })
  dialog.write('QUIT\r\n')
  await Promise.race([ended, setTimeout(5000, undefined, patience).catch(() => {})])
  patience.abort()
  dialog.close('we left')
}
