import { connect } from 'node:net'

/** Writes octets as they are, and reads until the other side hangs up, in whatever way. */
export function tell(origin: string, said: string): Promise<string> {
  return new Promise((done) => {
    let heard = ''
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    socket.setEncoding('latin1')
    socket.on('data', (part) => {
      heard += part
    })
    socket.on('error', () => undefined)
    socket.on('close', () => done(heard))
    socket.write(said, 'latin1')
  })
}

/** The head of a request, without the last empty line. */
export function head(method: string, target: string, fields: readonly string[] = []): string {
  const own = ['Host: news.example.org', 'Connection: close', ...fields]
  return `${method} ${target} HTTP/1.1\r\n${own.join('\r\n')}\r\n`
}

export interface Heard {
  readonly status: number
  /** by lower-case names */
  readonly fields: ReadonlyMap<string, string>
  readonly body: string
}

export function readAnswer(heard: string): Heard {
  const end = heard.indexOf('\r\n\r\n')
  const [first = '', ...lines] = heard.slice(0, end).split('\r\n')
  const fields = lines.map((line): [string, string] => {
    const at = line.indexOf(':')
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
  })
  return {
    status: Number(first.split(' ')[1]),
    fields: new Map(fields),
    body: heard.slice(end + 4),
  }
}
