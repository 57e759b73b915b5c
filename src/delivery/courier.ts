import type { Message } from '../mail/mailer.ts'
import type { Claim, Outcome } from '../model/delivery.ts'
import { Fault } from '../model/fault.ts'
import type { HeldClaims } from './held-claims.ts'
import type { Brake, DeliveryJob, DeliveryTally } from './job.ts'
import { rateLimit } from './rate-limit.ts'
import { retryAt, retryTerms } from './retry.ts'

/** So many recipients in a row for whom no message can be made: that is not the recipients' fault. */
const unsendableInARow = 10
/** So many recipients in a row refused by policy: that is about us, whatever the relay says. */
const refusedInARow = 5
/** A refusal for good that the mailer defers all the same: by policy, which may be mended (RFC 3463 §3.8). */
const byPolicy = /^5/
/** There is no such mailbox, domain or host, and never will be (RFC 3463 §3.2, RFC 7505). */
const noSuchAddress = /^5\d\d\b.*?\b5\.1\.(?:1|2|3|6|10)\b/

type Count = (what: keyof DeliveryTally) => void

/** A claim with its message. */
interface Parcel {
  readonly claim: Claim
  readonly message: Message
}

/**
 * Carries one claim after the other to its outcome, until there is none or the brake is on; several may be at it at
 * once. Whatever it throws, each claim is then either settled, or still held and to be given back: except where the
 * outcome could not be recorded, which is left to become uncertain.
 *
 * The next message is made ready while the relay takes this one, and begun in the very turn in which this one's outcome
 * is recorded: so both share a commit, and a crash still finds at most one message of each courier on its way.
 */
export function courier(job: DeliveryJob, held: HeldClaims, stop: Brake, count: Count) {
  const { ledger, mailer, clock } = job
  const gate = rateLimit(job.ratePerSecond, stop.signal)
  const mayHurry = job.ratePerSecond <= 0
  let unsendable = 0
  let refused = 0

  async function compose(claim: Claim): Promise<Message | undefined> {
    try {
      const message = await job.compose(claim)
      unsendable = 0
      return message
    } catch (error) {
      unsendable += 1
      const isTheirs = error instanceof Fault && error.code === 'content-invalid'
      if (!isTheirs || unsendable >= unsendableInARow) throw error
      await settle(claim, { kind: 'rejected', reply: error.message })
      return undefined
    }
  }

  async function submit(message: Message): Promise<Outcome> {
    try {
      return await mailer.submit(message)
    } catch (error) {
      // The port's word for "not accepted": the claim stays held, and is given back.
      if (error instanceof Fault && error.code === 'unavailable') throw error
      stop.fail(error)
      return { kind: 'uncertain', reason: `tidings failed while it was being sent: ${error}` }
    }
  }

  async function settle(claim: Claim, outcome: Outcome): Promise<void> {
    held.drop(claim)
    const now = clock()
    const verdict =
      outcome.kind === 'deferred' ? retryOrGiveUp(claim, outcome.reply, now) : { outcome }
    const isRecorded = await ledger.record(claim, verdict.outcome, { now, ...verdict })
    // Not recorded: the lease ran out before the relay replied, and the ledger holds it as uncertain.
    count(isRecorded ? verdict.outcome.kind : 'uncertain')
  }

  async function learn({ subscriber }: Claim, outcome: Outcome): Promise<void> {
    const reply = outcome.kind === 'uncertain' ? '' : outcome.reply
    if (outcome.kind === 'rejected' && noSuchAddress.test(reply)) await job.suppress?.(subscriber)
    refused = outcome.kind === 'deferred' && byPolicy.test(reply) ? refused + 1 : 0
    if (refused < refusedInARow) return
    const message = `the relay refuses one recipient after the other by policy: ${reply}; mend that (credentials, SPF, DKIM, reputation) and run it again, nothing is lost`
    stop.fail(new Fault('unavailable', message))
  }

  /** @returns undefined when there is nothing more to send, or the brake is on */
  async function prepare(): Promise<Parcel | undefined> {
    for (let claim = await held.next(); claim; claim = await held.next()) {
      const message = await compose(claim)
      if (message) return { claim, message }
    }
    return undefined
  }

  /** @returns whether it may be sent now */
  async function begin({ claim }: Parcel): Promise<boolean> {
    if (await ledger.submitting(claim, clock())) return true
    held.drop(claim)
    count('skipped')
    return false
  }

  /** Sends what was begun. @returns what comes after it, and whether that was begun with what was recorded */
  async function carry({ claim, message }: Parcel): Promise<readonly [Parcel?, boolean?]> {
    let ready: Parcel | undefined
    const next = prepare().then((parcel) => {
      ready = parcel
      return parcel
    })
    const madeReady = next.catch(stop.fail) // at once, while the relay may take its time
    try {
      const outcome = await submit(message)
      const early = mayHurry && !stop.signal.aborted ? ready : undefined
      const [, isBegun] = await Promise.all([
        settle(claim, outcome),
        early ? begin(early) : undefined,
      ])
      await learn(claim, outcome)
      return isBegun === false ? [await prepare()] : [await next, isBegun]
    } finally {
      // nothing may be claimed once the courier is gone
      await madeReady
    }
  }

  return async (): Promise<void> => {
    let parcel = await prepare()
    let isBegun: boolean | undefined = false
    while (parcel) {
      if (!isBegun) await gate()
      if (stop.signal.aborted) return
      isBegun ||= await begin(parcel)
      ;[parcel, isBegun] = isBegun ? await carry(parcel) : [await prepare(), false]
    }
  }
}

function retryOrGiveUp(
  { edition, subscriber, attempts, triedAt }: Claim,
  reply: string,
  now: Date,
): { outcome: Outcome; dueAt?: Date } {
  const number = attempts + 1
  const key = `${edition} ${subscriber.id}`
  const dueAt = retryAt({ key, number, firstAt: triedAt ?? now }, now)
  if (dueAt) return { outcome: { kind: 'deferred', reply }, dueAt }
  const days = retryTerms.giveUpAfter / 86_400_000
  const reason = `gave up after ${number} attempts in ${days} days; the last reply: ${reply}`
  return { outcome: { kind: 'rejected', reply: reason } }
}
