import { addressKey, parseAddress } from '../mail/address.ts'
import type { Choice, Subscriber } from '../model/subscriber.ts'
import { sortTopics, type Topic } from '../model/topic.ts'
import { cleanName } from './name.ts'
import { preferenceTerms } from './preference-terms.ts'

export type FormFields = Readonly<Record<string, unknown>>

/** What may be chosen. */
export interface Offer {
  readonly topics: readonly Pick<Topic, 'id'>[]
  /** BCP 47 */
  readonly languages: readonly string[]
  /** in whose days a pause ends */
  readonly timezone: string
}

/**
 * Reads what a reader chose. All topics together are everything, also what is new one day; what a form does not show stays
 * as it is.
 *
 * @returns undefined when the day on which a pause is to end is none, has passed, or is too far
 */
export function readChoice(
  form: FormFields,
  reader: Subscriber,
  { topics, languages, timezone }: Offer,
  now: Date,
): Choice | undefined {
  const pause = readPause(form, now, timezone)
  if (pause === 'wrong') return undefined
  const language = text(form.language)
  const wanted = new Set(texts(form.topics))
  const known = sortTopics(topics.map(({ id }) => id))
  const chosen = known.filter((id) => wanted.has(id))
  const own =
    topics.length === 0 ? reader.topics : chosen.length < known.length ? chosen : undefined
  const spoken = languages.includes(language) ? language : reader.language
  return {
    name: cleanName(text(form.name)),
    ...(spoken !== undefined && { language: spoken }),
    ...(own && { topics: own }),
    ...(pause && { pausedUntil: pause }),
  }
}

/** @returns undefined for no pause */
function readPause(form: FormFields, now: Date, timezone: string): Date | undefined | 'wrong' {
  const asked = text(form.pause)
  if (asked === '1' || asked === '3') return monthsAfter(now, Number(asked))
  if (asked !== 'date') return undefined
  return pauseUntil(text(form.until), timezone, now) ?? 'wrong'
}

/**
 * When a pause ends that lasts until a day: as that day begins.
 *
 * @param day `2026-12-24`
 * @returns undefined when it is no day, has begun, or is too far
 */
export function pauseUntil(day: string, timezone: string, now: Date): Date | undefined {
  const end = /^\d{4}-\d{2}-\d{2}$/.test(day) ? startOfDay(day, timezone) : undefined
  if (!end || end <= now) return undefined
  return end.getTime() - now.getTime() > preferenceTerms.longestPause ? undefined : end
}

/** The last day of a month that is too short for the day. */
function monthsAfter(now: Date, months: number): Date {
  const end = new Date(now)
  end.setUTCMonth(now.getUTCMonth() + months)
  if (end.getUTCDate() !== now.getUTCDate()) end.setUTCDate(0)
  return end
}

/** The first instant of a day in a time zone; a day that there is not is undefined. */
function startOfDay(day: string, timezone: string): Date | undefined {
  const midnight = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined
  const offset = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' })
    .formatToParts(midnight)
    .find(({ type }) => type === 'timeZoneName')?.value
  const [, sign = '+', hours = '0', minutes = '0'] =
    /GMT([+-])(\d+):?(\d*)/.exec(offset ?? '') ?? []
  const ahead = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  return new Date(midnight.getTime() - ahead * 60_000)
}

/** @returns undefined for what is no address, and for the one that the reader has */
export function readNewAddress(form: FormFields, { address }: Subscriber): string | undefined {
  const mailbox = parseAddress(text(form.address))
  if (!mailbox || addressKey(mailbox.address) === addressKey(address)) return undefined
  return mailbox.address
}

function text(value: unknown): string {
  const [first] = texts(value)
  return first?.trim() ?? ''
}

function texts(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string')
}
