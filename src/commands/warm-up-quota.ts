import type { Config } from '../config.ts'
import type { Quota } from '../delivery/job.ts'
import { allowanceOf, dayIn, nextDayIn } from '../delivery/warm-up.ts'
import type { Throttle } from '../store/throttle.ts'

/** Where the warm-up of a sending domain stands today; undefined: there is none, or it is over. */
export interface WarmUpToday {
  /** `2026-12-03`, in the publication's time zone */
  readonly day: string
  /** how many may be sent that day, over all editions; 0 before the first day */
  readonly allowed: number
  /** how many of them were */
  readonly sent: number
  /** when more may be sent */
  readonly next: Date
}

type Terms = Pick<Config, 'mail' | 'publication'>

export async function warmUpToday(
  { mail: { warmUp }, publication: { timezone } }: Terms,
  throttle: Throttle,
  now: Date,
): Promise<WarmUpToday | undefined> {
  const day = dayIn(timezone, now)
  const allowed = warmUp ? allowanceOf(warmUp, day) : Number.POSITIVE_INFINITY
  if (allowed === Number.POSITIVE_INFINITY) return undefined
  const sent = await throttle.takenOfDay(day)
  return { day, allowed, sent, next: nextDayIn(timezone, now) }
}

/** Leave to send as many messages a day as the warm-up allows; undefined: any number. */
export function warmUpQuota(
  { mail: { warmUp }, publication: { timezone } }: Terms,
  throttle: Throttle,
  clock: () => Date,
): Quota | undefined {
  if (!warmUp) return undefined
  let day = dayIn(timezone, clock())
  if (allowanceOf(warmUp, day) === Number.POSITIVE_INFINITY) return undefined
  return {
    async take(most) {
      day = dayIn(timezone, clock())
      const limit = allowanceOf(warmUp, day)
      return limit === Number.POSITIVE_INFINITY ? most : throttle.takeOfDay(day, { limit, most })
    },
    giveBack: (count) => throttle.giveBackOfDay(day, count),
  }
}
