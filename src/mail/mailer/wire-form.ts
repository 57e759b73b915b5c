/** Smaller ones are the recipient's own, and quick to look through. */
const worthKeeping = 4096

const [cr, lf, dot] = [0x0d, 0x0a, 0x2e]

/** What stands in many messages is looked through once. */
const seen = new WeakMap<Uint8Array, Uint8Array>()

/**
 * A message as it goes over the wire but for the final dot: every line ends with CRLF and nothing else (a lone CR or LF
 * could smuggle in a command), and a dot at its start is doubled (RFC 5321 §4.5.2).
 *
 * @param message cut anywhere; parts of whole lines are not copied
 */
export function wireForm(message: readonly Uint8Array[]): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  let open: Uint8Array[] = []
  for (const part of message) {
    if (part.length === 0) continue
    open.push(part)
    if (!endsLine(part)) continue
    lines.push(open.length === 1 ? part : Buffer.concat(open))
    open = []
  }
  if (open.length > 0) lines.push(Buffer.concat(open))
  return lines.map(linesOf)
}

function linesOf(part: Uint8Array): Uint8Array {
  if (part.length < worthKeeping) return written(part)
  const known = seen.get(part)
  if (known) return known
  const form = written(part)
  seen.set(part, form)
  return form
}

/** @returns the part itself where nothing is to be done */
function written(part: Uint8Array): Uint8Array {
  if (isWritten(part)) return part
  const { buffer, byteOffset, length } = part
  const text = Buffer.from(buffer, byteOffset, length).toString('latin1')
  const lines = text.replace(/\r(?!\n)|(?<!\r)\n/g, '\r\n').replace(/(^|\n)\./g, '$1..')
  const whole = lines.endsWith('\r\n') ? lines : `${lines}\r\n`
  return Buffer.from(whole, 'latin1')
}

/** Whether every line begins with something other than a dot and ends with CRLF, and none has a CR or LF in it. */
function isWritten(part: Uint8Array): boolean {
  if (part[0] === dot || part[part.length - 1] !== lf) return false
  for (let at = 0; at < part.length; at += 1) {
    const octet = part[at] ?? 0
    // Nearly all are: the loop is run over every message.
    if (octet > cr) continue
    if (octet === cr && part[at + 1] !== lf) return false
    if (octet === lf && (part[at - 1] !== cr || part[at + 1] === dot)) return false
  }
  return true
}

function endsLine(part: Uint8Array): boolean {
  return part[part.length - 2] === cr && part[part.length - 1] === lf
}
