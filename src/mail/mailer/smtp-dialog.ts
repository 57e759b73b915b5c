import type { Socket } from 'node:net'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { RelayTraits } from './envelope.ts'

/** Takes a reply of the relay, whole, lines parted by LF; undefined when none will come any more. */
export type OnReply = (reply: string | undefined) => void

/** Commands and replies over a connection that Nodemailer has opened, encrypted and authenticated. */
export interface Dialog {
  readonly traits: RelayTraits
  /** Where messages are written. */
  readonly socket: Socket
  /** The next reply that nobody waits for yet is handed to `onReply`. */
  expect(onReply: OnReply): void
  /** Commands with their line ends, in one piece. */
  write(commands: string): void
  isOpen(): boolean
  /** why it is not open */
  reason(): string
  /** Hangs up; the replies that are waited for will not come. */
  close(reason: string): void
}

/** Far above any real reply: stops a relay that never ends one. */
const mostReplyOctets = 1024 * 1024
const refusal = /^[45]\d\d[ -]/

interface Inside {
  readonly _supportedExtensions?: readonly string[]
  readonly _maxAllowedSize?: number
}

/**
 * Takes the conversation over from Nodemailer, which would wait for the end of one message before it begins the next
 * (RFC 2920 §3.1 lets their commands share a group). It keeps watch over the socket: errors, time-outs, the end.
 *
 * @param connection with nothing asked that was not answered
 * @param replyWithin how long one reply may take from its first octet to its last, milliseconds: Nodemailer's watch begins
 *   anew with each octet
 */
export function dialogOver(connection: SMTPConnection, replyWithin: number): Dialog {
  const { _socket: socket } = connection
  if (!socket) throw new Error('not connected')
  const waiting: OnReply[] = []
  let rest = ''
  /** when the reply began that has not ended yet */
  let begunAt: number | undefined
  let reason: string | undefined

  function lose(why: string): void {
    if (reason !== undefined) return
    reason = why
    // what it said last may lack its line end
    if (refusal.test(rest)) waiting.shift()?.(decode(rest))
    for (const onReply of waiting.splice(0)) onReply(undefined)
  }

  function close(why: string): void {
    lose(why)
    connection.close()
  }

  function hear(reply: string): void {
    const onReply = waiting.shift()
    onReply?.(reply)
    // RFC 5321 §4.2: whatever it answers, it closes now
    if (/^421/.test(reply)) close(`the relay closed the connection: ${reply}`)
    else if (!onReply) close(`the relay said what nobody had asked: ${reply}`)
  }

  function read(chunk: Buffer): void {
    rest += chunk.toString('latin1')
    begunAt ??= performance.now()
    for (let end = endOfReply(rest); end > 0 && reason === undefined; end = endOfReply(rest)) {
      const reply = rest.slice(0, end)
      rest = rest.slice(end)
      if (reply.trim() === '') continue
      begunAt = undefined
      hear(decode(reply.trimEnd()))
    }
    const isLate = begunAt !== undefined && performance.now() - begunAt > replyWithin
    if (isLate || rest.length > mostReplyOctets) close('the relay does not end its reply')
  }

  socket.removeAllListeners('data')
  socket.on('data', read)
  connection.on('error', ({ message }) => lose(message))
  connection.on('end', () => lose('Connection closed unexpectedly'))

  const { _supportedExtensions: extensions = [], _maxAllowedSize: mostOctets = 0 } =
    connection as unknown as Inside
  return {
    traits: { extensions: new Set(extensions), mostOctets },
    socket,
    expect(onReply) {
      if (reason === undefined) waiting.push(onReply)
      else onReply(undefined)
    },
    write(commands) {
      if (reason === undefined && socket.writable) socket.write(commands, 'utf8')
    },
    isOpen: () => reason === undefined && socket.writable,
    reason: () => reason ?? 'Connection closed unexpectedly',
    close,
  }
}

/** Where the first reply ends, after its last line end; 0 when it has not ended yet (RFC 5321 §4.2.1). */
function endOfReply(text: string): number {
  for (let start = 0; ; ) {
    const end = text.indexOf('\n', start)
    if (end < 0) return 0
    if (text[start + 3] !== '-' || !/^\d{3}-/.test(text.slice(start, start + 4))) return end + 1
    start = end + 1
  }
}

/** UTF-8 where it is, else octet by octet. */
function decode(reply: string): string {
  const text = reply.replaceAll('\r\n', '\n')
  if (/^\p{ASCII}*$/u.test(text)) return text
  const utf8 = Buffer.from(text, 'latin1').toString()
  return utf8.includes('\uFFFD') ? text : utf8
}
