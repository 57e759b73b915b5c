import { createHash } from 'node:crypto'

const minute = 60_000
const hour = 60 * minute

/** How a relay's "try again later" is answered; RFC 5321 §4.5.4.1 asks for at least half an hour in the long run. */
export const retryTerms = {
  /** before the second attempt; doubled each time, milliseconds */
  firstPause: 5 * minute,
  longestPause: 4 * hour,
  /** added to each pause, at most this part of it: so that those deferred together do not come back together */
  jitter: 0.25,
  /** after the first attempt */
  giveUpAfter: 72 * hour,
} as const

/**
 * When a deferred delivery is due again. The last attempt falls no later than the end of the three days, so that
 * one who sends seldom still makes it.
 *
 * @param attempt.key identifies the delivery, for the jitter: the same key and number give the same pause
 * @param attempt.number how many were made, this one included: from 1
 * @param attempt.firstAt when the first one was made
 * @returns undefined when it is time to give up
 */
export function retryAt(
  attempt: { key: string; number: number; firstAt: Date },
  now: Date,
): Date | undefined {
  const end = attempt.firstAt.getTime() + retryTerms.giveUpAfter
  if (now.getTime() >= end) return undefined
  return new Date(Math.min(now.getTime() + pauseAfter(attempt), end))
}

function pauseAfter({ key, number }: { key: string; number: number }): number {
  const { firstPause, longestPause, jitter } = retryTerms
  const pause = Math.min(firstPause * 2 ** (number - 1), longestPause)
  return Math.round(pause * (1 + jitter * fraction(`${key} ${number}`)))
}

/** A number in [0, 1) that looks random and is a function of the text. */
function fraction(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32
}
