import { type Slot, type SlotValues, writeSlot } from '../model/edition.ts'
import { breakLines, encode, lineLength } from './quoted-printable.ts'

/** Text as its fixed parts and its slots, in order. */
export type Pieces = readonly (string | Slot)[]

/** A body in quoted-printable (RFC 2045 §6.7): what is encoded already, and lines that wait for their slots. */
export type EncodedBody = readonly (string | SlotLine)[]

/** Some whole lines of a text with slots in them, and how they are encoded when the slots are filled. */
export interface SlotLine {
  readonly pieces: Pieces
  readonly encode: (line: string) => string
}

/** A line that is written as it stands (RFC 2045 §6.7), and most lines with a name in them are. */
const literal = /^(?:[ -<>-~]*[!-<>-~])?(?:\r\n)?$/
const ascii = /^[ -~]*$/

/**
 * Encodes what is fixed of a text. Soft line breaks depend on nothing but the line they are in, so only the lines
 * with slots are left for later: filled and encoded they give, with all others, the same octets as the text would
 * had it been filled and encoded as a whole.
 */
export function encodeBody(content: Pieces): EncodedBody {
  const lines = splitLines(
    content.map((piece) => (typeof piece === 'string' ? toLines(piece) : piece)),
  )
  const last = lines.pop() ?? []
  if (![...lines, last].some(hasSlot)) return [encodeWhole(joinLines([...lines, last]).join(''))]
  const body: (string | SlotLine)[] = []
  let fixed = ''
  const settle = () => {
    if (fixed !== '') body.push(encodeWhole(fixed))
    fixed = ''
  }
  for (const pieces of lines) {
    if (hasSlot(pieces)) {
      settle()
      body.push({ pieces: [...pieces, '\r\n'], encode: encodeWhole })
    } else fixed += `${pieces.join('')}\r\n`
  }
  settle()
  const isLong = body.some((part) => typeof part === 'string' && part.length > lineLength)
  // a text that is shorter than a line is not wrapped at all, so all of it counts
  if (!isLong) return [{ pieces: joinLines([...lines, last]), encode: encodeWhole }]
  if (hasSlot(last)) return [...body, { pieces: last, encode: encodeLast }]
  return [...body, encodeLast(last.join(''))]
}

/** Fills and encodes a line, see `writeSlot`. */
export function fillLine(
  { pieces, encode }: SlotLine,
  values: SlotValues,
  write: (value: string) => string,
): string {
  return encode(
    pieces
      .map((piece) =>
        typeof piece === 'string' ? piece : toLines(writeSlot(piece, values, write)),
      )
      .join(''),
  )
}

function encodeWhole(text: string): string {
  if (text.length <= lineLength && literal.test(text)) return text
  const encoded = encode(text)
  return encoded.length <= lineLength ? encoded : breakLines(encoded)
}

/** The last line of a long text, which has no line end. */
function encodeLast(line: string): string {
  return breakLines(encode(line))
}

/** Well-formed text with CRLF line ends, without control characters that no mail program shows. */
function toLines(content: string): string {
  if (ascii.test(content)) return content
  return content
    .toWellFormed()
    .replace(/\r\n?|\n/g, '\r\n')
    .replace(/(?![\t\r\n])[\p{Cc}\p{Noncharacter_Code_Point}]/gu, '')
}

function splitLines(content: Pieces): Pieces[] {
  const lines: (string | Slot)[][] = [[]]
  for (const piece of content) {
    if (typeof piece !== 'string') lines.at(-1)?.push(piece)
    else {
      const [first = '', ...others] = piece.split('\r\n')
      lines.at(-1)?.push(first)
      for (const line of others) lines.push([line])
    }
  }
  return lines
}

function joinLines(lines: readonly Pieces[]): Pieces {
  return lines.flatMap((line, index) => (index === 0 ? line : ['\r\n', ...line]))
}

function hasSlot(pieces: Pieces): boolean {
  return pieces.some((piece) => typeof piece !== 'string')
}
