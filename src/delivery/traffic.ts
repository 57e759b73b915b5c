import { domainOf } from '../mail/address.ts'
import type { Claim, Outcome } from '../model/delivery.ts'
import { Fault } from '../model/fault.ts'
import type { Bell } from './bell.ts'
import type { Brake, DeliveryJob, PauseRules } from './job.ts'
import { paceTerms } from './pace.ts'
import { relayKey, type SharedPaces } from './shared-paces.ts'
import { signalOf } from './signal.ts'
import type { SlotLeases } from './slot-leases.ts'

/** How often a sender that waits for another one looks again, milliseconds. */
const lookAgain = 1000
/** For how long a destination's messages are held ready at its rate, in seconds. */
const ready = 5
/** Failures in a row that are of so many destinations are the relay's. */
const manyDestinations = 3

/** Decides when which message may go. */
export interface Traffic {
  /** The destination of a claim, where it has limits of its own or is being spared; undefined: it may go as it comes. */
  laneOf(claim: Claim): string | undefined
  /** How many of a destination's messages are worth holding. */
  room(lane: string): number
  isPaused(lane: string): boolean
  /**
   * Lets one message through if it may go now: it counts as in flight until `leave`.
   * @returns `probe`: it is the one that is sent to see whether a pause is over
   */
  enter(lane: string): 'open' | 'probe' | undefined
  leave(lane: string): void
  /** The one message that was to show whether a pause is over was not sent: another one is. */
  probeAgain(lane: string): void
  /** When it is worth asking again, on the clock; undefined: not in this run. */
  nextAt(lane: string): number | undefined
  /** Waits until the relay may get the next message; at once when the run is stopped. */
  gate(): Promise<void>
  /** The message that passed the gate was not sent after all. */
  passUnused(): void
  /** Whether nothing but the connections limits the relay now. */
  isFree(): boolean
  begun(claim: Claim): void
  /** It was begun, and could not be sent. */
  unsent(claim: Claim): void
  /** What became of a message that was begun. */
  report(claim: Claim, outcome: Outcome): void
  /** The relay took nothing of this one, and wants a rest. */
  refused(claim: Claim, reply: string): void
  /** Gives back what it has taken upon itself and not done. */
  close(): Promise<void>
}

