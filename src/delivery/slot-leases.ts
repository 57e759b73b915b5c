import type { Throttle } from '../store/throttle.ts'
import type { Bell } from './bell.ts'
import type { Brake } from './job.ts'

/** For how long send times are asked for in advance, in seconds; at least for one message. */
const ahead = 0.5
/** At a rate above this one the next send times are asked for before the last one is used. */
const inTime = 4
/** A send time that is past by more is not used any more: what was missed is not made up for in a burst. Milliseconds. */
const stale = 1000

interface Lease {
  from: number
  step: number
  left: number
  asked: boolean
}

/** The send times that this process holds, by key: asked for in batches, those of one turn of the event loop at once. */
export interface SlotLeases {
  /** When the next one is, in the clock's milliseconds; Infinity while it is being asked for: the bell rings then. */
  next(key: string, perSecond: number): number
  /** Uses the next one. */
  use(key: string): void
}

export function slotLeases(
  { throttle, clock }: { throttle: Throttle; clock: () => Date },
  stop: Brake,
  { ring }: Bell,
): SlotLeases {
  const leases = new Map<string, Lease & { perSecond: number }>()
  let asking: string[] = []

  async function ask(): Promise<void> {
    const keys = asking
    asking = []
    try {
      const asked = keys.map((key) => {
        const perSecond = leases.get(key)?.perSecond ?? 1
        return { key, perSecond, count: Math.max(1, Math.round(perSecond * ahead)) }
      })
      for (const { key, from, step, count } of await throttle.reserve(asked, clock())) {
        const lease = leases.get(key)
        if (lease) Object.assign(lease, { from, step, left: count, asked: false })
      }
    } catch (error) {
      stop.fail(error)
    }
    ring()
  }

  function want(key: string, lease: Lease): void {
    if (lease.asked) return
    lease.asked = true
    if (asking.push(key) === 1) setImmediate(ask)
  }

  return {
    next(key, perSecond) {
      const lease = leases.get(key) ?? { from: 0, step: 0, left: 0, asked: false, perSecond }
      leases.set(key, lease)
      lease.perSecond = perSecond
      const oldest = clock().getTime() - stale
      while (lease.left > 0 && lease.from < oldest) skip(lease)
      if (lease.left > 0) return lease.from
      want(key, lease)
      return Number.POSITIVE_INFINITY
    },
    use(key) {
      const lease = leases.get(key)
      if (!lease || lease.left === 0) throw new Error(`no send time for ${key}`)
      skip(lease)
      if (lease.left === 0 && lease.perSecond > inTime) want(key, lease)
    },
  }
}

function skip(lease: Lease): void {
  lease.from += lease.step
  lease.left -= 1
}
