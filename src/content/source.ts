import { Buffer, isAscii, isUtf8 } from 'node:buffer'
import type { Body } from '../model/article.ts'
import type { Problem } from '../model/problem.ts'
import { cleanText } from './clean.ts'
import { type FrontMatter, splitFrontMatter } from './front-matter.ts'
import { isPlainAscii } from './plain-bytes.ts'

/** A file of the content folder, decoded and cut, its front matter not yet interpreted. */
export interface Source {
  /** path relative to the publication's folder, with `/` between its parts */
  readonly file: string
  readonly format: Body['format']
  readonly matter: FrontMatter
}

/** Decodes a file. What is no UTF-8 is a problem that says where. */
export function readSource(file: string, bytes: Uint8Array): Source | Problem {
  const problem = findEncodingProblem(file, bytes)
  if (problem) return problem
  return { file, format: formatOf(file), matter: splitFrontMatter(decode(bytes)) }
}

function decode(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes
  const octets = Buffer.from(buffer, byteOffset, byteLength)
  // The same characters, in a quarter of the time
  if (isPlainAscii(bytes)) return octets.toString('latin1')
  return cleanText(octets.toString(isAscii(bytes) ? 'latin1' : 'utf8'))
}

/** @returns the format that the extension stands for; Markdown for all that is unknown */
export function formatOf(file: string): Body['format'] {
  if (/\.txt$/i.test(file)) return 'text'
  return /\.html?$/i.test(file) ? 'html' : 'markdown'
}

function findEncodingProblem(file: string, bytes: Uint8Array): Problem | undefined {
  const [a, b, c, d] = bytes
  const utf16 = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)
  if (utf16 || (a === 0 && c === 0 && b !== 0) || (b === 0 && d === 0 && a !== 0)) {
    return { file, message: 'the file is in UTF-16; save it as UTF-8' }
  }
  if (isUtf8(bytes)) return undefined
  const at = firstInvalid(bytes)
  const byte = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0')
  const message = `the file is not UTF-8: byte ${at + 1} is 0x${byte}; save it as UTF-8`
  return { file, line: lineAt(bytes, at), message }
}

/** The length of the longest beginning that is UTF-8, but for a character cut off at its end. */
function firstInvalid(bytes: Uint8Array): number {
  let good = 0
  let bad = bytes.length
  while (good + 1 < bad) {
    const middle = (good + bad) >> 1
    const cuts = [0, 1, 2, 3].filter((cut) => cut <= middle)
    if (cuts.some((cut) => isPrefix(bytes, middle, cut))) good = middle
    else bad = middle
  }
  // `good` may reach into the broken character: go back to where it begins
  while (good > 0 && !isUtf8(bytes.subarray(0, good))) good--
  return good
}

/** Whether the first `length` bytes are UTF-8 but for the last `cut`, which begin a character. */
function isPrefix(bytes: Uint8Array, length: number, cut: number): boolean {
  if (!isUtf8(bytes.subarray(0, length - cut))) return false
  if (cut === 0) return true
  const lead = bytes[length - cut] ?? 0
  const needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1
  const rest = bytes.subarray(length - cut + 1, length)
  return cut < needed && lead <= 0xf4 && rest.every((byte) => (byte & 0xc0) === 0x80)
}

function lineAt(bytes: Uint8Array, offset: number): number {
  let line = 1
  for (let at = 0; at < offset; at++) if (bytes[at] === 10) line++
  return line
}
