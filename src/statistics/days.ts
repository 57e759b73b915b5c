/** One day of the list. */
export interface ListDay {
  /** `2026-11-23`, where the publication is */
  readonly day: string
  readonly joins: number
  readonly leaves: number
  /** how many were on it in the end */
  readonly subscribers: number
}

/** The day of an instant in a time zone. */
export function dayIn(timezone: string): (instant: Date) => string {
  // Sweden writes dates as ISO 8601 does
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return (instant) => format.format(instant)
}

/** The last days until now, the oldest first: each once, also where clocks are put forward or back. */
export function lastDays(count: number, now: Date, timezone: string): readonly string[] {
  const today = new Date(`${dayIn(timezone)(now)}T00:00:00Z`)
  return Array.from({ length: count }, (_, at) => {
    const day = new Date(today)
    day.setUTCDate(day.getUTCDate() - (count - 1 - at))
    return day.toISOString().slice(0, 10)
  })
}

/**
 * Joins and leaves by the day.
 *
 * @param before how many were on the list before the first hour
 * @param hours in order; those before the first day count for what it began with
 */
export function listDays(
  days: readonly string[],
  timezone: string,
  {
    before,
    hours,
  }: {
    before: number
    hours: readonly { readonly hour: Date; readonly joins: number; readonly leaves: number }[]
  },
): readonly ListDay[] {
  const dayOf = dayIn(timezone)
  const [first = ''] = days
  const sums = new Map(days.map((day) => [day, { joins: 0, leaves: 0 }]))
  let subscribers = before
  for (const { hour, joins, leaves } of hours) {
    const day = dayOf(hour)
    const sum = sums.get(day)
    if (sum) {
      sum.joins += joins
      sum.leaves += leaves
    } else if (day < first) subscribers += joins - leaves
  }
  return days.map((day) => {
    const { joins = 0, leaves = 0 } = sums.get(day) ?? {}
    subscribers += joins - leaves
    return { day, joins, leaves, subscribers }
  })
}
