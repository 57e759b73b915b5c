import type { Mailer, Message } from '../mail/mailer.ts'
import type { Outcome } from '../model/delivery.ts'
import { Fault, traceOf } from '../model/fault.ts'
import type { DueJoin } from '../model/join.ts'
import type { Subscriber } from '../model/subscriber.ts'
import type { Joins } from '../store/joins.ts'
import type { Subscribers } from '../store/subscribers.ts'
import { joinTerms } from '../subscribers/join-terms.ts'
import { retryAt } from './retry.ts'
import { waitUnlessAborted } from './wait.ts'

export interface JoinMailJob {
  readonly joins: Joins
  readonly subscribers: Pick<Subscribers, 'find'>
  readonly mailer: Mailer
  /**
   * Makes the message that asks for confirmation, or the one that says that there is nothing to do.
   *
   * @param known who has the address, if they are on the list
   */
  readonly compose: (join: DueJoin, known?: Subscriber) => Promise<Message>
  /** what else is sent in the same rounds, at most so many messages */
  readonly also?: (room: number) => Promise<void>
  readonly clock: () => Date
  /** messages at most in an hour; the others wait */
  readonly perHour: number
  /** what went wrong, for the operator; nothing is lost by it */
  readonly note: (line: string) => void
  readonly signal: AbortSignal
}

export interface JoinMails {
  /** Somebody is waiting: looks soon, and not at once, so that no answer takes longer for what is done after it. */
  nudge(): void
  /** resolves when the signal is aborted and the message in hand is settled */
  readonly done: Promise<void>
}

const second = 1000
const hour = 3_600_000

const pace = {
  /** how often it looks by itself: other processes write requests down, too */
  look: 15 * second,
  /** after a nudge: at least, and so much more by chance */
  soon: 0.5 * second,
  chance: second,
  /** after the relay or the store was out of reach: doubled each time */
  trouble: 15 * second,
  longestTrouble: 10 * 60 * second,
} as const

const mostAtOnce = 20

/** Works off the requests to join, until it is told to stop. Any number of processes may. */
export function sendJoinMails(job: JoinMailJob): JoinMails {
  let wake = new AbortController()
  const nudge = () => {
    const rest = pace.soon + Math.random() * pace.chance
    setTimeout(() => wake.abort(), rest).unref()
  }

  job.signal.addEventListener('abort', () => wake.abort(), { once: true })

  async function run(): Promise<void> {
    let troubles = 0
    let cleaned = Number.NEGATIVE_INFINITY
    while (!job.signal.aborted) {
      wake = new AbortController()
      const nudged = wake.signal
      try {
        await workOff(job)
        await job.also?.(await roomOf(job))
        if (performance.now() - cleaned > hour) {
          await forget(job)
          cleaned = performance.now()
        }
        troubles = 0
        await waitUnlessAborted(pace.look, nudged)
      } catch (error) {
        const why = error instanceof Fault ? error.message : traceOf(error)
        job.note(`requests to join wait: ${why}`)
        const pause = Math.min(pace.trouble * 2 ** troubles, pace.longestTrouble)
        troubles += 1
        await waitUnlessAborted(pause, job.signal)
      }
    }
  }

  return { nudge, done: run() }
}

/**
 * Sends what is due, as far as the hour allows.
 *
 * @throws {Fault} 'unavailable' when relay or store are out of reach: what was not sent waits
 */
export async function workOff(job: JoinMailJob): Promise<void> {
  const { joins, clock, signal } = job
  while (!signal.aborted) {
    const now = clock()
    const room = await roomOf(job)
    const due = room > 0 ? await joins.due(now, Math.min(room, mostAtOnce)) : []
    for (const join of due) {
      if (signal.aborted) return
      await answer(job, join)
    }
    if (due.length === 0) return
  }
}

async function roomOf({ joins, clock, perHour }: JoinMailJob): Promise<number> {
  return perHour - (await joins.mailedSince(new Date(clock().getTime() - hour)))
}

async function forget({ joins, clock }: JoinMailJob): Promise<void> {
  const now = clock()
  await joins.expire(new Date(now.getTime() - joinTerms.linkStays), now)
}

async function answer(job: JoinMailJob, join: DueJoin): Promise<void> {
  const { joins, clock } = job
  const known = await job.subscribers.find(join.address)
  const isLate = clock().getTime() - join.askedAt.getTime() > joinTerms.triedFor
  if (isLate || known?.status === 'suppressed') return joins.drop(join.id)
  const isOnList = known?.status === 'active'
  const message = await compose(job, join, isOnList ? known : undefined)
  if (!message) return
  const { mailbox, domain } = joinTerms
  if ((await joins.begin(join, { now: clock(), mailbox, domain })) !== 'ours') return
  const outcome = await submit(job, join, message)
  if (outcome.kind === 'deferred') return later(job, join)
  // What may have arrived stays, and so does its link
  if (outcome.kind === 'rejected' || isOnList) await joins.drop(join.id)
}

/** One for which no message can be made does not hold up the others. */
async function compose(
  job: JoinMailJob,
  join: DueJoin,
  known: Subscriber | undefined,
): Promise<Message | undefined> {
  try {
    return await job.compose(join, known)
  } catch (error) {
    job.note(error instanceof Fault ? error.message : traceOf(error))
    await later(job, join)
    return undefined
  }
}

async function submit(
  { joins, mailer, clock }: JoinMailJob,
  { id }: DueJoin,
  message: Message,
): Promise<Outcome> {
  try {
    const outcome = await mailer.submit(message)
    if (outcome.kind !== 'busy') return outcome
    throw new Fault('unavailable', `the relay wants a rest: ${outcome.reply}`)
  } catch (error) {
    // The port's word for "not accepted"
    if (error instanceof Fault && error.code === 'unavailable') await joins.again(id, clock())
    throw error
  }
}

async function later({ joins, clock }: JoinMailJob, join: DueJoin): Promise<void> {
  const now = clock()
  const attempt = { key: join.id, number: join.attempts + 1, firstAt: join.askedAt }
  const dueAt = retryAt(attempt, now)
  await (dueAt ? joins.again(join.id, dueAt) : joins.drop(join.id))
}
