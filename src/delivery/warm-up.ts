/** How a new sending domain gets known: so many messages on each of its first days. */
export interface WarmUp {
  /** the first day, `2026-12-01` */
  readonly from: string
  /** messages on that day, and each next one `factor` times as many */
  readonly first?: number
  /** default 1.5 */
  readonly factor?: number
  /** messages on each day, in place of `first` and `factor`; after the last one it is over */
  readonly days?: readonly number[]
  /** as soon as a day might have so many, it is over */
  readonly until?: number
}

const usualFactor = 1.5

/**
 * How many messages may be sent on a day.
 *
 * @param day `2026-12-03`
 * @returns 0 before the first one, Infinity when it is over
 */
export function allowanceOf(
  { from, first = 0, factor = usualFactor, ...terms }: WarmUp,
  day: string,
) {
  const { days, until = Number.POSITIVE_INFINITY } = terms
  const index = (Date.parse(day) - Date.parse(from)) / 86_400_000
  if (index < 0) return 0
  const count = days
    ? (days[index] ?? Number.POSITIVE_INFINITY)
    : Math.floor(first * factor ** index)
  return count >= until ? Number.POSITIVE_INFINITY : count
}

/** The day that it is in a time zone, as `2026-12-03`. */
export function dayIn(timeZone: string, now: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now)
}

/** When the next day begins there: within a minute, whatever its clocks do. */
export function nextDayIn(timeZone: string, now: Date): Date {
  const today = dayIn(timeZone, now)
  const minute = 60_000
  let [before, after] = [
    Math.floor(now.getTime() / minute),
    Math.ceil(now.getTime() / minute) + 26 * 60,
  ]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (dayIn(timeZone, new Date(middle * minute)) === today) before = middle
    else after = middle
  }
  return new Date(after * minute)
}
