/** What is wrong with a value. */
export interface Complaint {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly message: string
}

export type DateFormat = 'rfc822' | 'rfc3339' | 'w3cdtf'

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const zones: Readonly<Record<string, number>> = {
  ...{
    UT: 0,
    GMT: 0,
    Z: 0,
    EST: -5,
    EDT: -4,
    CST: -6,
    CDT: -5,
    MST: -7,
    MDT: -6,
    PST: -8,
    PDT: -7,
  },
}

/** No date is longer, and no pattern should have to look through more. */
const longest = 100

/** Clocks differ a little (minutes). */
const tolerance = 10
/** Before feeds, before the web: validators take such a date for a slip. */
const firstYear = 1990

/** Reads a date strictly. `instant` is there whenever the date can be made sense of. */
export function readDate(
  value: string,
  format: DateFormat,
): { readonly instant?: number; readonly complaints: readonly Complaint[] } {
  if (value.length > longest) return invalid(value, format)
  return format === 'rfc822' ? readRfc822(value) : readIso(value, format)
}

/** All that is wrong with a date. @param now what lies after it is in the future */
export function dateComplaints(value: string, format: DateFormat, now: Date): readonly Complaint[] {
  const { instant, complaints } = readDate(value, format)
  if (instant === undefined) return complaints
  const minutes = (instant - now.getTime()) / 60_000
  const future =
    minutes > tolerance
      ? [
          warn(
            'date-future',
            'lies in the future; readers hide the item or pin it on top; mend the date',
          ),
        ]
      : []
  const early =
    new Date(instant).getUTCFullYear() < firstYear
      ? [
          warn(
            'date-implausible',
            `is before ${firstYear}, which is taken for a slip; mend the date`,
          ),
        ]
      : []
  return [...complaints, ...future, ...early]
}

/** RFC 822 with the four-digit years that RSS 2.0 prefers and RFC 2822 demands. */
function readRfc822(value: string): ReturnType<typeof readDate> {
  const bare = value.replace(/\s*\([^()]*\)$/, '')
  const match =
    /^(?:([a-z]+)(,?)\s+)?(\d{1,2})\s+([a-z]+)\s+(\d{4}|\d{2})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s+([a-z]{1,3}|[+-]\d{4})$/i.exec(
      bare,
    )
  if (!match) return invalid(value, 'rfc822')
  const [, weekday, comma, d, monthName = '', y = '', h, m, s = '0', zone = ''] = match
  const month = months.indexOf(monthName.toLowerCase())
  const [day, hour, minute, second] = [Number(d), Number(h), Number(m), Number(s)]
  const year = y.length === 4 ? Number(y) : Number(y) + (Number(y) < 50 ? 2000 : 1900)
  const offset = /^[a-ik-y]$/i.test(zone) ? 0 : zoneMinutes(zone)
  const vague = /^[a-ik-y]$/i.test(zone) || bare !== value
  const wrong = month < 0 || hour > 24 || minute > 59 || second > 60 || offset === undefined
  if (wrong || !isDay(year, month, day)) return invalid(value, 'rfc822')
  const midnight = Date.UTC(year, month, day)
  const instant = midnight + ((hour * 60 + minute - offset) * 60 + second) * 1000
  const complaints: Complaint[] = []
  const actual = weekdays[new Date(midnight).getUTCDay()] ?? ''
  if (weekday !== undefined && weekday.toLowerCase() !== actual) {
    const known = weekdays.includes(weekday.toLowerCase())
    const message = known
      ? `names the wrong weekday: that day was a ${capital(actual)}; correct or omit it`
      : `has a weekday in no form of RFC 822; write ${capital(actual)}, or omit it`
    complaints.push({ code: 'date-weekday', severity: 'error', message })
  } else if (weekday !== undefined && comma === '')
    complaints.push(...invalid(value, 'rfc822').complaints)
  if (y.length === 2) complaints.push(warn('date-obsolete', 'has a year of two digits; write four'))
  if (vague) complaints.push(warn('date-obsolete', 'has a zone that few readers know; write GMT'))
  if (hour === 24) complaints.push(warn('date-obsolete', 'has hour 24; write 00 of the next day'))
  return { instant, complaints }
}

function zoneMinutes(zone: string): number | undefined {
  const name = zone.toUpperCase()
  if (Object.hasOwn(zones, name)) return (zones[name] ?? 0) * 60
  const [, sign, hours, minutes] = /^([+-])(\d{2})(\d{2})$/.exec(zone) ?? []
  if (Number(hours) > 23 || Number(minutes) > 59 || sign === undefined) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

/** RFC 3339 §5.6, or the W3C's profile of ISO 8601, in which a date may stop at the day, month or year. */
function readIso(value: string, format: 'rfc3339' | 'w3cdtf'): ReturnType<typeof readDate> {
  const match =
    /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(:\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/.exec(
      value,
    )
  const [, year, month = '01', day = '01', hour, minute, seconds, zone] = match ?? []
  const whole = format === 'w3cdtf' || (hour !== undefined && seconds !== undefined)
  const offset = zone === 'Z' || zone === undefined ? 0 : zoneMinutes(zone.replace(':', ''))
  const sane =
    match !== null &&
    isDay(Number(year), Number(month) - 1, Number(day)) &&
    Number(hour ?? 0) < 24 &&
    Number(minute ?? 0) < 60 &&
    Number((seconds ?? ':0').slice(1)) < 61
  if (!whole || !sane || offset === undefined) return invalid(value, format)
  const start = Date.parse(`${year}-${month}-${day}T00:00:00Z`)
  const minutes = Number(hour ?? 0) * 60 + Number(minute ?? 0) - offset
  return {
    instant: start + minutes * 60_000 + Number((seconds ?? ':0').slice(1)) * 1000,
    complaints: [],
  }
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date.getUTCMonth() === month && date.getUTCDate() === day
}

const examples: Readonly<Record<DateFormat, string>> = {
  rfc822: 'Wed, 29 Jun 2022 10:00:00 GMT',
  rfc3339: '2022-06-29T10:00:00Z',
  w3cdtf: '2022-06-29T10:00:00Z',
}

function invalid(value: string, format: DateFormat): { complaints: readonly Complaint[] } {
  const guess = new Date(value.length < 100 ? value : '')
  const known = !Number.isNaN(guess.getTime()) && guess.getUTCFullYear() < 9999
  const good = format === 'rfc822' ? guess.toUTCString() : known ? guess.toISOString() : ''
  const what = format === 'rfc822' ? 'no RFC 822 date' : 'no RFC 3339 date and time'
  const message =
    known && /[T:]/.test(value) && /(?:Z|GMT|[+-]\d{2}:?\d{2})$/.test(value)
      ? `is ${what}; write it as ${good}`
      : `is ${what}; write it as in ${examples[format]}`
  return { complaints: [{ code: 'date-invalid', severity: 'error', message }] }
}

function warn(code: string, message: string): Complaint {
  return { code, severity: 'warning', message }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
