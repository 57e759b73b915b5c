import type { Claim } from '../model/delivery.ts'
import type { Parked } from '../store/ledger.ts'
import type { Bell } from './bell.ts'
import type { Brake, DeliveryJob } from './job.ts'
import type { Traffic } from './traffic.ts'

/** The claims in this run's hands, waiting or in flight. */
export interface HeldClaims {
  /**
   * One that may go now; waits for it where some may soon.
   * @returns undefined when there is nothing more to take in this run, or the brake is on
   */
  next(): Promise<Claim | undefined>
  /** Call it before the outcome is recorded: what is not held is never given back. */
  drop(claim: Claim): void
  /** Drops one that was not sent. */
  dropUnsent(claim: Claim): void
  /** Lets one that was not begun wait for its destination. */
  park(claim: Claim): Promise<void>
  /** Whether its destination wants nothing now. */
  mustWait(claim: Claim): boolean
  /** Gives back all that are held. */
  giveBack(): Promise<void>
  hasRoom(): boolean
  /** Whether some were put back since it was last asked, which nobody may have come across again. */
  wasPutBack(): boolean
  /** Whether it ended because the quota was used up. */
  isUsedUp(): boolean
  close(): Promise<void>
}

/** How often it is looked for new work while there is some that waits, milliseconds. */
const lookAgain = 1000
/** How many are taken at once to be parked, when none that are taken may go. */
const mostToPark = 2000
/** How much of a quota is taken at once: as much is lost when a sender dies. */
const quotaAtOnce = 10

/** The claims of one destination that has limits. */
interface Lane {
  readonly queue: Claim[]
  /** whether more may wait for it in the store */
  hasParked: boolean
}

/**
 * Takes claims in small batches, enough to keep the lanes busy, and renews their leases while they are held: so a
 * lease can be short, and the claims of a sender that died are soon free, however slow the relay.
 *
 * Of a destination that is slower than the others no more are held than it takes in a few seconds. The rest is parked in
 * the store, so that the others never wait for it.
 */
