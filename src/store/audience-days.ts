import type { AudienceDay, Sightings } from './statistics.ts'

/** Puts rows of both tables together, day by day. */
export function toAudienceDays(
  aggregators: readonly (Sightings['aggregators'][number] & { readonly day: string })[],
  readers: readonly { readonly day: string; readonly path: string; readonly readers: number }[],
): readonly AudienceDay[] {
  const days = [...new Set([...aggregators, ...readers].map(({ day }) => day))].sort()
  const byDay = Map.groupBy(aggregators, ({ day }) => day)
  const readersOf = Map.groupBy(readers, ({ day }) => day)
  return days.map((day) => ({
    day,
    aggregators: (byDay.get(day) ?? []).map(({ path, name, subscribers }) => ({
      path,
      name,
      subscribers,
    })),
    readers: Object.fromEntries((readersOf.get(day) ?? []).map((row) => [row.path, row.readers])),
  }))
}
