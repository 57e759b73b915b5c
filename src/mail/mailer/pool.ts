/** Lends out sessions, each to one borrower at a time. */
export interface Pool<T> {
  /**
   * Waits for a session, idle or new, and gives it back when the work has settled.
   *
   * @param terms `fresh`: a new one; `held`: that one, which was kept for this work
   */
  use<R>(work: (session: T) => Promise<R>, terms?: UseTerms<T>): Promise<R>
  /** Ends a session that was kept for work which never comes: others may wait for its place. */
  letGo(session: T): void
  /** Ends sessions that are idle or kept, and the others when their work has settled. */
  close(): Promise<void>
}

export interface UseTerms<T> {
  readonly fresh?: boolean
  readonly held?: T
}

export interface PoolTerms<T> {
  /** how many sessions at once */
  readonly most: number
  open(): Promise<T>
  isUsable(session: T): boolean
  /** Whether it is kept for whoever asks for it by itself. */
  isHeld(session: T): boolean
  end(session: T): Promise<void>
  /**
   * Whether a failed `open` means that the sessions we have are all that we get for now.
   *
   * @param hasOpened whether one could be opened before
   */
  isCrowded(error: unknown, hasOpened: boolean): boolean
  /** How much it says of what is wrong: where no session is left, the gravest failure since the last success is told. */
  gravity?(error: unknown): number
  /** after how long one more is tried then, and another after as long again, milliseconds; default one minute */
  readonly roomAgainAfter?: number
}

/** Opens sessions as they are needed. One that could not be opened fails those who wait for it. */
export function createPool<T>({
  most,
  open,
  isUsable,
  isHeld,
  end,
  isCrowded,
  gravity = () => 0,
  roomAgainAfter = 60_000,
}: PoolTerms<T>): Pool<T> {
  /** when no more could be opened, and how many there were */
  let crowded: { readonly at: number; readonly live: number } | undefined
  let live = 0
  let hasOpened = false
  let gravest: unknown
  let closed = false
  const idle: T[] = []
  const held = new Set<T>()
  const busy = new Set<Promise<unknown>>()
  const ending = new Set<Promise<void>>()
  let waiting: { wake: () => void; fail: (error: unknown) => void }[] = []

  function limit(): number {
    const room = crowded
      ? crowded.live + Math.floor((performance.now() - crowded.at) / roomAgainAfter)
      : most
    return Math.max(1, Math.min(room, most))
  }

  function drop(session: T): void {
    live -= 1
    const done = end(session).finally(() => ending.delete(done))
    ending.add(done)
  }

  function takeIdle(fresh: boolean): T | undefined {
    for (let session = idle.pop(); session !== undefined; session = idle.pop()) {
      if (!fresh && isUsable(session)) return session
      drop(session)
      if (fresh) return undefined
    }
    return undefined
  }

  async function acquire(fresh: boolean): Promise<T> {
    for (;;) {
      if (closed) throw new Error('the mailer is closed')
      const session = takeIdle(fresh)
      if (session !== undefined) return session
      if (live >= limit()) {
        await new Promise<void>((wake, fail) => waiting.push({ wake, fail }))
        continue
      }
      live += 1
      try {
        const session = await open()
        hasOpened = true
        gravest = undefined
        return session
      } catch (error) {
        live -= 1
        if (gravest === undefined || gravity(error) > gravity(gravest)) gravest = error
        if (live === 0 || !isCrowded(error, hasOpened)) {
          const failed = waiting
          const told = gravest
          waiting = []
          if (live === 0) gravest = undefined
          for (const { fail } of failed) fail(told)
          throw told
        }
        crowded = { at: performance.now(), live }
      }
    }
  }

  function giveBack(session: T): void {
    if (!closed && isHeld(session)) {
      held.add(session)
      return
    }
    if (!closed && isUsable(session)) idle.push(session)
    else drop(session)
    waiting.shift()?.wake()
  }

  async function borrow<R>(
    work: (session: T) => Promise<R>,
    { fresh = false, held: kept }: UseTerms<T>,
  ): Promise<R> {
    const session = kept !== undefined && held.delete(kept) ? kept : await acquire(fresh)
    try {
      return await work(session)
    } finally {
      giveBack(session)
    }
  }

  return {
    async use(work, terms = {}) {
      const job = borrow(work, terms)
      busy.add(job)
      try {
        return await job
      } finally {
        busy.delete(job)
      }
    },
    letGo(session) {
      if (!held.delete(session)) return
      drop(session)
      waiting.shift()?.wake()
    },
    async close() {
      await Promise.allSettled(busy)
      closed = true
      for (const session of [...idle.splice(0), ...held]) drop(session)
      held.clear()
      await Promise.all(ending)
    },
  }
}
