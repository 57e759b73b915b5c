import { isAscii, isUtf8 } from 'node:buffer'

export type Encoding = 'UTF-8' | 'UTF-16' | 'Windows-1252'

export interface TextReader {
  /** the text of these bytes, as far as it is certain; undefined: this is no text */
  push(bytes: Uint8Array): string | undefined
  /** what was held back */
  end(): string | undefined
  readonly encoding: Encoding
}

/** How much is looked at before anything is decoded, in octets. */
const sample = 4096

/**
 * Reads text that a person or a program saved, a piece at a time: what a byte order mark says, UTF-16 without one, UTF-8,
 * and Windows-1252 for what is none of them. The mark is left out. In a file that is UTF-8 for the most part, what is
 * not becomes U+FFFD.
 */
export function textReader(): TextReader {
  let waiting: Uint8Array = new Uint8Array()
  let decode: ((bytes: Uint8Array, last: boolean) => string) | undefined
  let encoding: Encoding = 'UTF-8'

  function take(last: boolean): string | undefined {
    if (!decode) {
      if (waiting.length < sample && !last) return ''
      const label = labelOf(waiting)
      if (label === undefined) return undefined
      encoding = label === 'utf-8' ? 'UTF-8' : 'UTF-16'
      decode = label === 'utf-8' ? utf8() : ofLabel(label)
    }
    const text = decode(waiting, last)
    waiting = new Uint8Array()
    return text
  }

  function utf8() {
    const lenient = new TextDecoder('utf-8')
    const old = new TextDecoder('windows-1252')
    let rest: Uint8Array = new Uint8Array()
    let kind: 'ascii' | 'utf-8' | 'damaged' | 'old' = 'ascii'
    let first = true
    return (bytes: Uint8Array, last: boolean): string => {
      const whole = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes
      const end = last ? whole.length : endOfCharacters(whole)
      const complete = whole.subarray(first && hasMark(whole) ? 3 : 0, end)
      rest = Buffer.from(whole.subarray(end))
      first = false
      if (kind === 'ascii' && !isAscii(complete)) {
        kind = isUtf8(complete) ? 'utf-8' : isRatherUtf8(complete) ? 'damaged' : 'old'
        if (kind === 'old') encoding = 'Windows-1252'
      }
      return kind === 'old' ? old.decode(complete) : lenient.decode(complete)
    }
  }

  return {
    push(bytes) {
      waiting = waiting.length > 0 ? Buffer.concat([waiting, bytes]) : bytes
      return take(false)
    },
    end: () => take(true),
    get encoding() {
      return encoding
    },
  }
}

function ofLabel(label: string): (bytes: Uint8Array, last: boolean) => string {
  const decoder = new TextDecoder(label)
  return (bytes, last) => decoder.decode(bytes, { stream: !last })
}

/** @returns undefined for what is no text: an archive, a spreadsheet, a picture */
function labelOf(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe && bytes.length % 2 === 0) return 'utf-16le'
  if (first === 0xfe && second === 0xff && bytes.length % 2 === 0) return 'utf-16be'
  const head = bytes.subarray(0, sample)
  const zeros = [0, 0]
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (even + odd === 0) return 'utf-8'
  // Latin letters in UTF-16: every other octet is zero
  if (odd > head.length / 5 && even === 0) return 'utf-16le'
  if (even > head.length / 5 && odd === 0) return 'utf-16be'
  return undefined
}

function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

/** Where the last character ends that is there as a whole. */
function endOfCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) {
      const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return needs > back ? bytes.length - back : bytes.length
    }
  }
  return bytes.length
}

function isRatherUtf8(bytes: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(bytes)
  const strange = text.match(/\uFFFD/g)?.length ?? 0
  const known = (text.match(/[^\0-\x7F]/g)?.length ?? 0) - strange
  return known >= strange
}
