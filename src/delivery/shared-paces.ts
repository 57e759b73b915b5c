import { replyKind } from '../mail/reply-kind.ts'
import type { Pace } from '../model/pace.ts'
import type { Throttle } from '../store/throttle.ts'
import type { Bell } from './bell.ts'
import type { Brake, PauseRules } from './job.ts'
import { isOver, levelAt, probe, resume, sane, spare, type Way, wayAt } from './pace.ts'

/** How often it is looked what other senders have learnt, milliseconds. */
const lookAgain = 2000

/** The key of the relay as a whole. */
export const relayKey = ''

/** What is known of the relay and of destinations that asked for less: ours at once, that of other senders soon. */
export interface SharedPaces {
  has(key: string): boolean
  way(key: string): Way
  /** in (0, 1] */
  level(key: string): number
  /** messages a second that its level allows where no rate is configured; undefined: any number */
  ceiling(key: string): number | undefined
  of(key: string): Pace | undefined
  /** @returns what is known of it then; undefined when that was known before */
  trouble(key: string, what: { begunAt: number; isSlow: boolean; reply: string }): Pace | undefined
  took(key: string, begunAt: number): void
  /** Takes the one message after a pause upon this sender. @returns false when another has */
  probe(key: string): Promise<boolean>
  /** Lets another sender take the one message after a pause upon itself. */
  yieldProbe(key: string): Promise<unknown>
  /** Counts a message that was taken, for the rate. */
  counted(): void
  refresh(): Promise<void>
  /** Waits for what is being written. */
  close(): Promise<void>
}

export function sharedPaces(
  job: { throttle: Throttle; clock: () => Date; pauses: PauseRules },
  stop: Brake,
  { ring }: Bell,
): SharedPaces {
  const { throttle, clock, pauses } = job
  const paces = new Map<string, Pace>()
  const writing = new Map<string, Promise<unknown>>()
  const rate = rateMeter()
  const now = () => clock().getTime()
  const terms = (key: string) => (key === relayKey ? pauses.relay : pauses.destination)

  function keep(key: string, pace: Pace | undefined): void {
    if (pace) paces.set(key, pace)
    else paces.delete(key)
    ring()
  }

  /** Writes a change of ours, one after the other for each key; refreshing passes over it meanwhile. */
  function write(
    key: string,
    change: (pace: Pace | undefined) => Pace | undefined,
  ): Promise<Pace | undefined> {
    const before = writing.get(key) ?? Promise.resolve()
    const done = before
      .then(() => throttle.change(key, (known) => change(known && sane(known, now(), terms(key)))))
      .then((pace) => {
        keep(key, pace)
        return pace
      })
    const settled = done.catch(stop.fail).finally(() => {
      if (writing.get(key) === settled) writing.delete(key)
    })
    writing.set(key, settled)
    return done
  }

  async function refresh(): Promise<void> {
    const known = await throttle.paces()
    for (const key of paces.keys()) if (!known.has(key) && !writing.has(key)) paces.delete(key)
    for (const [key, pace] of known) {
      if (writing.has(key)) continue
      const good = sane(pace, now(), terms(key))
      if (good && !isOver(good, now())) paces.set(key, good)
      else write(key, (last) => (last && !isOver(last, now()) ? last : undefined)).catch(() => {})
    }
    ring()
  }

  const timer = setInterval(() => refresh().catch(stop.fail), lookAgain)

  return {
    refresh,
    has: (key) => paces.has(key),
    of: (key) => paces.get(key),
    way: (key) => wayAt(paces.get(key), now()),
    level(key) {
      const pace = paces.get(key)
      return pace ? levelAt(pace, now()) : 1
    },
    ceiling(key) {
      const pace = paces.get(key)
      const level = pace ? levelAt(pace, now()) : 1
      return pace?.ceiling && level < 1 ? pace.ceiling * level : undefined
    },
    trouble(key, { reply, ...what }) {
      const event = {
        ...what,
        now: now(),
        rate: rate.perSecond(),
        reply: replyKind(reply),
        chance: Math.random(),
      }
      const known = paces.get(key)
      const pace = spare(known, event, terms(key))
      if (pace === known) return undefined
      keep(key, pace)
      write(key, (last) => spare(last, event, terms(key))).catch(() => {})
      return pace
    },
    took(key, begunAt) {
      const known = paces.get(key)
      if (!known) return
      const pace = resume(known, begunAt)
      if (pace === known) return
      keep(key, pace)
      write(key, (last) => last && resume(last, begunAt)).catch(() => {})
    },
    async probe(key) {
      let mine = false
      await write(key, (last) => {
        const taken = last && probe(last, now())
        // Nobody spares it any more: whoever wants to may send.
        mine = taken !== undefined || last === undefined || last.pauses === 0
        return taken ?? last
      })
      return mine
    },
    yieldProbe: (key) => write(key, (last) => last && { ...last, probeUntil: 0 }),
    counted: rate.count,
    async close() {
      clearInterval(timer)
      await Promise.all(writing.values())
    },
  }
}

/** So few in the last seconds tell nothing. */
const fewest = 10

/** Messages a second over the last five seconds or so; undefined when there were hardly any. */
function rateMeter() {
  const window = 5000
  let [before, count, since] = [0, 0, performance.now()]
  return {
    count(): void {
      const at = performance.now()
      if (at - since > window) [before, count, since] = [(count * 1000) / (at - since), 0, at]
      count += 1
    },
    perSecond(): number | undefined {
      const rate = Math.max(before, (count * 1000) / Math.max(performance.now() - since, 1000))
      return rate * (window / 1000) < fewest ? undefined : rate
    },
  }
}
