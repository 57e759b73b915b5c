import { once } from 'node:events'
import { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { Fault } from '../model/fault.ts'
import type { Env } from './site.ts'

export interface Listening {
  /** `http://127.0.0.1:8080` */
  readonly origin: string
  /** Takes no more requests and lets those in hand end, for at most `patience` ms. */
  close(patience: number): Promise<void>
}

/** Milliseconds. Whoever sends or reads slower than this keeps a place from others. */
const limits = { headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 5_000 } as const
const longestSilence = 30_000

/**
 * Listens for HTTP.
 *
 * @param port 0: one that is free
 * @throws {Fault} 'conflict' when the port is taken, 'usage' when it or the host cannot be had
 */
export async function listen(
  app: Pick<Hono<Env>, 'fetch'>,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: (request, { incoming }) => app.fetch(request, { peer: incoming.socket.remoteAddress }),
    overrideGlobalObjects: false,
    serverOptions: { ...limits, connectionsCheckingInterval: 2_000, maxHeaderSize: 16_384 },
  })
  if (!(server instanceof Server)) throw new Error('not a server of node:http')
  server.setTimeout(longestSilence)
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw cannotListen(host, port, cause)
  }
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close(patience) {
      const closed = once(server, 'close')
      server.close()
      const timer = setTimeout(() => server.closeAllConnections(), patience)
      await closed
      clearTimeout(timer)
    },
  }
}

function cannotListen(host: string, port: number, cause: unknown): Fault {
  const { code = '', message } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    const remedy = 'stop what listens there, or name another with --port or server.port'
    return new Fault('conflict', `${host}:${port}: the port is taken; ${remedy}`, { cause })
  }
  if (code === 'EACCES') {
    return new Fault(
      'usage',
      `${host}:${port}: not allowed; name a port from 1024 on with --port, and let a proxy stand in front`,
      { cause },
    )
  }
  return new Fault(
    'usage',
    `${host}:${port}: cannot listen there (${code || message}); name an address of this machine with --host`,
    { cause },
  )
}
