import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface Proxy extends AsyncDisposable {
  /** where the server is reached through it */
  readonly location: string
  /** breaks all links and refuses new ones, as a server does that is restarted */
  stop(): Promise<void>
  start(): Promise<void>
  /** lets the next request through that has this text in it, and breaks its link in place of the answer */
  loseAnswerTo(text: string): void
  /** how many answers were lost */
  readonly lost: number
}

/** Stands between a store and PostgreSQL, and fails on purpose. */
export async function proxyTo(location: string): Promise<Proxy> {
  const target = new URL(location)
  const sockets = new Set<Socket>()
  let unanswered: string | undefined
  let lost = 0
  let port = 0
  let server: Server | undefined

  function relay(client: Socket): void {
    const upstream = connect(Number(target.port || 5432), target.hostname)
    let isMute = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.end()
      })
    }
    client.on('data', (data) => {
      if (unanswered !== undefined && data.includes(unanswered)) {
        unanswered = undefined
        isMute = true
      }
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (!isMute) client.write(data)
      else if (!client.destroyed) {
        lost += 1
        client.destroy()
      }
    })
  }

  async function start(): Promise<void> {
    server = createServer(relay)
    await new Promise<void>((done) => server?.listen(port, '127.0.0.1', done))
    port = (server.address() as AddressInfo).port
  }

  async function stop(): Promise<void> {
    const ended = new Promise((done) => server?.close(done))
    for (const socket of sockets) socket.destroy()
    await ended
  }

  await start()
  const url = new URL(location)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return {
    location: url.href,
    start,
    stop,
    loseAnswerTo(text) {
      unanswered = text
    },
    get lost() {
      return lost
    },
    [Symbol.asyncDispose]: stop,
  }
}
