/** For those who wait until something changes, whatever it is. */
export interface Bell {
  ring(): void
  /** How often it has rung. */
  rung(): number
  /**
   * Waits until it rings, so many milliseconds have passed, or the signal is aborted.
   *
   * @param since what `rung` said when it was last looked: not at all, when it has rung since
   */
  wait(ms: number, since?: number): Promise<void>
}

export function bell(signal: AbortSignal): Bell {
  let waiting = new Set<() => void>()
  let times = 0

  function ring(): void {
    times += 1
    const woken = waiting
    waiting = new Set()
    for (const wake of woken) wake()
  }

  signal.addEventListener('abort', ring)
  return {
    ring,
    rung: () => times,
    async wait(ms, since = times) {
      if (signal.aborted || ms <= 0 || since !== times) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1))
      waiting.add(resolve)
      await promise
      clearTimeout(timer)
      waiting.delete(resolve)
    },
  }
}
