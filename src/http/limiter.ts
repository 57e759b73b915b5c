import type { Limit } from '../model/join.ts'

/** What a request counts against: a name, and how often it may. */
export interface Count {
  readonly key: string
  readonly limits: readonly Limit[]
}

/**
 * Lets one more through.
 *
 * @returns 0 when it may pass, which counts for all its keys; else the milliseconds until it might, and nothing counts
 */
export type Limiter = (counts: readonly Count[], now: Date) => number

/**
 * Counts in memory: whoever is let through leaves the instant behind, until the longest limit has passed. It forgets
 * with the process, and the oldest when there are too many.
 *
 * @param mostKeys how many names it remembers
 */
export function makeLimiter(mostKeys = 100_000): Limiter {
  // In the order in which they were last let through
  const passed = new Map<string, readonly number[]>()

  function waitFor({ key, limits }: Count, now: number): number {
    const times = passed.get(key) ?? []
    const waits = limits.map(({ within, most }) => {
      const last = times.at(-most)
      return last === undefined ? 0 : last + within - now
    })
    return Math.max(0, ...waits)
  }

  function pass({ key, limits }: Count, now: number): void {
    const longest = Math.max(...limits.map(({ within }) => within))
    const times = (passed.get(key) ?? []).filter((time) => time + longest > now)
    passed.delete(key)
    passed.set(key, [...times, now])
  }

  return (counts, at) => {
    const now = at.getTime()
    const wait = Math.max(0, ...counts.map((count) => waitFor(count, now)))
    if (wait > 0) return wait
    for (const count of counts) pass(count, now)
    for (const key of passed.keys()) {
      if (passed.size <= mostKeys) break
      passed.delete(key)
    }
    return 0
  }
}
