import { setTimeout as pause } from 'node:timers/promises'

/** Resolves when the next message may go; at once when the run is stopped. */
export type Gate = () => Promise<void>

/**
 * Lets `perSecond` messages through a second, evenly: no burst, not even after a pause, since a relay that counts
 * by the second would refuse it.
 *
 * @param perSecond 0: no limit
 */
export function rateLimit(perSecond: number, signal: AbortSignal): Gate {
  if (perSecond <= 0) return async () => {}
  const step = 1000 / perSecond
  let next = 0
  return async () => {
    // Not the ledger's clock: only what has passed counts here, and nobody may set it back.
    const now = performance.now()
    const mine = Math.max(now, next)
    next = mine + step
    if (mine > now) await waitUnlessAborted(mine - now, signal)
  }
}

const longestTimer = 2 ** 31 - 1

/** Waits so many milliseconds, or until the signal is aborted. */
export async function waitUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  try {
    // A timer holds no more than 31 bits of milliseconds, and fires at once beyond.
    for (let left = ms; left > 0; left -= longestTimer) {
      await pause(Math.min(left, longestTimer), undefined, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
