import { once } from 'node:events'
import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { networksOf } from '../http/networks.ts'
import { Fault, traceOf } from '../model/fault.ts'
import { gatherParts } from './gather-parts.ts'

export interface MailListening {
  readonly port: number
  /** Takes no more connections and lets messages in hand end, for at most 10 s. */
  close(): Promise<void>
}

export interface MailListener {
  readonly host: string
  /** 0: one that is free */
  readonly port: number
  /** speaks LMTP (RFC 2033), to a mail system beside us */
  readonly lmtp: boolean
  readonly isForUs: (address: string) => boolean
  /**
   * Deals with a message for good. The sender hears that it was taken when this resolves, and keeps the message
   * otherwise.
   */
  readonly take: (bytes: Uint8Array, envelope: readonly string[]) => Promise<void>
  /** takes a line for each message, with nothing in it of whom it is about */
  readonly log: (line: string) => void
  /** messages that one client may bring in a minute; default 600 */
  readonly perMinute?: number
  /** octets of a message; default 10 MiB */
  readonly largest?: number
}

/** Milliseconds. Whoever sends slower than this keeps a place from others. */
const longestSilence = 60_000
const longestConnection = 600_000
const mostClients = 100
/** Connections of one client: whoever keeps more has them from others. A mail system beside us may have all. */
const mostOfOne = 20
const mostRecipients = 20
/** So many clients are remembered; whoever has so many addresses is not held up by counting them. */
const mostCounted = 10_000

/**
 * Listens for mail that comes back: it takes what is for our own addresses and nothing else, relays nothing, knows no
 * passwords and offers no TLS. Each message is answered when it was dealt with (RFC 5321 §4.2.5).
 *
 * @throws {Fault} 'conflict' when the port is taken, 'usage' when it or the host cannot be had
 */
export async function listenForMail(listener: MailListener): Promise<MailListening> {
  const { host, port, lmtp, largest = 10 * 1024 * 1024, perMinute = 600 } = listener
  const mayBring = rateOf(perMinute)
  const connections = new Map<string, number>()
  const server = new SMTPServer({
    lmtp,
    size: largest,
    rejectOversized: true,
    // The answers below carry their own
    hideENHANCEDSTATUSCODES: true,
    hideDSN: true,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    maxClients: mostClients,
    socketTimeout: longestSilence,
    closeTimeout: 10_000,
    onConnect({ remoteAddress }, done) {
      const count = connections.get(clientOf(remoteAddress)) ?? 0
      const isTooMany = count > mostOfOne && networksOf(remoteAddress) !== undefined
      done(isTooMany ? refusal(421, '4.7.0 too many connections; try again later') : null)
    },
    onMailFrom(_, session, done) {
      if (mayBring(session.remoteAddress)) return done()
      done(refusal(451, '4.7.0 too much at once; try again in a minute'))
    },
    onRcptTo({ address }, session, done) {
      if (session.envelope.rcptTo.length >= mostRecipients) {
        return done(
          refusal(452, '4.5.3 too many recipients; send the message once more for the rest'),
        )
      }
      done(listener.isForUs(address) ? null : refusal(550, '5.1.1 no such address here'))
    },
    onData(stream, session, done) {
      const parts = gatherParts()
      stream.on('data', (part: Buffer) => {
        // What is over the limit is refused in the end, and not kept until then
        if (!stream.sizeExceeded) parts.add(part)
      })
      stream.on('error', () => undefined)
      stream.once('end', () => {
        if (stream.sizeExceeded) return done(refusal(552, '5.3.4 the message is too big'))
        takeWhole(listener, parts.whole(), session).then(done, done)
      })
    },
  })
  // Broken links end with their connection; nobody is there to hear of it
  server.on('error', () => undefined)
  server.server.prependListener('connection', (socket: Socket) => {
    const timer = setTimeout(() => socket.destroy(), longestConnection)
    const client = clientOf(socket.remoteAddress ?? '')
    connections.set(client, (connections.get(client) ?? 0) + 1)
    socket.once('close', () => {
      clearTimeout(timer)
      const left = (connections.get(client) ?? 1) - 1
      if (left > 0) connections.set(client, left)
      else connections.delete(client)
    })
  })
  server.listen(port, host)
  try {
    await once(server.server, 'listening')
  } catch (cause) {
    throw cannotListen(host, port, cause)
  }
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => new Promise((done) => server.close(() => done())),
  }
}

/** @returns what the sender is to hear, where that is not "taken" */
async function takeWhole(
  { take, log }: MailListener,
  bytes: Uint8Array,
  session: SMTPServerSession,
): Promise<Error | null> {
  const envelope = session.envelope.rcptTo.map(({ address }) => address)
  try {
    await take(bytes, envelope)
    return null
  } catch (error) {
    const reason = error instanceof Fault ? error.message : traceOf(error)
    log(`a message was not taken, its sender keeps it: ${reason}`)
    return refusal(451, '4.3.0 not now; try again later')
  }
}

/** Counts by client, a minute at a time. */
function rateOf(perMinute: number): (client: string) => boolean {
  const counts = new Map<string, number>()
  let minute = 0
  return (client) => {
    const now = Math.floor(performance.now() / 60_000)
    if (now !== minute || counts.size >= mostCounted) counts.clear()
    minute = now
    const key = clientOf(client)
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count <= perMinute
  }
}

/** One client may have 2^64 addresses of IPv6. */
function clientOf(address: string): string {
  return networksOf(address)?.client ?? address
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}

function cannotListen(host: string, port: number, cause: unknown): Fault {
  const { code = '', message } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    const remedy = 'stop what listens there, or name another with --bounces or server.bounces'
    return new Fault('conflict', `${host}:${port}: the port is taken; ${remedy}`, { cause })
  }
  const remedy =
    code === 'EACCES'
      ? 'name a port from 1024 on with --bounces'
      : 'name an address of this machine'
  return new Fault(
    'usage',
    `${host}:${port}: cannot listen there (${code || message}); ${remedy}`,
    {
      cause,
    },
  )
}
