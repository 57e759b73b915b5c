import { Fault } from '../model/fault.ts'

/** A time zone. Times are milliseconds since 1970-01-01T00:00Z; offsets milliseconds east of UTC. */
export interface TimeZone {
  readonly name: string
  offsetAt(instant: number): number
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const week = 7 * day

/**
 * Opens a time zone by its IANA name. Its offsets are those of luxon, looked up once a week of history: a week whose
 * ends have one offset has no change in it.
 *
 * @throws {Fault} 'config-invalid' when there is no such zone
 */
export async function openTimeZone(name: string): Promise<TimeZone> {
  if (/^(?:Etc\/)?(?:UTC|GMT|UCT|Zulu)$/i.test(name)) return { name, offsetAt: () => 0 }
  const { IANAZone } = await import('luxon')
  if (!IANAZone.isValidZone(name)) {
    const remedy = "write a name of the IANA list, as in 'Europe/Madrid'"
    throw new Fault('config-invalid', `publication.timezone: '${name}' is no time zone; ${remedy}`)
  }
  const zone = IANAZone.create(name)
  const exact = (instant: number) => Math.round(zone.offset(instant) * minute)
  const known = new Map<number, number>()
  const atWeek = (number: number) => {
    const offset = known.get(number) ?? exact(number * week)
    known.set(number, offset)
    return offset
  }
  return {
    name,
    offsetAt(instant) {
      const number = Math.floor(instant / week)
      const offset = atWeek(number)
      return offset === atWeek(number + 1) ? offset : exact(instant)
    },
  }
}

const clock = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?`
const offset = String.raw`(Z|UTC?|GMT|[ECMP][SD]T|[+-]\d{2}(?::?\d{2})?)?(?:\s*\(?[A-Z]{3,5}\)?)?`
const numeric = new RegExp(
  String.raw`^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:(?:T|\s+)${clock}\s*${offset})?$`,
  'i',
)
const english = new RegExp(
  String.raw`^(?:([a-z]{3})[a-z]*\.?,?\s+)?(?:(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?|([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?)\s+(\d{4})(?:,?\s+${clock}\s*${offset})?$`,
  'i',
)
const monthNames =
  'january february march april may june july august september october november december'
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const zoneHours: Readonly<Record<string, number>> = {
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
}

/**
 * Reads a date as people and generators write it:
 *
 * - ISO 8601 and its relatives: `2022-06-29`, `2022-06-29T10:00:00.5Z`, `2022-06-29 10:00 +0200`, `2022/6/29 10:00`
 * - RFC 2822 and English: `Wed, 29 Jun 2022 10:00:00 +0200`, `Jun 29, 2022`, `29 June 2022`
 *
 * A date without a time is midnight in `zone`; a time without an offset is in `zone`. A local time that a change of
 * clocks leaves out moves on by what was left out (02:30 becomes 03:30); of one that comes twice the first is meant
 * (both as in RFC 5545 §3.3.5). A year is 1000 to 9999.
 *
 * @returns undefined for anything else, and for what is no day of the calendar
 */
export function parseDate(text: string, zone: TimeZone): Date | undefined {
  if (text.length > 100) return undefined
  const trimmed = text.trim()
  const iso = numeric.exec(trimmed)
  if (iso) {
    const [, year, , month, date, ...time] = iso
    return toInstant([Number(year), Number(month), Number(date)], time, zone)
  }
  const words = english.exec(trimmed)
  if (!words) return undefined
  const [, weekday, dayBefore, monthAfter, monthBefore, dayAfter, year, ...time] = words
  const month = monthNumber(monthAfter ?? monthBefore ?? '')
  const date = Number(dayBefore ?? dayAfter)
  if (weekday !== undefined) {
    const named = weekdayNames.indexOf(weekday.toLowerCase())
    if (named !== new Date(Date.UTC(Number(year), month - 1, date)).getUTCDay()) return undefined
  }
  return toInstant([Number(year), month, date], time, zone)
}

/** The parts of a calendar day. */
type Day = readonly [year: string, month: string, day: string]

/** The day that it is at an instant in a zone: `['2022', '06', '29']`. */
export function localDay(instant: Date, zone: TimeZone): Day {
  const time = instant.getTime()
  return dayOf(Math.floor((time + zone.offsetAt(time)) / day)).parts
}

/**
 * ISO 8601 in UTC: the same as `Date#toISOString`, in a quarter of the time.
 *
 * @throws {RangeError} for what is no time
 */
export function isoTime(instant: Date): string {
  const time = instant.getTime()
  const number = Math.floor(time / day)
  const rest = time - number * day
  const clock = `${twoDigits(rest / hour)}:${twoDigits((rest / minute) % 60)}:${twoDigits((rest / 1000) % 60)}`
  return `${dayOf(number).text}T${clock}.${String(rest % 1000).padStart(3, '0')}Z`
}

interface NumberedDay {
  readonly number: number
  readonly parts: Day
  readonly text: string
}

let lastDay: NumberedDay = { number: 0, parts: ['1970', '01', '01'], text: '1970-01-01' }

/** @param number of days since 1970-01-01. Most times it is the one that was asked for before */
function dayOf(number: number): NumberedDay {
  if (number !== lastDay.number) {
    const text = new Date(number * day).toISOString().slice(0, -'T00:00:00.000Z'.length)
    const [, year = '', month = '', date = ''] = /^(.+)-(..)-(..)$/.exec(text) ?? []
    lastDay = { number, parts: [year, month, date], text }
  }
  return lastDay
}

const pairs = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

function twoDigits(number: number): string {
  return pairs[Math.floor(number)] ?? ''
}

function toInstant(
  [year, month, date]: readonly [number, number, number],
  [hours = '0', minutes = '0', seconds = '0', fraction = '', offsetText]: readonly (
    | string
    | undefined
  )[],
  zone: TimeZone,
): Date | undefined {
  if (year < 1000 || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59)
    return undefined
  const midnight = Date.UTC(year, month - 1, date)
  const checked = new Date(midnight)
  if (checked.getUTCMonth() !== month - 1 || checked.getUTCDate() !== date) return undefined
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'))
  const local =
    midnight +
    Number(hours) * hour +
    Number(minutes) * minute +
    Number(seconds) * 1000 +
    milliseconds
  if (offsetText === undefined) return new Date(fromLocal(local, zone))
  const east = readOffset(offsetText.toUpperCase())
  return east === undefined ? undefined : new Date(local - east)
}

function fromLocal(local: number, zone: TimeZone): number {
  const before = zone.offsetAt(local - day)
  const after = zone.offsetAt(local + day)
  if (before === after) return local - before
  if (zone.offsetAt(local - before) === before) return local - before
  if (zone.offsetAt(local - after) === after) return local - after
  return local - before
}

function readOffset(text: string): number | undefined {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text) ?? []
  if (sign === undefined) return (zoneHours[text] ?? 0) * hour
  if (Number(hours) > 15 || Number(minutes) > 59) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * hour + Number(minutes) * minute)
}

function monthNumber(name: string): number {
  const lower = name.toLowerCase()
  return (
    monthNames
      .split(' ')
      .findIndex(
        (full) =>
          full === lower ||
          full.slice(0, 3) === lower ||
          (lower === 'sept' && full === 'september'),
      ) + 1
  )
}
