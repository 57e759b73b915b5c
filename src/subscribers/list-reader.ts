import { foldAddress } from '../mail/address.ts'
import type { Problem } from '../model/problem.ts'
import type { NewSubscriber } from '../model/subscriber.ts'
import { type RecordReader, type Records, recordReader } from './csv-records.ts'
import { type Encoding, textReader } from './decode-text.ts'
import { undoFormulaGuard } from './formula-guard.ts'
import { findLayout, type Layout, sepLine } from './layout.ts'
import { readRecord } from './read-record.ts'
import { type SeenAddresses, seenAddresses } from './seen-addresses.ts'

/** A line of which nobody comes onto the list. */
export interface LeftOut extends Problem {
  readonly line: number
  /** as they stand there; none where a quotation mark is out of place */
  readonly fields: readonly string[]
}

/** What some lines of a list say. */
export interface Piece {
  readonly people: readonly (NewSubscriber & { readonly line: number })[]
  /** lines that cannot be used, in order */
  readonly errors: readonly LeftOut[]
  /** lines of people who never proved their address, in order */
  readonly unconfirmed: readonly LeftOut[]
  /** what was used, but looks wrong, in order */
  readonly warnings: readonly Problem[]
  /** how many of the people stand on an earlier line too */
  readonly repeated: number
}

export interface ListReader {
  /** @returns the fault of the file as a whole: nothing of it can be used */
  push(bytes: Uint8Array | string): Piece | { readonly refused: Problem }
  end(): Piece | { readonly refused: Problem }
  /** known as soon as the first lines are */
  readonly layout: Layout | undefined
  readonly encoding: Encoding
}

export interface ListTerms {
  /** what to call it in problems */
  readonly file: string
  /** an instant after it is none at which anybody joined */
  readonly now: Date
  /** columns that shall become fields, see `readHeader` */
  readonly wanted?: readonly string[]
  /** shared by files that are read one after the other */
  readonly seen?: SeenAddresses
}

/** How much is looked at to find out how a list is written, in characters. */
const sample = 32_768

const nothing: Piece = { people: [], errors: [], unconfirmed: [], warnings: [], repeated: 0 }

const quoteReason = 'a quotation mark (") is missing or too many; double one that is meant'

/**
 * Reads a list of readers, a piece at a time: the exports of `programs`, and any table of text with a column of addresses.
 * What stands between its fields, its encoding and the meaning of its columns are found out. A line that cannot be used
 * is told, and the rest is read. Memory does not grow with the list, but for twelve octets an address.
 */
export function listReader({
  file,
  now,
  wanted = [],
  seen = seenAddresses(),
}: ListTerms): ListReader {
  const decoder = textReader()
  let beginning = ''
  let layout: Layout | undefined
  let reader: RecordReader | undefined

  function refuse(message: string, line?: number) {
    return { refused: { file, message, ...(line !== undefined && { line }) } }
  }

  function take(text: string, isEnd: boolean): Piece | { readonly refused: Problem } {
    if (reader && layout) return readAll(text, isEnd, reader, layout)
    beginning += text
    if (beginning.length < sample && !isEnd) return nothing
    beginning = beginning.replace(/^\uFEFF/, '')
    const lastLine = beginning.lastIndexOf('\n') + 1
    const found = findLayout(isEnd ? beginning : beginning.slice(0, lastLine || undefined), wanted)
    if ('reason' in found) return refuse(found.reason, found.line)
    layout = found
    reader = recordReader(found.delimiter)
    const all = beginning.replace(sepLine, '')
    beginning = ''
    return readAll(all, isEnd, reader, found)
  }

  function readAll(text: string, isEnd: boolean, records: RecordReader, how: Layout): Piece {
    const pieces = [records.push(text), ...(isEnd ? [records.end()] : [])]
    return joined(pieces.map((piece) => readPeople(piece, how)))
  }

  function readPeople({ records, unreadable }: Records, { header, columns }: Layout): Piece {
    const people: (NewSubscriber & { line: number })[] = []
    const unconfirmed: LeftOut[] = []
    const warnings: Problem[] = []
    const errors: LeftOut[] = unreadable.map((line) => ({
      file,
      line,
      message: quoteReason,
      fields: [],
    }))
    let repeated = 0
    for (const record of records) {
      const { line, fields } = record
      if (line === header?.line) continue
      const reading = readRecord(fields.map(undoFormulaGuard), columns, now)
      if ('reason' in reading) {
        errors.push({ file, line, message: reading.reason, fields })
      } else if ('unconfirmed' in reading) {
        const message = `status '${reading.unconfirmed}': never confirmed, and is not mailed`
        unconfirmed.push({ file, line, message, fields })
      } else {
        const { subscriber } = reading
        warnings.push(...reading.warnings.map((message) => ({ file, line, message })))
        const earlier = seen.meet(foldAddress(subscriber.address), line)
        if (earlier !== undefined) {
          const message = `${subscriber.address} stands on line ${earlier} already; remove one of them`
          warnings.push({ file, line, message })
          repeated++
        }
        people.push({ ...subscriber, line })
      }
    }
    errors.sort((one, other) => one.line - other.line)
    return { people, errors, unconfirmed, warnings, repeated }
  }

  function push(bytes: Uint8Array | string | undefined) {
    if (typeof bytes === 'string') return take(bytes, false)
    const text = bytes ? decoder.push(bytes) : decoder.end()
    if (text === undefined) {
      return refuse('is no text; save it as "CSV UTF-8", and unpack an archive first')
    }
    return take(text, bytes === undefined)
  }

  return {
    push,
    end: () => push(undefined),
    get layout() {
      return layout
    },
    get encoding() {
      return decoder.encoding
    },
  }
}

function joined(pieces: readonly Piece[]): Piece {
  const [only = nothing] = pieces
  if (pieces.length === 1) return only
  return {
    people: pieces.flatMap(({ people }) => people),
    errors: pieces.flatMap(({ errors }) => errors),
    unconfirmed: pieces.flatMap(({ unconfirmed }) => unconfirmed),
    warnings: pieces.flatMap(({ warnings }) => warnings),
    repeated: pieces.reduce((n, { repeated }) => n + repeated, 0),
  }
}
