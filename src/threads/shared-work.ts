/** The next items to do, from the one to before the other, as long as there are any. */
export type Claim = () => readonly [from: number, to: number] | undefined

/** At which item whoever is free goes on, in whatever thread. */
export interface SharedCounter {
  readonly memory: SharedArrayBuffer
  /** how many are claimed at once: many enough that claims cost nothing, few enough that all end together */
  readonly step: number
}

export function makeCounter(step: number): SharedCounter {
  return { memory: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT), step }
}

export function claimShared(count: number, { memory, step }: SharedCounter): Claim {
  const next = new Int32Array(memory)
  return () => {
    const from = Atomics.add(next, 0, step)
    return from < count ? [from, Math.min(count, from + step)] : undefined
  }
}

/** One after the other. */
export function claimEach(items: Iterator<number>): Claim {
  return () => {
    const { value, done } = items.next()
    return done ? undefined : [value, value + 1]
  }
}
