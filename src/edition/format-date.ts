import { DateTime } from 'luxon'

/** `2026-11-23`: the day that it is in `zone` (IANA). */
export function isoDay(date: Date, zone: string): string {
  return inZone(date, zone).toFormat('yyyy-MM-dd', { locale: 'en', numberingSystem: 'latn' })
}

/** `23 November 2026` as the readers of `language` (BCP 47) write it, on the calendar of `zone`. */
export function longDate(date: Date, zone: string, language: string): string {
  return inZone(date, zone).setLocale(language).toLocaleString(DateTime.DATE_FULL)
}

/** As `longDate`, with the day of the week. */
export function longDateWithWeekday(date: Date, zone: string, language: string): string {
  return inZone(date, zone).setLocale(language).toLocaleString(DateTime.DATE_HUGE)
}

function inZone(date: Date, zone: string): DateTime {
  return DateTime.fromJSDate(date, { zone })
}
