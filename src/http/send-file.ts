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
  else outgoing.end(body)
  return true
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
