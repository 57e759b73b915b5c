import { type CsvError, parse } from 'csv-parse/sync'

export interface CsvRecord {
  /** 1-based, of its first line */
  readonly line: number
  readonly fields: readonly string[]
}

export interface Records {
  readonly records: readonly CsvRecord[]
  /** lines that are no record, because of a quotation mark that is missing or too many */
  readonly unreadable: readonly number[]
}

export interface RecordReader {
  push(text: string): Records
  end(): Records
}

/** How much is parsed at once, and how much one line may take, in characters. */
const piece = 65_536
const longest = 1_048_576

/** How many lines a record may have where quotation marks are out of place. */
const mostLines = 20

/**
 * Reads records (RFC 4180), a piece of the text at a time, so that a list of any length takes the memory of one piece. A
 * quotation mark that is missing costs the lines around it, not the rest. Blank lines are no records.
 */
export function recordReader(delimiter: string): RecordReader {
  let text = ''
  let line = 1

  function take(end: number): Records {
    const part = text.slice(0, end)
    text = text.slice(end)
    const from = line
    line += breaksIn(part)
    return readPart(part, delimiter, from)
  }

  return {
    push(more) {
      // Half a line end is held back
      text = (text + more).replace(/\r\n|\r(?!$)/g, '\n')
      const parts: Records[] = []
      for (let size = piece; text.length >= size; ) {
        const window = text.slice(0, size)
        // With a quotation mark too many at its start, all that is inside seems outside
        const end = endOfRecords(window, 0) || endOfRecords(window, 1)
        if (end === 0 && size < longest) {
          size *= 2
          continue
        }
        parts.push(take(end || size))
        size = piece
      }
      return {
        records: parts.flatMap(({ records }) => records),
        unreadable: parts.flatMap(({ unreadable }) => unreadable),
      }
    },
    end() {
      text = text.replace(/\r/g, '\n')
      return take(text.length)
    },
  }
}

/** Behind the last line end that has an even number of quotation marks before it (odd: 1); 0 where there is none. */
function endOfRecords(text: string, parity: 0 | 1): number {
  let marks = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) marks++
  for (let end = text.length; end > 0; marks--) {
    const mark = marks > 0 ? text.lastIndexOf('"', end - 1) : -1
    if (marks % 2 === parity) {
      const found = text.lastIndexOf('\n', end - 1)
      if (found > mark) return found + 1
    }
    if (mark < 0) return 0
    end = mark
  }
  return 0
}

function readPart(text: string, delimiter: string, from: number): Records {
  const rows = parseRows(text, delimiter)
  if (!rows || rows.some((row) => swallowsLines(row, delimiter)))
    return readLines(text, delimiter, from)
  const isPlain = !text.includes('"')
  const records: CsvRecord[] = []
  let line = from
  for (const fields of rows) {
    if (!isBlank(fields)) records.push({ line, fields })
    line += isPlain ? 1 : 1 + fields.reduce((n, field) => n + breaksIn(field), 0)
  }
  return { records, unreadable: [] }
}

/** Line by line; as many lines together as it takes where a field goes over several. */
function readLines(text: string, delimiter: string, from: number): Records {
  const records: CsvRecord[] = []
  const unreadable: number[] = []
  const lines = text.split('\n')
  const read = (start: number, count: number) => {
    const whole = lines.slice(start, start + count).join('\n')
    const rows = parseRows(whole, delimiter, { relax_quotes: true })
    return rows?.length === 1 && !rows.some((row) => swallowsLines(row, delimiter))
      ? rows[0]
      : undefined
  }
  for (let at = 0; at < lines.length; ) {
    if (lines[at]?.trim() === '') {
      at++
      continue
    }
    let count = 1
    let fields = read(at, count)
    // One more line helps only where a quotation mark is still open
    while (!fields && count < mostLines && at + count < lines.length) fields = read(at, ++count)
    if (fields && !isBlank(fields)) records.push({ line: from + at, fields })
    if (!fields) unreadable.push(from + at)
    at += fields ? count : 1
  }
  return { records, unreadable }
}

/** @returns undefined when a quotation mark is out of place */
function parseRows(
  text: string,
  delimiter: string,
  manners: { relax_quotes?: boolean } = {},
): readonly (readonly string[])[] | undefined {
  try {
    return parse(text, {
      ...manners,
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
    }) as string[][]
  } catch (error) {
    if ((error as CsvError).code?.includes('QUOTE')) return undefined
    throw error
  }
}

/** A quotation mark that was never closed takes in other people's lines until the next one. */
function swallowsLines(fields: readonly string[], delimiter: string): boolean {
  return fields.some(
    (field) =>
      field.includes('\n') &&
      field.split('\n').some((line, at) => {
        const cells = line.split(delimiter)
        return at > 0 && (cells.length > 1 || fields.length === 1) && cells.some(looksLikeAddress)
      }),
  )
}

function looksLikeAddress(text: string): boolean {
  return /^\s*"?[^\s@"]+@[^\s@"]+\.[^\s@"]+"?\s*$/.test(text)
}

function isBlank(fields: readonly string[]): boolean {
  return fields.every((field) => field.trim() === '')
}

function breaksIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