export function traffic(
  job: DeliveryJob & { readonly pauses: PauseRules },
  parts: { paces: SharedPaces; slots: SlotLeases; bell: Bell; rateNow: () => number },
  stop: Brake,
): Traffic {
  const { clock, limits, concurrency, pauses } = job
  const { paces, slots, bell, rateNow } = parts
  const flying = new Map<string, number>()
  const probing = new Map<string, 'asked' | 'granted'>()
  const failures = new Map<string, number>()
  const begunAt = new Map<Claim, number>()
  const failedSince = new Set<string>()
  const startedAt = clock().getTime()
  let lastTaken = startedAt
  let turn: Promise<void> = Promise.resolve()
  let anyFailure = 0
  /** the relay's one message after a pause: with somebody who passed the gate, or given back */
  let relayProbe: 'none' | 'taken' | 'unused' = 'none'
  let probeClaim: Claim | undefined

  const now = () => clock().getTime()
  const keyOf = ({ subscriber }: Claim) => limits.keyOf(domainOf(subscriber.address))

  /** Messages a second, Infinity for any number. */
  function rateOf(key: string, configured = Number.POSITIVE_INFINITY): number {
    return Math.min(configured * paces.level(key), paces.ceiling(key) ?? Number.POSITIVE_INFINITY)
  }

  function allowed(lane: string): number {
    const most = Math.min(limits.of(lane)?.connections ?? concurrency, concurrency)
    return Math.max(1, Math.floor(most * paces.level(lane)))
  }

  function askToProbe(lane: string): void {
    if (probing.has(lane)) return
    probing.set(lane, 'asked')
    paces.probe(lane).then((mine) => {
      if (mine) probing.set(lane, 'granted')
      else probing.delete(lane)
      bell.ring()
    }, stop.fail)
  }

  function pass(lane: string): 'open' | 'probe' | undefined {
    if (probing.get(lane) === 'granted') {
      probing.delete(lane)
      return 'probe'
    }
    const { kind } = paces.way(lane)
    if (kind === 'probe') askToProbe(lane)
    if (kind !== 'open' || isFull(lane)) return undefined
    const rate = laneRate(lane)
    if (rate === Number.POSITIVE_INFINITY) return 'open'
    if (slots.next(lane, rate) > now()) return undefined
    slots.use(lane)
    return 'open'
  }

  function isFull(lane: string): boolean {
    return (flying.get(lane) ?? 0) >= allowed(lane)
  }

  function laneRate(lane: string): number {
    return rateOf(lane, limits.of(lane)?.ratePerSecond)
  }

  function relayRate(): number {
    return rateOf(relayKey, rateNow() || undefined)
  }

  async function passRelay(): Promise<void> {
    while (!stop.signal.aborted) {
      if (relayProbe === 'unused') {
        relayProbe = 'taken'
        return
      }
      const since = bell.rung()
      const way = paces.way(relayKey)
      if (way.kind === 'paused') await bell.wait(way.until - now(), since)
      else if (way.kind === 'probe') {
        if (await paces.probe(relayKey)) {
          relayProbe = 'taken'
          return
        }
        await bell.wait(lookAgain)
      } else {
        const rate = relayRate()
        if (rate === Number.POSITIVE_INFINITY) return
        const wait = slots.next(relayKey, rate) - now()
        if (wait <= 0) return slots.use(relayKey)
        await bell.wait(Math.min(wait, lookAgain), since)
      }
    }
  }

  function spare(key: string, claim: Claim, isSlow: boolean, reply: string): void {
    const begun = begunAt.get(claim) ?? startedAt
    const pace = paces.trouble(key, { begunAt: begun, isSlow, reply })
    if (!pace) return
    job.onPause?.(key, pace)
    if (key !== relayKey) return
    const refusedFor = now() - Math.max(pace.since, startedAt)
    if (refusedFor < pauses.relayPatience) return
    const minutes = Math.round(refusedFor / 60_000)
    const message = `the relay has taken nothing for ${minutes} minutes: ${reply}; nothing is lost, run it again later`
    stop.fail(new Fault('unavailable', message))
  }

  function failed(claim: Claim, key: string, isSlow: boolean, reply: string): void {
    const inARow = (failures.get(key) ?? 0) + 1
    failures.set(key, inARow)
    failedSince.add(key)
    anyFailure += 1
    const isHalfOpen = (paces.of(key)?.pauses ?? 0) > 0
    if (isSlow || isHalfOpen || inARow >= paceTerms.failures) spare(key, claim, isSlow, reply)
    const isAnswer = /^\d/.test(reply)
    const isOfRelay = anyFailure >= paceTerms.failures && failedSince.size >= manyDestinations
    const isLost = !isAnswer && (paces.of(relayKey)?.pauses ?? 0) > 0
    if (isOfRelay || isLost) spare(relayKey, claim, isSlow, reply)
    else if (isAnswer) paces.took(relayKey, begunAt.get(claim) ?? startedAt)
  }

  function took(claim: Claim, key: string): void {
    paces.counted()
    lastTaken = now()
    anyFailure = 0
    if (failedSince.size > 0) failedSince.clear()
    if (failures.size > 0) failures.delete(key)
    answered(claim, key)
  }

  /** Both are there, whatever they said. */
  function answered(claim: Claim, key: string): void {
    const begun = begunAt.get(claim) ?? startedAt
    paces.took(key, begun)
    paces.took(relayKey, begun)
  }

  return {
    laneOf(claim) {
      const key = keyOf(claim)
      return limits.of(key) || paces.has(key) ? key : undefined
    },

    room(lane) {
      if (probing.get(lane) === 'granted') return 1
      if (paces.way(lane).kind === 'paused') return 0
      return Math.ceil(
        Math.min(Math.max(2, laneRate(lane) * ready), allowed(lane) * 4, concurrency * 10),
      )
    },

    isPaused: (lane) => paces.way(lane).kind === 'paused' && probing.get(lane) === undefined,

    enter(lane) {
      const passed = pass(lane)
      if (passed) flying.set(lane, (flying.get(lane) ?? 0) + 1)
      return passed
    },

    leave(lane) {
      const left = (flying.get(lane) ?? 0) - 1
      if (left > 0) flying.set(lane, left)
      else flying.delete(lane)
      bell.ring()
    },

    probeAgain(lane) {
      probing.set(lane, 'granted')
      bell.ring()
    },

    nextAt(lane) {
      const way = paces.way(lane)
      if (way.kind === 'open' && !isFull(lane)) {
        const rate = laneRate(lane)
        const slot = rate === Number.POSITIVE_INFINITY ? rate : slots.next(lane, rate)
        return Math.min(slot, now() + lookAgain)
      }
      // What is on its way may change it.
      const isOpenSoon = way.kind !== 'paused' || flying.has(lane) || probing.has(lane)
      if (isOpenSoon) return now() + lookAgain
      return way.until <= lastTaken + pauses.destinationPatience ? way.until : undefined
    },

    gate() {
      const mine = turn.then(passRelay)
      turn = mine.catch(() => {})
      return mine
    },

    async close() {
      if (relayProbe !== 'none') await paces.yieldProbe(relayKey)
    },

    passUnused() {
      if (relayProbe === 'none') return
      relayProbe = 'unused'
      bell.ring()
    },

    isFree: () => paces.way(relayKey).kind === 'open' && relayRate() === Number.POSITIVE_INFINITY,

    begun(claim) {
      if (relayProbe === 'taken') probeClaim = claim
      relayProbe = 'none'
      begunAt.set(claim, now())
    },

    unsent(claim) {
      begunAt.delete(claim)
      if (claim !== probeClaim) return
      relayProbe = 'unused'
      bell.ring()
    },

    report(claim, outcome) {
      const { kind, of } = signalOf(outcome)
      const reply = outcome.kind === 'uncertain' ? outcome.reason : outcome.reply
      const key = keyOf(claim)
      if (kind === 'took') took(claim, key)
      else if (kind === 'none') answered(claim, key)
      else if (of === 'relay') spare(relayKey, claim, true, reply)
      else failed(claim, key, kind === 'slow', reply)
      begunAt.delete(claim)
    },

    refused(claim, reply) {
      spare(relayKey, claim, true, reply)
      begunAt.delete(claim)
    },
  }
}
