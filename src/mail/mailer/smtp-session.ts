import type { Readable, Writable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Message } from '../mailer.ts'
import { replyLine, type Stage } from '../reply.ts'
import { reportTerms } from './report-terms.ts'
import { connect, type Failure, type SessionTerms } from './smtp-connect.ts'
import { wireForm } from './wire-form.ts'

/** One connection to the relay, greeted, encrypted and authenticated. */
export interface Session {
  /** Sends one message at a time. */
  send(message: Message): Promise<Attempt>
  /** Whether it can take another message, as far as we know. */
  isUsable(): boolean
  /** QUIT, and does not wait for ever for the answer. */
  end(): Promise<void>
}

/** `address`: the recipient's is none. `sender`, `recipient`: in UTF-8, which the relay does not take. */
export type Problem = 'address' | 'sender' | 'recipient' | 'size'

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

const stages: Readonly<Record<string, Stage>> = {
  'MAIL FROM': 'mail',
  'RCPT TO': 'rcpt',
  DATA: 'data',
}

/** @throws {Fault} 'unavailable', see `connect` */
export async function openSession(terms: SessionTerms): Promise<Session> {
  const { messagesPerConnection } = terms
  const connection = await connect(terms)
  let sent = 0
  let broken = false
  connection.on('end', () => {
    broken = true
  })

  async function send(message: Message): Promise<Attempt> {
    const reused = sent > 0
    sent += 1
    const problem = findProblem(connection, message)
    if (problem) return { kind: 'unsendable', problem }
    const wire = wireForm(message.parts ?? [message.bytes])
    const data = dataOf(connection, wire)
    const failure = await transact(connection, message.envelope, wire, data)
    if (typeof failure === 'string') {
      if (data.dotSent()) return { kind: 'accepted', reply: replyLine(failure) }
      abandon()
      return {
        kind: 'lost',
        dotSent: false,
        reused,
        reason: 'the relay answered before the end of the message',
      }
    }
    const tooBig = failure.code === 'EMESSAGE' && !failure.response // than the SIZE it announced
    if (tooBig) return { kind: 'unsendable', problem: 'size' }
    if (/^421/.test(failure.response ?? '') && failure.command === 'CONN' && !data.dotSent()) {
      abandon()
      return { kind: 'refused', stage: 'rcpt', response: failure.response ?? '', reused }
    }
    const answered = failure.code === 'EENVELOPE' || failure.code === 'EMESSAGE'
    if (!answered || !failure.response) {
      abandon()
      return { kind: 'lost', dotSent: data.dotSent(), reused, reason: replyLine(failure.message) }
    }
    const stage = failure.code === 'EMESSAGE' ? 'dot' : (stages[failure.command ?? ''] ?? 'data')
    // a refusal in the midst of the data leaves the rest of it on the line
    if (stage === 'dot' && !(data.dotSent() && /^[45]\d\d/.test(failure.response))) abandon()
    else await clear()
    return { kind: 'refused', stage, response: failure.response, reused }
  }

  /** Ends the transaction that a refusal left open. */
  async function clear(): Promise<void> {
    if (broken) return
    const error = await new Promise((resolve) => connection.reset(resolve))
    if (error) abandon()
  }

  function abandon(): void {
    broken = true
    connection.close()
  }

  return {
    send,
    isUsable: () => !broken && sent < messagesPerConnection && isOpen(connection),
    end: () => quit(connection, broken),
  }
}

/** @returns the relay's reply to the final dot, or what came in its way */
async function transact(
  connection: SMTPConnection,
  envelope: Message['envelope'],
  wire: readonly Uint8Array[],
  data: ReturnType<typeof dataOf>,
): Promise<string | Failure> {
  return new Promise((resolve) => {
    const { from, to } = envelope
    const size = wire.reduce((sum, { length }) => sum + length, 0)
    const terms = { from, to, size, dsn: reportTerms(envelope) }
    connection.send(terms, data.source, (error, info) => {
      data.stop()
      resolve(error ?? info.response ?? '')
    })
  })
}

/**
 * The message for nodemailer's DATA stage, written to the socket by ourselves: all but the final dot, and that only
 * when the socket has taken the rest. So the dot cannot be on its way before `dotSent` is true, nor later when it is not.
 * (Nodemailer's error is the same for either, and its own stream looks at every octet of every message.)
 */
function dataOf(connection: SMTPConnection, wire: readonly Uint8Array[]) {
  let dotSent = false
  let over = false
  /** What nodemailer asks of a message: that it can be piped. Its stream is left empty, and never ends. */
  function pipe(stream: Writable & Pick<Readable, 'unpipe'>): void {
    const socket = connection._socket
    if (!socket || over) return
    const finish = () => {
      if (dotSent || over || !socket.writable) return
      dotSent = true
      socket.write('.\r\n')
    }
    stream.unpipe(socket)
    socket.cork()
    for (const [index, part] of wire.entries()) {
      if (index < wire.length - 1) socket.write(part)
      else socket.write(part, finish)
    }
    socket.uncork()
    if (socket.writableLength === 0) finish()
  }
  return {
    source: { pipe } as unknown as Readable,
    dotSent: () => dotSent,
    /** Nothing more is written. */
    stop: () => {
      over = true
    },
  }
}

/** What cannot be sent over this connection, so that asking would mislead: the relay might answer anything. */
function findProblem(connection: SMTPConnection, { envelope }: Message): Problem | undefined {
  if (/[<>\p{Cc}]|^$/u.test(envelope.to)) return 'address'
  const { _supportedExtensions: extensions } = connection as unknown as {
    readonly _supportedExtensions?: readonly string[]
  }
  if (extensions?.includes('SMTPUTF8') !== false) return undefined
  if (/[^ -~]/.test(envelope.from)) return 'sender'
  return /[^ -~]/.test(envelope.to) ? 'recipient' : undefined
}

function isOpen({ _socket: socket }: SMTPConnection): boolean {
  return socket ? socket.writable : false
}

async function quit(connection: SMTPConnection, broken: boolean): Promise<void> {
  if (broken) return
  const patience = new AbortController()
  const ended = new Promise<void>((resolve) => connection.once('end', resolve))
  connection.quit()
  await Promise.race([ended, setTimeout(5000, undefined, patience).catch(() => {})])
  patience.abort()
  connection.close()
}
