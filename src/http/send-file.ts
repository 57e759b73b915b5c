import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { FileAnswer } from './answer-file.ts'
import type { OutFile } from './out-file.ts'

/**
 * Sends an answer; what does not stand in memory is read as fast as it is taken.
 *
 * @returns false, now or later: the file has changed meanwhile, and nothing was sent
 */
export function sendFile(
  outgoing: ServerResponse,
  { file, answer }: { readonly file: OutFile; readonly answer: FileAnswer },
): true | Promise<boolean> {
  const { status, headers, body } = answer
  if (body !== undefined && 'start' in body && outgoing.req.method !== 'HEAD') {
    return sendPart(outgoing, answer, () => file.open(body.start, body.end))
  }
  outgoing.writeHead(status, headers)
  if (body === undefined || 'start' in body || outgoing.req.method === 'HEAD') outgoing.end()
  else if (body.length > mostInOneWrite) outgoing.end(body)
  else outgoing.end(inOneWrite(body), 'latin1')
  return true
}

const mostInOneWrite = 32 * 1024
const texts = new WeakMap<Uint8Array, string>()

/** Octets as characters: Node writes head and body at once then, which is what a small answer costs. */
function inOneWrite(body: Uint8Array): string {
  const text =
    texts.get(body) ?? Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1')
  texts.set(body, text)
  return text
}

async function sendPart(
  outgoing: ServerResponse,
  { status, headers }: FileAnswer,
  open: () => ReturnType<OutFile['open']>,
): Promise<boolean> {
  const part = await open()
  if (!part) return false
  // Whoever has written into the file meanwhile makes it an answer that ends too soon, never one that looks whole
  outgoing.strictContentLength = true
  outgoing.writeHead(status, headers)
  await pipeline(part, outgoing).catch(() => outgoing.destroy())
  return true
}
