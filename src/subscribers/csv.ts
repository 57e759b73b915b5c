import { type CsvError, type Info, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { addressKey } from '../mail/address.ts'
import type { Problem } from '../model/problem.ts'
import {
  learnFields,
  type NewSubscriber,
  type Subscriber,
  type SubscriberStatus,
} from '../model/subscriber.ts'
import { readHeader, readRecord, writeTopics } from './columns.ts'
import { decodeText } from './decode-text.ts'

export interface SubscriberList {
  /** each address once, in the order of the file */
  readonly subscribers: readonly NewSubscriber[]
  /** lines that could not be used, in order */
  readonly errors: readonly Problem[]
  /** what was used, but looks wrong, in order */
  readonly warnings: readonly Problem[]
}

interface CsvRecord {
  /** 1-based, of its first line */
  readonly line: number
  readonly fields: readonly string[]
}

type Unreadable = Pick<CsvRecord, 'line'> & { readonly reason: string }

/**
 * Reads a list with a header row (RFC 4180): comma, semicolon or tab, whichever the header uses; UTF-8, or UTF-16
 * with a byte order mark as spreadsheets write it. A line that cannot be used is reported and the rest is read.
 * An address that stands twice is taken once: the first name, language and topics, the strictest status.
 *
 * @param file what to call it in problems
 */
export function readSubscribersCsv(input: Uint8Array | string, file: string): SubscriberList {
  const text = decodeText(input)
  if (text === undefined) {
    return refused({ file, message: 'is neither UTF-8 nor UTF-16; save it as "CSV UTF-8"' })
  }
  const { records, unreadable } = readRecords(text)
  const [header, ...rest] = records
  if (!header) {
    const message = 'is empty; its first line must name the columns: address,name,language,status'
    return refused(unreadable[0] ? toProblem(file, unreadable[0]) : { file, message })
  }
  const columns = readHeader(header.fields.map(undoFormulaGuard))
  if ('reason' in columns) return refused({ file, line: header.line, message: columns.reason })

  const errors = unreadable.map((problem) => toProblem(file, problem))
  const warnings: Problem[] = []
  const found = new Map<string, NewSubscriber & { line: number }>()
  for (const { fields, line } of rest) {
    const reading = readRecord(fields.map(undoFormulaGuard), columns)
    if ('reason' in reading) {
      errors.push({ file, line, message: reading.reason })
      continue
    }
    warnings.push(...reading.warnings.map((message) => ({ file, line, message })))
    const key = addressKey(reading.subscriber.address)
    const earlier = found.get(key)
    if (earlier) {
      const message = `${reading.subscriber.address} stands on line ${earlier.line} already; remove one of them`
      warnings.push({ file, line, message })
    }
    found.set(key, earlier ? merge(earlier, reading.subscriber) : { ...reading.subscriber, line })
  }
  return {
    subscribers: [...found.values()].map(({ line: _, ...subscriber }) => subscriber),
    errors: errors.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    warnings,
  }
}

/**
 * The list as `readSubscribersCsv` takes it back, a piece at a time, with the fields that are named. Fields that a spreadsheet would run as a
 * formula carry a `'` in front, which reading takes off again. Tokens stay here: they are secrets.
 */
export async function* writeSubscribersCsv(
  subscribers: AsyncIterable<Subscriber>,
  fieldNames: readonly string[],
): AsyncIterable<string> {
  const titles = fieldNames.map((name) => `fields.${name}`)
  yield stringify([['address', 'name', 'language', 'status', 'topics', ...titles]])
  for await (const subscriber of subscribers) {
    const { address, name, language = '', status, fields = {} } = subscriber
    const known = [guardFormula(address), guardFormula(name), language, status]
    const own = fieldNames.map((field) => guardFormula(fields[field] ?? ''))
    yield stringify([[...known, writeTopics(subscriber), ...own]])
  }
}

/** One line of a file for spreadsheets, as `writeSubscribersCsv` writes them. */
export function csvLine(cells: readonly string[]): string {
  return stringify([cells.map(guardFormula)])
}

function refused(error: Problem): SubscriberList {
  return { subscribers: [], errors: [error], warnings: [] }
}

function toProblem(file: string, { line, reason }: Unreadable): Problem {
  return { file, line, message: reason }
}

const strictness: readonly SubscriberStatus[] = ['active', 'unlisted', 'unsubscribed', 'suppressed']

function merge<T extends NewSubscriber>(first: T, second: NewSubscriber): T {
  const rank = ({ status = 'active' }: NewSubscriber) => strictness.indexOf(status)
  const language = first.language ?? second.language
  const fields = learnFields(second.fields ?? {}, first.fields)
  const topics = first.topics ?? second.topics
  const { status } = rank(second) > rank(first) ? second : first
  return {
    ...first,
    name: first.name || second.name,
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(language ? { language } : {}),
    ...(topics ? { topics } : {}),
    ...(status ? { status } : {}),
  }
}

// One `'` more in front of what a spreadsheet takes for a formula, and of what looks guarded already: so that
// taking one off always gives back what was written. (OWASP, "CSV Injection")
const guard = "'"

function guardFormula(text: string): string {
  return /^'*[=+\-@＝＋－＠\t\r]/.test(text) ? guard + text : text
}

function undoFormulaGuard(text: string): string {
  return /^'+[=+\-@＝＋－＠\t\r]/.test(text) ? text.slice(guard.length) : text
}

/** Reads the whole text at once; line by line, which is slower, when a quotation mark is out of place. */
function readRecords(text: string): { records: CsvRecord[]; unreadable: Unreadable[] } {
  const hint = /^sep=(.)\r?\n/.exec(text)
  const delimiter = hint?.[1] ?? findDelimiter(text)
  const blank = text.replace(/^sep=./, '')
  const whole = parseRecords(blank, delimiter)
  return whole && !whole.some(swallowsLines)
    ? { records: whole, unreadable: [] }
    : readLines(blank, delimiter)
}

function readLines(text: string, delimiter: string) {
  const records: CsvRecord[] = []
  const unreadable: Unreadable[] = []
  for (const [index, content] of text.split(/\r\n|\n|\r/).entries()) {
    const line = index + 1
    const parsed = parseRecords(content, delimiter, { relax_quotes: true })
    if (parsed) records.push(...parsed.map(({ fields }) => ({ fields, line })))
    else
      unreadable.push({
        line,
        reason: 'a quotation mark (") is missing or too many; double one that is meant',
      })
  }
  return { records, unreadable }
}

/** @returns undefined when a quotation mark is out of place */
function parseRecords(
  text: string,
  delimiter: string,
  manners: { relax_quotes?: boolean } = {},
): CsvRecord[] | undefined {
  try {
    const options = {
      ...manners,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }
    const parsed = parse(text, options) as unknown as { record: string[]; info: Info }[]
    return parsed
      .filter(({ record }) => record.some((field) => field.trim() !== ''))
      .map(({ record, info }) => ({ fields: record, line: info.lines - breaksIn(record) }))
  } catch (error) {
    if ((error as CsvError).code?.includes('QUOTE')) return undefined
    throw error
  }
}

function breaksIn(fields: readonly string[]): number {
  return fields.reduce((n, field) => n + (field.match(/\r\n|\n|\r/g)?.length ?? 0), 0)
}

/** A quotation mark that was never closed takes in other people's lines until the next one. */
function swallowsLines({ fields }: CsvRecord): boolean {
  return fields.some((field) => /[\r\n][^\r\n]*@/.test(field))
}

function findDelimiter(text: string): string {
  const [header = ''] = text.trimStart().split(/[\r\n]/, 1)
  const outside = header.replace(/"[^"]*"/g, '')
  const count = (delimiter: string) => outside.split(delimiter).length
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best))
}
