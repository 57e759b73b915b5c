import type { EditionId } from '../model/edition.ts'
import { isoDay } from './format-date.ts'

/**
 * The identity of an edition made at `now`: the day in the publication's time zone, and a number from the
 * second edition of that day on.
 *
 * @param existing identities of all earlier editions, in any order
 */
export function nextEditionId(
  now: Date,
  timezone: string,
  existing: Iterable<EditionId>,
): EditionId {
  const day = isoDay(now, timezone)
  let last = 0
  for (const id of existing) {
    if (id === day) last = Math.max(last, 1)
    else if (id.startsWith(`${day}-`)) last = Math.max(last, Number(id.slice(day.length + 1)) || 0)
  }
  return last === 0 ? day : `${day}-${last + 1}`
}
