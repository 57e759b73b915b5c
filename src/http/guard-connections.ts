import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { networksOf } from './networks.ts'

/** How long clients may take, in milliseconds, and how many there may be: whoever keeps a place keeps it from others. */
export interface Patience {
  /** until the head of a request is there */
  readonly headers: number
  /** until all of a request is there */
  readonly request: number
  /** between two requests */
  readonly idle: number
  /** in which nothing is sent or taken */
  readonly silence: number
  /** for an answer, beside the time that its size takes at `pace` */
  readonly answer: number
  /** octets a millisecond: who reads more slowly is not waited for */
  readonly pace: number
  /** connections in all */
  readonly connections: number
  /** connections from one address, or from the /64 of IPv6 that one household has */
  readonly perAddress: number
  /** requests of one connection that wait for their answers */
  readonly atOnce: number
}

export const usualPatience: Patience = {
  headers: 10_000,
  request: 20_000,
  idle: 5_000,
  silence: 30_000,
  answer: 60_000,
  pace: 4,
  connections: 4_000,
  perAddress: 200,
  atOnce: 16,
}

export interface Guard {
  /** Waits for nobody any more: connections end with the answer that is under way. */
  stop(): void
}

/** What one connection waits for. */
interface Turn {
  readonly waiting: Set<ServerResponse>
  /** when the first of these began, and how much had been sent by then */
  since: number
  sent: number
}

/**
 * Keeps slow readers, hoarders of connections, and those who ask and ask without listening, from taking all places or all
 * memory. `node:http` itself looks after those who are slow in asking.
 *
 * @param isProxy whose connections are those of many
 */
export function guardConnections(
  server: Server,
  { answer, pace, connections, perAddress, atOnce }: Patience,
  isProxy: (address: string) => boolean,
): Guard {
  const counts = new Map<string, number>()
  // By connection: of what was to be sent on one that has ended, nobody is told the end
  const turns = new Map<Socket, Turn>()
  let stopping = false
  server.maxConnections = connections
  server.on('connection', (socket: Socket) => {
    turns.set(socket, { waiting: new Set(), since: 0, sent: 0 })
    socket.once('close', () => turns.delete(socket))
    const { remoteAddress } = socket
    if (remoteAddress === undefined || isProxy(remoteAddress)) return
    const address = networksOf(remoteAddress)?.client ?? remoteAddress
    const count = (counts.get(address) ?? 0) + 1
    counts.set(address, count)
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1
      if (left > 0) counts.set(address, left)
      else counts.delete(address)
    })
    if (count > perAddress) socket.destroy()
  })
  server.prependListener('request', ({ socket }, outgoing) => {
    const turn = turns.get(socket)
    if (!turn || socket.destroyed) return
    if (stopping) outgoing.shouldKeepAlive = false
    const begin = () => {
      turn.since = performance.now()
      turn.sent = socket.bytesWritten
    }
    if (turn.waiting.size === 0) begin()
    turn.waiting.add(outgoing)
    outgoing.once('close', () => {
      turn.waiting.delete(outgoing)
      begin()
      if (stopping) setImmediate(() => server.closeIdleConnections())
    })
    if (turn.waiting.size > atOnce) socket.destroy()
  })
  const timer = setInterval(
    () => {
      const now = performance.now()
      for (const [socket, { waiting, since, sent }] of turns) {
        const allowed = answer + (socket.bytesWritten - sent) / pace
        if (waiting.size > 0 && now - since > allowed) socket.destroy()
      }
    },
    Math.min(answer / 2, 5_000),
  )
  timer.unref()
  return {
    stop() {
      stopping = true
      clearInterval(timer)
      for (const { waiting } of turns.values()) {
        for (const outgoing of waiting) if (!outgoing.headersSent) outgoing.shouldKeepAlive = false
      }
    },
  }
}
