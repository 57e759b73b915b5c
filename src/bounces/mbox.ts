/** The line between messages, as all mail systems write it: a sender, a day, a time, a year. */
const fromLine = /^From \S.{0,300}\d{1,2}:\d\d(?::\d\d)?.{0,40}\b\d{4}\b/
const quoted = /^>+From /

/** One message out of many. */
export interface Piece {
  readonly bytes: Uint8Array
  /** of its first line in the whole, from 1 */
  readonly line: number
}

/**
 * Splits an mbox (RFC 4155) into its messages, and takes one `>` from the lines that mboxrd quotes. What does not begin
 * with a From_ line is one message, whatever stands in it.
 *
 * @param most octets kept of a message: the rest of it is passed over
 */
export async function* splitMbox(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Piece> {
  let kept: Uint8Array[] = []
  let size = 0
  let start = 1
  let number = 0
  let isMbox = false
  let wasEmpty = true
  const piece = () => ({ bytes: Buffer.concat(kept), line: start })
  for await (const line of linesOf(chunks, most)) {
    number += 1
    const head = startsWith(line, 'From ') || line[0] === 62 ? textOf(line) : ''
    if (number === 1) isMbox = fromLine.test(head)
    if (isMbox && wasEmpty && fromLine.test(head)) {
      if (size > 0) yield piece()
      kept = []
      size = 0
      start = number + 1
      wasEmpty = false
      continue
    }
    wasEmpty = isMbox && (line.length === 1 || (line.length === 2 && line[0] === 13))
    const own = isMbox && quoted.test(head) ? line.subarray(1) : line
    if (size < most) kept.push(own)
    size += own.length
  }
  if (size > 0) yield piece()
}

/** Each with its line feed; one that is longer than `most` comes in parts. */
async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    let from = 0
    for (;;) {
      const end = chunk.indexOf(10, from)
      const part = chunk.subarray(from, end < 0 ? chunk.length : end + 1)
      if (part.length > 0) parts.push(part)
      size += part.length
      if (end < 0 && size < most) break
      yield parts.length === 1 ? part : Buffer.concat(parts)
      parts = []
      size = 0
      if (end < 0) break
      from = end + 1
    }
  }
  if (size > 0) yield Buffer.concat(parts)
}

function startsWith(line: Uint8Array, text: string): boolean {
  return Buffer.from(text).every((octet, index) => line[index] === octet)
}

function textOf(line: Uint8Array): string {
  return Buffer.from(line.subarray(0, 500)).toString('latin1')
}
