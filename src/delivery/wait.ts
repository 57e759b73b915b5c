import { setTimeout as pause } from 'node:timers/promises'

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
