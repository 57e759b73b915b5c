/** What is known of the audience of the feeds on one day. */
export interface FeedDay {
  readonly day: string
  readonly aggregators: readonly {
    readonly path: string
    readonly name: string
    readonly subscribers: number
  }[]
  readonly readers: Readonly<Record<string, number>>
}

export interface FeedAudience {
  /** what each aggregator said last, of all its feeds together; the largest first */
  readonly aggregators: readonly {
    readonly name: string
    readonly subscribers: number
    readonly feeds: number
    /** when it said so */
    readonly day: string
  }[]
  /** readers without an aggregator, the mean of the days that are over, or of today where there is no other */
  readonly readers: number
  /** readers of each feed likewise, the most read first */
  readonly feeds: readonly { readonly path: string; readonly readers: number }[]
  /** all that is known: aggregators and readers */
  readonly total: number
}

/** How long the last word of an aggregator holds, in days: those that ask rarely ask once in a few days. */
const holds = 14

/** @param days in order; the last one may be today, which is not over */
export function feedAudienceOf(days: readonly FeedDay[], today: string): FeedAudience {
  const since = new Date(Date.parse(`${today}T00:00:00Z`) - holds * 86_400_000)
    .toISOString()
    .slice(0, 10)
  const last = new Map<string, FeedDay['aggregators'][number] & { day: string }>()
  for (const { day, aggregators } of days) {
    if (day < since) continue
    for (const one of aggregators) last.set(`${one.name}\n${one.path}`, { ...one, day })
  }
  const byName = Map.groupBy(last.values(), ({ name }) => name)
  const aggregators = [...byName].map(([name, words]) => ({
    name,
    subscribers: words.reduce((sum, { subscribers }) => sum + subscribers, 0),
    feeds: words.length,
    day: words.reduce((newest, { day }) => (day > newest ? day : newest), ''),
  }))
  aggregators.sort((a, b) => b.subscribers - a.subscribers || (a.name < b.name ? -1 : 1))
  const over = days.filter(({ day }) => day < today)
  const counted = over.length > 0 ? over.slice(-7) : days
  const mean = (path: string) =>
    counted.length === 0
      ? 0
      : Math.round(
          counted.reduce((sum, { readers }) => sum + (readers[path] ?? 0), 0) / counted.length,
        )
  const paths = [...new Set(counted.flatMap(({ readers }) => Object.keys(readers)))]
  const feeds = paths
    .filter((path) => path !== '*')
    .map((path) => ({ path, readers: mean(path) }))
    .sort((a, b) => b.readers - a.readers || (a.path < b.path ? -1 : 1))
  const readers = mean('*')
  const told = aggregators.reduce((sum, { subscribers }) => sum + subscribers, 0)
  return { aggregators, readers, feeds, total: told + readers }
}
