import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** Where the relay hangs up on the client, without a word. */
export type HangUp = 'greeting' | 'mail' | 'rcpt' | 'data' | 'dot'

export interface RelayOptions {
  /** default: any that is free */
  readonly port?: number
  /** lines of the EHLO reply after the first; default PIPELINING, SMTPUTF8, SIZE */
  readonly extensions?: readonly string[]
  /** key and certificate in PEM: TLS from the first byte */
  readonly tls?: { readonly key: string; readonly cert: string }
  /**
   * whole replies with their code, several lines parted by CRLF; a function is asked each time. An empty one:
   * hangs up
   */
  readonly replies?: Partial<Record<'greeting' | 'auth' | 'mail' | 'rcpt' | 'data' | 'dot', Reply>>
  /** 'data' after the first octets of a message, 'dot' when it has all of it and has answered nothing */
  readonly hangUp?: HangUp
  /** where it begins a reply, goes on with it for as long as anybody listens, and never ends it */
  readonly drips?: 'ehlo' | 'auth' | 'mail' | 'dot'
  /** what it waits for before it answers to the end of a message */
  readonly dotAfter?: Promise<void>
  /** hangs up after this many messages in one session, once it has answered */
  readonly messagesPerSession?: number
}

type Reply = string | ((line: string, session: number) => string)

export interface AcceptedMessage {
  readonly from: string
  readonly to: readonly string[]
  /** parameters of MAIL FROM */
  readonly parameters: string
  /** as it came, without dot stuffing and the final dot */
  readonly raw: string
}

export interface Relay extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /**
   * every message that it took, in order: answered with 2yz, or all there when it hung up (RFC 1047: a relay that
   * hangs up may have kept it, and this one has)
   */
  readonly messages: readonly AcceptedMessage[]
  /** every command of every session, in order */
  readonly commands: readonly string[]
  /** how many connections there have been */
  readonly sessions: number
}

/** A relay on loopback that writes down all it accepts and misbehaves as it is told. */
export async function startRelay(options: RelayOptions = {}): Promise<Relay> {
  const messages: AcceptedMessage[] = []
  const commands: string[] = []
  const sockets = new Set<Socket>()
  let sessions = 0
  const welcome = (socket: Socket) => {
    sessions += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    converse(socket, options, { messages, commands, session: sessions })
  }
  const { tls } = options
  const server = tls
    ? createTlsServer({ ...tls, noDelay: true }, welcome)
    : createServer({ noDelay: true }, welcome)
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `${tls ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
    messages,
    commands,
    get sessions() {
      return sessions
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const usual = {
  greeting: '220 relay.test ESMTP',
  auth: '235 2.7.0 welcome',
  mail: '250 2.1.0 sender ok',
  rcpt: '250 2.1.5 recipient ok',
  data: '354 go ahead',
  dot: '250 2.0.0 queued',
}

interface Log {
  readonly messages: AcceptedMessage[]
  readonly commands: string[]
  readonly session: number
}

function converse(socket: Socket, options: RelayOptions, log: Log): void {
  const { hangUp, extensions = ['PIPELINING', 'SMTPUTF8', 'SIZE 99999999'] } = options
  let buffer = ''
  let inData = false
  let isWaiting = false
  let sent = 0
  let envelope = { from: '', to: [] as string[], parameters: '' }

  const replyTo = (stage: keyof typeof usual, line = '') => {
    const reply = options.replies?.[stage] ?? usual[stage]
    return typeof reply === 'string' ? reply : reply(line, log.session)
  }
  const say = (reply: string) => socket.write(`${reply}\r\n`)
  const drip = () => {
    const timer = setInterval(() => socket.write('250-and\r\n'), 5)
    socket.on('close', () => clearInterval(timer))
  }
  const answer = (stage: keyof typeof usual, line: string) => {
    if (options.drips === stage) {
      drip()
      return ''
    }
    const reply = hangUp === stage ? '' : replyTo(stage, line)
    if (reply === '') {
      socket.destroy()
      return ''
    }
    say(reply)
    if (reply.startsWith('421')) socket.end()
    return reply
  }

  function command(line: string): void {
    log.commands.push(line)
    const [, verb = '', path = '', parameters = ''] =
      /^(EHLO|AUTH|MAIL FROM|RCPT TO|DATA|RSET|QUIT)[: ]?(?:<(.*)>)? ?(.*)$/i.exec(line) ?? []
    switch (verb.toUpperCase()) {
      case 'EHLO':
        if (options.drips === 'ehlo') drip()
        else {
          const lines = ['relay.test', ...extensions]
          const last = lines.length - 1
          say(lines.map((text, i) => `250${i < last ? '-' : ' '}${text}`).join('\r\n'))
        }
        break
      case 'AUTH':
        answer('auth', line)
        break
      case 'MAIL FROM':
        envelope = { from: path, to: [], parameters }
        answer('mail', line)
        break
      case 'RCPT TO':
        if (answer('rcpt', line).startsWith('2')) envelope.to.push(path)
        break
      case 'DATA':
        if (envelope.to.length === 0) say('554 5.5.1 no valid recipients')
        else
          inData = (hangUp === 'data' ? replyWithoutHangingUp() : answer('data', line)).startsWith(
            '3',
          )
        break
      case 'RSET':
        envelope = { from: '', to: [], parameters: '' }
        say('250 2.0.0 forgotten')
        break
      case 'QUIT':
        say('221 2.0.0 bye')
        socket.end()
        break
      default:
        say('500 5.5.2 what?')
    }
  }

  function replyWithoutHangingUp(): string {
    say(usual.data)
    return usual.data
  }

  function content(raw: string): void {
    inData = false
    const reply = answer('dot', '')
    if (reply !== '' && !reply.startsWith('2')) return
    log.messages.push({ ...envelope, raw: raw.replace(/^\./gm, '') })
    sent += 1
    if (sent === options.messagesPerSession) socket.end()
  }

  if (answer('greeting', '') === '') return
  socket.on('data', (chunk) => {
    if (inData && hangUp === 'data') {
      socket.destroy()
      return
    }
    buffer += chunk.toString('utf8')
    read()
  })

  function read(): void {
    while (!isWaiting) {
      const mark = inData ? '\r\n.\r\n' : '\r\n'
      const end = buffer.indexOf(mark)
      if (end < 0) return
      const text = buffer.slice(0, inData ? end + 2 : end)
      buffer = buffer.slice(end + mark.length)
      if (inData && options.dotAfter) {
        isWaiting = true
        options.dotAfter.then(() => {
          isWaiting = false
          content(text)
          read()
        })
      } else if (inData) content(text)
      else command(text)
    }
  }
}
