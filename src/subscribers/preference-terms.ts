import type { Limit } from '../model/join.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** The numbers of the pages of preferences, in milliseconds and requests. */
export const preferenceTerms = {
  /** for how long the link to a new address is good */
  linkStays: day,
  /** changes of address that one reader may have asked for without confirming */
  mostChanges: 3,
  /** the farthest end of a pause */
  longestPause: 2 * 366 * day,
  /** requests of one client, of one network: whoever guesses at links gets nowhere, and no reader needs as many */
  client: [{ within: 10 * minute, most: 100 }],
  network: [{ within: 10 * minute, most: 400 }],
} as const satisfies Record<string, number | readonly Limit[]>