export function holdClaims(
  job: DeliveryJob & { readonly lease: number },
  traffic: Traffic,
  bell: Bell,
  stop: Brake,
): HeldClaims {
  const { edition, ledger, clock, lease, concurrency, quota } = job
  const { limit = Number.POSITIVE_INFINITY } = job
  const held = new Set<Claim>()
  const free: Claim[] = []
  const lanes = new Map<string, Lane>()
  /** those in flight whose destination counts them */
  const entered = new Map<Claim, { readonly key: string; readonly isProbe: boolean }>()
  let taken = 0
  let batch = concurrency * 10
  let emptyAt = Number.NEGATIVE_INFINITY
  let refilling: Promise<boolean> | undefined
  let granting: Promise<void> | undefined
  let granted = quota ? 0 : Number.POSITIVE_INFINITY
  let usedUp = false
  let putBack = false

  function laneOf(key: string): Lane {
    const lane = lanes.get(key) ?? { queue: [], hasParked: false }
    lanes.set(key, lane)
    return lane
  }

  /** @returns what has to be parked, there being no room for it */
  function place(claims: readonly Claim[]): Parked[] {
    return claims.flatMap((claim) => {
      const under = traffic.laneOf(claim)
      if (under === undefined) {
        free.push(claim)
        return []
      }
      const { queue } = laneOf(under)
      if (queue.length >= traffic.room(under)) return [{ claim, under }]
      queue.push(claim)
      return []
    })
  }

  async function parkAll(list: readonly Parked[]): Promise<void> {
    if (list.length === 0) return
    for (const { claim, under } of list) {
      laneOf(under).hasParked = true
      held.delete(claim)
    }
    taken -= list.length
    await ledger.park(list, clock())
  }

  async function claim(most: number, parked?: string): Promise<readonly Claim[]> {
    const terms = { now: clock(), leaseUntil: leaseEnd(), most, ...(parked && { parked }) }
    const claims = await ledger.claim(edition.id, terms)
    taken += claims.length
    for (const one of claims) held.add(one)
    return claims
  }

  /** @returns whether there was something, even if it had to be parked */
  async function refillFree(): Promise<boolean> {
    const most = Math.min(batch, limit - taken)
    if (most <= 0 || performance.now() < emptyAt + lookAgain) return false
    const claims = await claim(most)
    if (claims.length === 0) {
      emptyAt = performance.now()
      for (const key of await ledger.parkedUnder(edition.id)) laneOf(key).hasParked = true
      return false
    }
    const tooMany = place(claims)
    // A long run of one destination is passed by quickly.
    batch = tooMany.length === claims.length ? Math.min(batch * 2, mostToPark) : concurrency * 10
    await parkAll(tooMany)
    return true
  }

  async function refillLane(key: string, lane: Lane): Promise<boolean> {
    const room = traffic.room(key)
    const most = Math.min(room - lane.queue.length, limit - taken)
    if (!lane.hasParked || most <= 0 || lane.queue.length * 2 > room) return false
    const claims = await claim(most, key)
    if (claims.length < most) lane.hasParked = false
    lane.queue.push(...claims)
    return claims.length > 0
  }

  async function refill(): Promise<boolean> {
    let some = await refillFree()
    for (const [key, lane] of [...lanes]) if (await refillLane(key, lane)) some = true
    if (some) bell.ring()
    return some
  }

  function pick(): Claim | undefined {
    for (const [key, lane] of lanes) {
      const { queue, hasParked } = lane
      if (queue.length === 0 && !hasParked) lanes.delete(key)
      const passed = queue.length > 0 && traffic.enter(key)
      const claim = passed && queue.shift()
      if (!claim) continue
      entered.set(claim, { key, isProbe: passed === 'probe' })
      // The last to be served next time.
      lanes.delete(key)
      lanes.set(key, lane)
      return claim
    }
    for (let claim = free.shift(); claim; claim = free.shift()) {
      const key = traffic.laneOf(claim)
      if (key === undefined) return claim
      // It has got into trouble since.
      laneOf(key).queue.push(claim)
    }
    return undefined
  }

  /** Those that are held for destinations that want nothing now need not be. */
  async function parkPaused(): Promise<void> {
    const list = [...lanes].flatMap(([under, { queue }]) =>
      traffic.isPaused(under) ? queue.splice(0).map((claim) => ({ claim, under })) : [],
    )
    await parkAll(list)
  }

  /** When something may go that cannot now; undefined: nothing will in this run. */
  function soonest(): number | undefined {
    const times = [...lanes].flatMap(([key, { queue, hasParked }]) =>
      queue.length > 0 || (hasParked && taken < limit) ? (traffic.nextAt(key) ?? []) : [],
    )
    return times.length > 0 ? Math.min(...times) : undefined
  }

  async function grant(): Promise<void> {
    if (!quota) return
    granted += await quota.take(Math.min(quotaAtOnce, Math.max(limit - taken, 1)))
    usedUp = granted === 0
  }

  function leaseEnd(): Date {
    return new Date(clock().getTime() + lease)
  }

  function renew(): void {
    if (held.size > 0) ledger.renew([...held], leaseEnd()).catch(stop.fail)
  }

  function leave(claim: Claim): void {
    const place = entered.get(claim)
    entered.delete(claim)
    if (place) traffic.leave(place.key)
  }

  const timer = setInterval(renew, lease / 3)

  return {
    async next() {
      while (!stop.signal.aborted) {
        if (granted === 0) {
          granting ??= grant().finally(() => {
            granting = undefined
          })
          await granting
          if (usedUp) return undefined
          if (granted === 0) continue
        }
        const since = bell.rung()
        const claim = pick()
        if (claim) {
          granted -= 1
          return claim
        }
        refilling ??= refill().finally(() => {
          refilling = undefined
        })
        if (await refilling) continue
        await parkPaused()
        const until = soonest()
        if (until === undefined) return undefined
        await bell.wait(Math.min(Math.max(until - clock().getTime(), 1), lookAgain), since)
      }
      return undefined
    },

    drop(claim) {
      held.delete(claim)
      leave(claim)
    },

    dropUnsent(claim) {
      held.delete(claim)
      granted += 1
      taken -= 1
      putBack = true
      const place = entered.get(claim)
      leave(claim)
      if (place?.isProbe) traffic.probeAgain(place.key)
    },

    async park(claim) {
      granted += 1
      putBack = true
      leave(claim)
      const under = traffic.laneOf(claim)
      if (under !== undefined) return parkAll([{ claim, under }])
      free.push(claim)
    },

    mustWait(claim) {
      const key = traffic.laneOf(claim)
      return key !== undefined && traffic.isPaused(key) && !entered.get(claim)?.isProbe
    },

    async giveBack() {
      const claims = [...held]
      const waiting = [...lanes.values()].reduce((n, { queue }) => n + queue.length, free.length)
      granted += claims.length - waiting
      held.clear()
      free.length = 0
      batch = concurrency * 10
      emptyAt = Number.NEGATIVE_INFINITY
      for (const claim of claims) leave(claim)
      const parked = [...lanes].flatMap(([under, { queue }]) =>
        queue.splice(0).map((claim) => ({ claim, under })),
      )
      await parkAll(parked)
      const isParked = new Set(parked.map(({ claim }) => claim))
      const rest = claims.filter((claim) => !isParked.has(claim))
      if (rest.length > 0) await ledger.release(rest, clock())
    },

    hasRoom: () => taken < limit,

    wasPutBack() {
      const was = putBack
      putBack = false
      return was
    },

    isUsedUp: () => usedUp,

    async close() {
      clearInterval(timer)
      if (quota && granted > 0) await quota.giveBack(granted)
      granted = 0
    },
  }
}
