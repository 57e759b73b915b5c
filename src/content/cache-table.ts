import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import type { TextColumn } from './text-column.ts'

/**
 * What is kept of the articles from one build to the next: columns, since a hundred thousand rows of JSON take longer
 * to read than their files to stat. Rows are in the order of their files.
 */
export interface Table {
  readonly rows: number
  /** by column, see `texts` in cache-format.ts */
  readonly texts: readonly TextColumn[]
  /** by column (see `numbers` there), then by row */
  readonly numbers: readonly Float64Array[]
  /** a digest of the `tidings.lock` that says of these articles what is said here, and of no other; empty for none */
  readonly lock: string
}

export const emptyTable: Table = { rows: 0, texts: [], numbers: [], lock: '' }

interface Head {
  readonly form: number
  readonly key: string
  readonly rows: number
  readonly lock: string
  readonly numbers: number
  /** of each column of text: its octets, and how many texts are in it where it is folded */
  readonly columns: readonly (readonly [octets: number, entries?: number])[]
}

const form = 3
const digestLength = 40

/** @param key all that the rows depend on beside their files */
export function encodeTable(key: string, { rows, texts, numbers, lock }: Table): Buffer {
  const bytes = texts.map(({ text }) => Buffer.from(text))
  const columns = texts.map(({ ends, which }, column) => {
    const octets = bytes[column]?.length ?? 0
    return which ? ([octets, ends.length] as const) : ([octets] as const)
  })
  const head: Head = { form, key, rows, lock, numbers: numbers.length, columns }
  const figures = [
    ...numbers,
    ...texts.flatMap(({ ends, which }) => (which ? [ends, which] : ends)),
  ]
  const content = [
    Buffer.from(`${JSON.stringify(head)}\n`),
    ...figures.map(({ buffer, byteOffset, byteLength }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    ),
    ...bytes,
  ]
  const first = Buffer.alloc(digestLength + 1, 10)
  const whole = Buffer.concat([first, ...content])
  whole.write(digest(whole.subarray(digestLength + 1)), 'latin1')
  return whole
}

/** @returns undefined for what is damaged, foreign, of another form or under another key */
export function decodeTable(key: string, bytes: Buffer): Table | undefined {
  const content = bytes.subarray(digestLength + 1)
  if (digestOf(bytes) !== digest(content)) return undefined
  let at = content.indexOf(10) + 1
  const head: Head = JSON.parse(content.toString('utf8', 0, at))
  if (head.form !== form || head.key !== key) return undefined
  const take = (length: number) => {
    at += length
    return content.subarray(at - length, at)
  }
  // A copy, since a column of numbers has to begin at a multiple of their size
  const figures = (octets: number) => {
    const { buffer, byteOffset, byteLength } = take(octets)
    return buffer.slice(byteOffset, byteOffset + byteLength)
  }
  const places = (count: number) => new Uint32Array(figures(count * Uint32Array.BYTES_PER_ELEMENT))
  const numbers = Array.from(
    { length: head.numbers },
    () => new Float64Array(figures(head.rows * Float64Array.BYTES_PER_ELEMENT)),
  )
  const columns = head.columns.map(([octets, entries]) => ({
    octets,
    ends: places(entries ?? head.rows),
    ...(entries !== undefined && { which: places(head.rows) }),
  }))
  const texts = columns.map(({ octets, ends, ...folded }) => {
    const text = take(octets)
    // Pure ASCII, or the text would be shorter than its octets
    const isPlain = (ends.at(-1) ?? 0) === text.length
    return { text: text.toString(isPlain ? 'latin1' : 'utf8'), ends, ...folded }
  })
  return { rows: head.rows, texts, numbers, lock: head.lock }
}

/** The digest that a table stands under. @param bytes of a table that was decoded */
export function digestOf(bytes: Buffer): string {
  return bytes.toString('latin1', 0, digestLength)
}

export function digest(content: Uint8Array | string): string {
  return hash('sha1', content)
}
