import { type Notes, show } from './notes.ts'

/** Bytes as text, without a byte order mark. */
export interface Decoded {
  readonly text: string
  /** whether a byte order mark stood before it */
  readonly marked: boolean
}

const marks: readonly [encoding: string, bytes: readonly number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  // What `<` or `{` looks like where somebody forgot the mark.
  ['utf-16le', [0x3c, 0]],
  ['utf-16be', [0, 0x3c]],
  ['utf-16le', [0x7b, 0]],
  ['utf-16be', [0, 0x7b]],
]

/**
 * Finds the encoding of a document as RFC 7303 §3 says: the byte order mark, then what the server says, then the XML
 * declaration, else UTF-8. JSON is always UTF-8 (RFC 8259 §8.1).
 *
 * @param charset of the `Content-Type` that it was served with
 */
export function decode(bytes: Uint8Array, charset: string | undefined, notes: Notes): Decoded {
  const at = marks.findIndex(([, mark]) => mark.every((byte, index) => bytes[index] === byte))
  const inBytes = marks[at]?.[0]
  const marked = at >= 0 && at < 3
  const declared = declaredEncoding(bytes, inBytes)
  const names = { declared: canonical(declared), served: canonical(charset) }
  if (declared !== undefined && names.declared === undefined) {
    notes.error('encoding-unknown', 0, `encoding ${show(declared)} is not known; use UTF-8`)
  }
  if (inBytes?.startsWith('utf-16') && !marked)
    notes.error('encoding-mismatch', 0, 'UTF-16 needs a byte order mark; better, use UTF-8')
  const used = inBytes ?? names.served ?? names.declared ?? 'utf-8'
  disagreement(used, inBytes, names, notes)
  if (used !== 'utf-8') {
    const why = 'not every reader knows it; use UTF-8'
    notes.warn('encoding-obscure', 0, `the document is encoded in ${used}: ${why}`)
  }
  const text = new TextDecoder(used).decode(bytes)
  if (!isValid(bytes, used)) {
    const offset = Math.max(0, text.indexOf('\uFFFD'))
    const remedy = 'save it in UTF-8 and declare no other encoding'
    notes.error('encoding-invalid', offset, `this byte is not valid ${used}; ${remedy}`)
  }
  return { text, marked }
}

function disagreement(
  used: string,
  inBytes: string | undefined,
  { declared, served }: { declared: string | undefined; served: string | undefined },
  notes: Notes,
) {
  const remedy = 'make them say the same, best UTF-8'
  const sixteen = declared === 'utf-16le' && used === 'utf-16be'
  if (inBytes !== undefined && declared !== undefined && declared !== inBytes && !sixteen)
    notes.error(
      'encoding-mismatch',
      0,
      `the document declares ${declared} and its bytes are ${inBytes}; ${remedy}`,
    )
  else if (served !== undefined && declared !== undefined && declared !== served && !sixteen)
    notes.warn(
      'encoding-mismatch',
      0,
      `the document declares ${declared} and the server says ${served}; ${remedy}`,
    )
}

function declaredEncoding(bytes: Uint8Array, inBytes: string | undefined): string | undefined {
  const head = bytes.subarray(0, 400)
  const wide = inBytes?.startsWith('utf-16') ?? false
  const text = new TextDecoder(wide ? inBytes : 'latin1').decode(head)
  const start = text.replace(/^(?:\u00ef\u00bb\u00bf|\ufeff)?\s*/, '')
  return /^<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]*)["']/.exec(start)?.[1]
}

function canonical(label: string | undefined): string | undefined {
  try {
    return label === undefined ? undefined : new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

function isValid(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
