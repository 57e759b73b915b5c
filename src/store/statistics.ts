import type { Sketch } from '../statistics/sketch.ts'

/** Joins and leaves of one hour. */
export interface Movement {
  readonly hour: Date
  readonly joins: number
  readonly leaves: number
}

/** What feeds were asked for on a day, since the last time that this was written down. */
export interface Sightings {
  /** `2026-11-23`, in UTC */
  readonly day: string
  /** what each aggregator said last of each feed */
  readonly aggregators: readonly {
    readonly path: string
    readonly name: string
    readonly subscribers: number
  }[]
  /** who reads without one, of each feed; of all of them under `*` */
  readonly readers: readonly { readonly path: string; readonly sketch: Sketch }[]
}

export interface AudienceDay {
  readonly day: string
  readonly aggregators: Sightings['aggregators']
  /** how many read directly, by feed; `*`: in all, each once */
  readonly readers: Readonly<Record<string, number>>
}

/** What is known of the publication's readers as a number, and of none of them as a person. */
export interface Statistics {
  /**
   * Joins and leaves from `since` on, hour by hour (UTC) where there were any, in order. Who came in as having left, with no date,
   * is neither.
   * @returns `before`: how many were on the list then
   */
  movements(since: Date): Promise<{ readonly before: number; readonly hours: readonly Movement[] }>
  /** How many joined and left after one instant, until another: who was there when an edition was opened got it. */
  movementsBetween(from: Date, until: Date): Promise<Omit<Movement, 'hour'>>
  /**
   * What the hashes of a day are made with: 128 random bits, the same for all who ask on that day. That of every other
   * day is deleted: nobody can make its hashes again.
   */
  salt(day: string): Promise<string>
  /** Adds to what is known of the day. What only counting it needs is deleted when the day is over. */
  addSightings(sightings: Sightings): Promise<void>
  /** The days from this one on, in order; today's as far as it has come. */
  audience(since: string): Promise<readonly AudienceDay[]>
}
