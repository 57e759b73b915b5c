import { stringify } from 'csv-stringify/sync'
import { addressKey } from '../mail/address.ts'
import type { Problem } from '../model/problem.ts'
import {
  learnFields,
  type NewSubscriber,
  type Subscriber,
  type SubscriberStatus,
} from '../model/subscriber.ts'
import { guardFormula } from './formula-guard.ts'
import { listReader } from './list-reader.ts'
import { writeTopics } from './topic-words.ts'

export interface SubscriberList {
  /** each address once, in the order of the file */
  readonly subscribers: readonly NewSubscriber[]
  /** lines that could not be used, in order */
  readonly errors: readonly Problem[]
  /** what was used, but looks wrong, in order */
  readonly warnings: readonly Problem[]
}

/**
 * Reads a whole list as `listReader` does. An address that stands twice is taken once: the first name, language and
 * topics, the strictest status.
 *
 * @param file what to call it in problems
 */
export function readSubscribersCsv(
  input: Uint8Array | string,
  { file, now }: { file: string; now: Date },
): SubscriberList {
  const reader = listReader({ file, now })
  const errors: Problem[] = []
  const warnings: Problem[] = []
  const found = new Map<string, NewSubscriber>()
  for (const piece of [reader.push(input), reader.end()]) {
    if ('refused' in piece) return { subscribers: [], errors: [piece.refused], warnings: [] }
    // Who may not be mailed is no reader, whatever the reason
    errors.push(...[...piece.errors, ...piece.unconfirmed].map(problemOf))
    warnings.push(...piece.warnings)
    for (const { line: _, ...person } of piece.people) {
      const key = addressKey(person.address)
      const earlier = found.get(key)
      found.set(key, earlier ? merge(earlier, person) : person)
    }
  }
  errors.sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
  return { subscribers: [...found.values()], errors, warnings }
}

function problemOf({ file, line, message }: Problem): Problem {
  return { file, message, ...(line !== undefined && { line }) }
}

/** How many people are written at once. */
const together = 500

/**
 * The list as `listReader` takes it back, a piece at a time, with the fields that are named. Cells that a spreadsheet would run as a
 * formula carry a `'` in front, which reading takes off again. Tokens stay here: they are secrets.
 */
export async function* writeSubscribersCsv(
  subscribers: AsyncIterable<Subscriber>,
  fieldNames: readonly string[],
): AsyncIterable<string> {
  const own = fieldNames.map((name) => `fields.${name}`)
  let rows = [
    ['address', 'name', 'language', 'status', 'topics', 'reason', 'joined', 'left', ...own],
  ]
  for await (const person of subscribers) {
    rows.push(rowOf(person, fieldNames))
    if (rows.length < together) continue
    yield stringify(rows)
    rows = []
  }
  yield stringify(rows)
}

function rowOf(person: Subscriber, fieldNames: readonly string[]): string[] {
  const { address, name, language = '', status, reason = '', createdAt, leftAt, fields } = person
  const dates = [createdAt.toISOString(), leftAt?.toISOString() ?? '']
  const own = fieldNames.map((field) => guardFormula(fields?.[field] ?? ''))
  return [
    guardFormula(address),
    guardFormula(name),
    language,
    status,
    writeTopics(person),
    guardFormula(reason),
    ...dates,
    ...own,
  ]
}

/** One line of a file for spreadsheets, as `writeSubscribersCsv` writes them. */
export function csvLine(cells: readonly string[]): string {
  return stringify([cells.map(guardFormula)])
}

const strictness: readonly SubscriberStatus[] = ['active', 'unlisted', 'unsubscribed', 'suppressed']

function merge(first: NewSubscriber, second: NewSubscriber): NewSubscriber {
  const rank = ({ status = 'active' }: NewSubscriber) => strictness.indexOf(status)
  const language = first.language ?? second.language
  const fields = learnFields(second.fields ?? {}, first.fields)
  const topics = first.topics ?? second.topics
  const { status, reason, leftAt } = rank(second) > rank(first) ? second : first
  return {
    ...first,
    name: first.name || second.name,
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(language ? { language } : {}),
    ...(topics ? { topics } : {}),
    ...(status ? { status } : {}),
    ...(reason ? { reason } : {}),
    ...(leftAt ? { leftAt } : {}),
  }
}
