import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Hono } from 'hono'
import { pagePolicy } from '../hosting/site-rules.ts'
import { Fault } from '../model/fault.ts'
import type { FileAnswer } from './answer-file.ts'
import { type Guard, guardConnections, type Patience, usualPatience } from './guard-connections.ts'
import type { QuickFiles } from './quick-files.ts'
import { sendFile } from './send-file.ts'
import type { Env } from './site.ts'

export interface Listening {
  /** `http://127.0.0.1:8080` */
  readonly origin: string
  /** Takes no more requests and lets those in hand end, for at most `patience` ms. */
  close(patience: number): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  /** 0: one that is free */
  readonly port: number
  readonly quick: QuickFiles
  /** whose connections are those of many: see `guardConnections` */
  readonly isProxy?: (address: string) => boolean
  readonly patience?: Patience
}

/**
 * Listens for HTTP.
 *
 * @throws {Fault} 'conflict' when the port is taken, 'usage' when it or the host cannot be had
 */
export async function listen(
  app: Pick<Hono<Env>, 'fetch'>,
  { host, port, quick, isProxy = () => false, patience: limits = usualPatience }: ListenOptions,
): Promise<Listening> {
  const { headers, request, idle, silence } = limits
  const server = createServer(
    {
      headersTimeout: headers,
      requestTimeout: request,
      keepAliveTimeout: idle,
      connectionsCheckingInterval: Math.min(2_000, headers),
      maxHeaderSize: 16_384,
    },
    answerer(app, quick),
  )
  server.setTimeout(silence)
  const guard = guardConnections(server, limits, isProxy)
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    guard.stop()
    throw cannotListen(host, port, cause)
  }
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: (patience) => closeGently(server, guard, patience),
  }
}

/** What stands on an answer that nothing else is in. */
const bare = {
  'Content-Security-Policy': pagePolicy,
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** Asks the routes, unless it is a file that they led to before. */
function answerer(app: Pick<Hono<Env>, 'fetch'>, quick: QuickFiles): Listener {
  const routed = getRequestListener(
    async (request, { incoming, outgoing }) => {
      const env: Env['Bindings'] = { peer: incoming.socket.remoteAddress }
      const response = await app.fetch(request, env)
      const { sending } = env
      if (!sending || !(outgoing instanceof ServerResponse)) return response
      quick.remember(incoming.url ?? '', sending.file)
      if (await sendFile(outgoing, sending)) return RESPONSE_ALREADY_SENT
      // A build has just put another one there
      return new Response(null, { status: 503, headers: { ...bare, 'Retry-After': '1' } })
    },
    {
      overrideGlobalObjects: false,
      // HTTP/1.0, as probes of load balancers speak it, names none
      hostname: 'localhost',
      // No URL can be made of what was asked for and of whom, or a file cannot be opened
      errorHandler: (error) => {
        const status = error instanceof Error && error.name === 'RequestError' ? 400 : 500
        return new Response(null, { status, headers: bare })
      },
    },
  )
  return (incoming, outgoing) => {
    // What came in one piece goes on coming after its sender was hung up on
    if (incoming.socket.destroyed) return
    const file = hasBody(incoming) ? undefined : quick.find(incoming.url ?? '')
    const method = incoming.method ?? ''
    if (!file || (method !== 'GET' && method !== 'HEAD')) return void routed(incoming, outgoing)
    const header = (name: string) => {
      const value = incoming.headers[name]
      return typeof value === 'string' ? value : undefined
    }
    const send = (answer: FileAnswer) => {
      const sent = sendFile(outgoing, { file, answer })
      if (sent === true) return
      // Nobody waits for this promise: what it rejects with would end the program
      const done = sent.catch(() => outgoing.headersSent)
      void done.then((is) => (is ? undefined : routed(incoming, outgoing)))
    }
    const answer = quick.answer({ method, header, peer: incoming.socket.remoteAddress }, file)
    // What goes wrong is told by the routes
    if (answer instanceof Promise) answer.then(send, () => routed(incoming, outgoing))
    else send(answer)
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return 'content-length' in headers || 'transfer-encoding' in headers
}

async function closeGently(server: Server, guard: Guard, patience: number): Promise<void> {
  const closed = once(server, 'close')
  guard.stop()
  server.close()
  const timer = setTimeout(() => server.closeAllConnections(), patience)
  await closed
  clearTimeout(timer)
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
