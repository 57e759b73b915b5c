import type { EditionId } from '../model/edition.ts'
import type { Pace } from '../model/pace.ts'

/** What senders share, by key: `''` is the relay as a whole, anything else a recipient domain. */
export type ThrottleKey = string

export interface SlotsAsked {
  readonly key: ThrottleKey
  /** above 0 */
  readonly perSecond: number
  /** how many, from 1 */
  readonly count: number
}

/** Send times that are the asker's own: `count` of them from `from` on, `step` apart; milliseconds since 1970. */
export interface Slots {
  readonly key: ThrottleKey
  readonly from: number
  readonly step: number
  readonly count: number
}

/**
 * The limits that all senders of one store keep together. Nothing in it has to be given back: a sender that dies has
 * cost the others the few send times that it had asked for, which pass.
 *
 * @throws {Fault} 'unavailable' from every method when the store is out of reach: what the call was to write is not
 *   written
 */
export interface Throttle {
  /**
   * The next free send times of each key, no two askers the same and none earlier than `now`: at one rate they are
   * `1000 / perSecond` apart, whoever gets them. A key whose next time is absurdly far away, as after a clock that was
   * set back, begins anew.
   */
  reserve(asked: readonly SlotsAsked[], now: Date): Promise<readonly Slots[]>
  /** All that are spared, or were lately. */
  paces(): Promise<ReadonlyMap<ThrottleKey, Pace>>
  /**
   * Keeps what `change` makes of the pace that is kept, with nobody in between; undefined: forget it. `change` may be
   * called again, and must have no other effect.
   *
   * @returns what is kept now
   */
  change(
    key: ThrottleKey,
    change: (pace: Pace | undefined) => Pace | undefined,
  ): Promise<Pace | undefined>
  /**
   * Takes up to `most` of the messages that may be sent on a day.
   *
   * @param day `2026-12-01`, in whatever time zone the senders agree on
   * @param limit how many in all
   * @returns how many, 0 when the day is used up
   */
  takeOfDay(day: string, terms: { limit: number; most: number }): Promise<number>
  /** Gives back what was taken and not sent. */
  giveBackOfDay(day: string, count: number): Promise<void>
  /** How many were taken of a day. */
  takenOfDay(day: string): Promise<number>
  /** Until when an edition is to be spread; undefined: as fast as may be. */
  spreadUntil(edition: EditionId): Promise<Date | undefined>
  spread(edition: EditionId, until: Date | undefined): Promise<void>
}

/** How far the next send time of a key may be away before it is taken for a mistake, in milliseconds. */
export function furthestSlot(perSecond: number): number {
  return Math.max(60_000, (100 * 1000) / perSecond)
}
