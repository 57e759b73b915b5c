import { subscriberStatuses } from '../model/subscriber.ts'
import { cleanName } from '../subscribers/name.ts'
import type { Report } from './command.ts'
import type { Understood } from './import-list.ts'
import type { Tally } from './import-tally.ts'
import { count, table } from './terminal.ts'

/** How many mistyped domains people are shown. */
const mostHints = 10

const separators: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': '|',
}

interface Told {
  readonly understood: readonly Understood[]
  /** file and line, when it was interrupted there */
  readonly stoppedAt?: string
  readonly hasRejects?: boolean
}

/** What came of an import. */
export function importReport(tally: Tally, { understood, stoppedAt, hasRejects }: Told): Report {
  const { added, updated, unchanged, 'kept-out': keptOut } = tally.outcomes
  const parts = [
    `${added} added`,
    `${updated} updated`,
    `${unchanged} unchanged`,
    `${keptOut} kept out`,
    `${tally.unconfirmed} never confirmed`,
    `${count(tally.leftOut, 'line')} left out`,
  ]
  const sum = parts.filter((part, index) => index === 0 || !part.startsWith('0 ')).join(', ')
  const text = [
    ...understood.map(headline),
    ...(stoppedAt === undefined
      ? []
      : [`Stopped at ${stoppedAt}. What was taken stays; run it again to go on.`]),
    sum,
    ...moreLines(tally, hasRejects),
    ...hintLines(tally),
  ].join('\n')
  const status = stoppedAt === undefined ? 3 : 130
  return {
    text,
    json: {
      added,
      updated,
      unchanged,
      keptOut,
      ...(stoppedAt !== undefined && { stoppedAt }),
      ...counts(tally),
      files: understood,
    },
    ...((stoppedAt !== undefined || tally.leftOut > 0) && { status }),
  }
}

/** What an import would understand. */
export function rehearsalReport(tally: Tally, { understood, hasRejects }: Told): Report {
  const statuses = subscriberStatuses.filter((status) => tally.statuses[status] > 0)
  const rows = statuses.map((status) => [status, tally.statuses[status].toLocaleString('en')])
  if (tally.unconfirmed > 0) {
    rows.push(['never confirmed, left out', tally.unconfirmed.toLocaleString('en')])
  }
  if (tally.leftOut > 0) rows.push(['cannot be used', tally.leftOut.toLocaleString('en')])
  const text = [
    ...understood.flatMap((file) => [headline(file), '', columnTable(file), '']),
    table([['LINES THAT ARE', ''], ...rows]),
    ...(tally.repeated > 0
      ? ['', `${count(tally.repeated, 'line')} of an address that stands above already.`]
      : []),
    ...moreLines(tally, hasRejects),
    ...hintLines(tally),
    '',
    'Nothing is stored: this was a dry run.',
  ].join('\n')
  return {
    text,
    json: { dryRun: true, ...counts(tally), files: understood },
    ...(tally.leftOut > 0 && { status: 3 }),
  }
}

function counts(tally: Tally) {
  const { statuses, leftOut, unconfirmed, repeated, errors, warnings } = tally
  return { statuses, leftOut, unconfirmed, repeated, hints: tally.hints(), errors, warnings }
}

function headline({ file, program, encoding, delimiter, hasHeader, columns }: Understood): string {
  const what = program === undefined ? 'a list' : `an export of ${program}`
  const how = columns.length > 1 ? `, separated by ${separators[delimiter] ?? delimiter}` : ''
  return `${file}: ${what}, ${encoding}${how}${hasHeader ? '' : ', without a header row'}`
}

function columnTable({ columns }: Understood): string {
  const rows = columns.map(({ title, meaning }) => [short(title), meaning || '(left out)'])
  return table([['COLUMN', 'TAKEN FOR'], ...rows])
}

function short(title: string): string {
  const line = cleanName(title)
  return line.length > 40 ? `${line.slice(0, 39)}…` : line
}

function moreLines({ leftOut, errors }: Tally, hasRejects = false): string[] {
  const untold = leftOut - Math.min(20, errors.length)
  return untold <= 0 || hasRejects
    ? []
    : [`${count(untold, 'more line')} left out and not told: --rejects FILE writes all of them.`]
}

function hintLines(tally: Tally): string[] {
  const hints = tally.hints()
  if (hints.length === 0) return []
  const rows = hints
    .slice(0, mostHints)
    .map(({ domain, meant, count: n, place }) => [
      `  ${domain}`,
      `${meant}?`,
      n === 1 ? place : `${n.toLocaleString('en')}, the first at ${place}`,
    ])
  const more = hints.length - rows.length
  return [
    '',
    'Perhaps mistyped, and taken as they stand:',
    table(rows),
    ...(more > 0 ? [`  and ${count(more, 'more domain')}`] : []),
  ]
}
