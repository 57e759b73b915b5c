/**
 * The date of what has none: a constant, since the clock would change the file on every run, and one that validators take
 * for possible.
 */
export const unknownDate = new Date('2000-01-01T00:00:00Z')

// Many read a year below 100 as one of the last century, leading zeros or not.
const oldest = Date.parse('1000-01-01T00:00:00Z')
const newest = Date.parse('9999-12-31T23:59:59Z')

// Much faster than what it spares most texts: half of a pair is looked for as well as a whole one.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const suspect = /[\0-\x08\x0B-\x1F\x7F-\x9F\uD800-\uDFFF\uFDD0-\uFDEF\uFFFE\uFFFF]/

/**
 * A text without what XML 1.0 (§2.2) forbids or discourages: control characters, noncharacters, lone surrogates.
 * Line ends become LF, as every XML parser would make them anyway, so that JSON says the same.
 */
export function cleanText(value: string): string {
  if (!suspect.test(value)) return value.trim()
  return value
    .replace(/\r\n?|[\v\f\u0085]/g, '\n')
    .replace(/[[\p{Cc}--[\t\n]]\p{Noncharacter_Code_Point}\p{Cs}]/gv, '')
    .trim()
}

/**
 * A text that stands on one line, for titles, names and attributes, in which parsers fold white space. Spaces that
 * do not break stay: French puts one before a colon.
 */
export function cleanLine(value: string): string {
  return cleanText(value).replace(/[\t\n \u2028\u2029]+/g, ' ')
}

/**
 * An absolute http or https URL in the characters of RFC 3986, which validators and old readers insist on.
 *
 * @returns nothing when it cannot be made one; never throws
 */
export function httpUrl(value: string, base?: string): string | undefined {
  const line = cleanLine(value)
  const url = URL.parse(line) ?? URL.parse(line, base)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return undefined
  const forbidden = url.hostname.startsWith('[') ? /["<>\\^`{|}]/g : /["<>[\\\]^`{|}]/g
  return url.href.replace(forbidden, encodeURIComponent).replace(/%(?![\da-f]{2})/gi, '%25')
}

/** To the second, as RSS has it; nothing for what is no date, or has no four-digit year (RFC 3339, RFC 822). */
export function safeDate(date: Date): Date | undefined {
  const time = date.getTime()
  return time >= oldest && time <= newest ? new Date(Math.floor(time / 1000) * 1000) : undefined
}

/** The newest date of several, or `unknownDate` when there is none. */
export function latestDate(dates: readonly Date[]): Date {
  const times = dates.flatMap((date) => safeDate(date)?.getTime() ?? [])
  return times.length === 0
    ? unknownDate
    : new Date(times.reduce((latest, time) => Math.max(latest, time)))
}

/** `2026-11-23T12:00:00Z` */
export function isoDate(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z')
}
