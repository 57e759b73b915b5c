import type { Pace } from '../model/pace.ts'

const second = 1000
const minute = 60 * second

/** How long one that asks for a rest gets it: doubled each time in a row, milliseconds. */
export interface PauseTerms {
  readonly firstPause: number
  readonly longestPause: number
}

/** How we answer a relay or a destination that wants less from us. */
export const paceTerms = {
  /** what speed and concurrency are multiplied by each time */
  fall: 0.5,
  /** the share of full speed that is left at least */
  lowest: 1 / 128,
  /** what is added to the level each minute: this part of what it fell to, and at least `leastRise` */
  rise: 0.1,
  leastRise: 0.01,
  /** failures in a row after which nothing is sent for a while, though nobody asked for a rest */
  failures: 5,
  /** for the relay as a whole */
  relay: { firstPause: 5 * second, longestPause: 2 * minute },
  /** for a recipient domain */
  destination: { firstPause: 30 * second, longestPause: 30 * minute },
  /** added to each pause, at most this part of it: so that senders do not come back together */
  jitter: 0.25,
  /** how long the one message that is sent after a pause may take before another sender tries one */
  probe: 2 * minute,
  /** a relay that takes nothing for so long, in one run, ends it */
  relayPatience: 15 * minute,
  /** for a domain's pause to end, a run with nothing else to do waits no longer than this after its last message */
  destinationPatience: 2 * minute,
} as const

/** What happened to a message that makes its relay or destination pause. */
export interface Trouble {
  readonly now: number
  /** when the message was begun: what was on its way when the speed last fell says nothing new */
  readonly begunAt: number
  /** whether they asked for less, rather than just failed: speed falls then */
  readonly isSlow: boolean
  /** messages a second that were taken lately, where there were enough to tell */
  readonly rate?: number | undefined
  /** the kind of reply, without anybody's address */
  readonly reply: string
  /** in [0, 1) */
  readonly chance: number
}

/** Multiplicative decrease, and a pause that grows with those before it. */
export function spare(pace: Pace | undefined, trouble: Trouble, terms: PauseTerms): Pace {
  const { now, begunAt, isSlow, rate, reply, chance } = trouble
  const known = pace && sane(pace, now, terms)
  if (known && begunAt <= known.slowedAt) return known
  const before = known ? levelAt(known, now) : 1
  const pauses = (known?.pauses ?? 0) + 1
  const pause = Math.min(terms.firstPause * 2 ** Math.min(pauses - 1, 30), terms.longestPause)
  const ceiling = (before < 1 ? known?.ceiling : undefined) ?? (rate && rate / before)
  return {
    level: isSlow ? Math.max(before * paceTerms.fall, paceTerms.lowest) : before,
    slowedAt: now,
    ...(ceiling && { ceiling }),
    pauses,
    since: known && known.pauses > 0 ? known.since : now,
    pausedUntil: now + Math.round(pause * (1 + paceTerms.jitter * chance)),
    probeUntil: 0,
    reply,
  }
}

/** It took a message, which was begun then: nothing waits any more, and the speed goes on rising. */
export function resume(pace: Pace, begunAt: number): Pace {
  if (pace.pauses === 0 || begunAt <= pace.slowedAt) return pace
  return { ...pace, pauses: 0, pausedUntil: 0, probeUntil: 0 }
}

/** Additive increase: the share of full speed that is allowed at that instant. */
export function levelAt({ level, slowedAt }: Pace, now: number): number {
  const minutes = Math.max(now - slowedAt, 0) / minute
  const rise = Math.max(level * paceTerms.rise, paceTerms.leastRise)
  return Math.min(1, level + rise * minutes)
}

/** `open`: send; `paused`: not before `until`; `probe`: one message may be sent, by whoever takes it upon itself. */
export type Way =
  | { readonly kind: 'open' }
  | { readonly kind: 'paused'; readonly until: number }
  | { readonly kind: 'probe' }

export function wayAt(pace: Pace | undefined, now: number): Way {
  if (!pace || pace.pauses === 0) return { kind: 'open' }
  const until = Math.max(pace.pausedUntil, pace.probeUntil)
  return until > now ? { kind: 'paused', until } : { kind: 'probe' }
}

/** Takes the one message after a pause upon oneself. @returns undefined when another sender has, or it still pauses */
export function probe(pace: Pace, now: number): Pace | undefined {
  if (wayAt(pace, now).kind !== 'probe') return undefined
  return { ...pace, probeUntil: now + paceTerms.probe }
}

/** Whether nothing is left of it: it goes at full speed. */
export function isOver(pace: Pace, now: number): boolean {
  return pace.pauses === 0 && levelAt(pace, now) === 1
}

/**
 * @returns undefined for one of a clock that ran ahead of ours, by mistake or for a trial: it would stop us for as long
 */
export function sane(pace: Pace, now: number, { longestPause }: PauseTerms): Pace | undefined {
  const furthest = now + longestPause * (1 + paceTerms.jitter) + minute
  if (pace.slowedAt > now + minute || pace.pausedUntil > furthest) return undefined
  return pace.probeUntil > now + paceTerms.probe + minute ? { ...pace, probeUntil: 0 } : pace
}
