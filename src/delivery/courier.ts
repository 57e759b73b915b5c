import { setTimeout as pause } from 'node:timers/promises'
import { type Message, MessageTooBig } from '../mail/mailer.ts'
import type { Claim, Outcome, Refusal } from '../model/delivery.ts'
import { Fault, type FaultCode } from '../model/fault.ts'
import type { SubscriberId } from '../model/subscriber.ts'
import type { HeldClaims } from './held-claims.ts'
import type { Brake, DeliveryJob, DeliveryTally } from './job.ts'
import { retryAt, retryTerms } from './retry.ts'
import type { Traffic } from './traffic.ts'

/** What a mailer throws when no byte of the message can have been accepted. */
const notAccepted: ReadonlySet<string> = new Set<FaultCode>(['unavailable', 'interrupted'])

/** So many recipients in a row for whom no message can be made: that is not the recipients' fault. */
const unsendableInARow = 10
/** So many recipients in a row refused by policy: that is about us, whatever the relay says. */
const refusedInARow = 5
/** How often one that is too big waits for others that are on their way, and how long each time, milliseconds. */
const mostPutOff = 20
const whilePutOff = 50
/** A refusal for good that the mailer defers all the same: by policy, which may be mended (RFC 3463 §3.8). */
const byPolicy = /^5/
/** There is no such mailbox, domain or host, and never will be (RFC 3463 §3.2, RFC 7505). */
const noSuchAddress = /^5\d\d\b.*?\b5\.1\.(?:1|2|3|6|10)\b/
const mailboxFull = /^5\d\d\b.*?\b5\.2\.2\b/
/** Tried for as long as it may be, and the mailbox or its host would not; that it would not for our sake is another thing. */
const notForNow = /^4(?!21)\d\d\b(?!.*\b4\.[37]\.\d)/

type Count = (what: keyof DeliveryTally) => void

/** A claim with its message. */
interface Parcel {
  readonly claim: Claim
  readonly message: Message
}

/** What a message that is not to be sent after all is kept back with. */
const withheld = new Error('not to be sent')

/**
 * Carries one claim after the other to its outcome, until there is none or the brake is on; several may be at it at
 * once. Whatever it throws, each claim is then either settled, or still held and to be given back: except where the
 * outcome could not be recorded, which is left to become uncertain.
 *
 * The next message is made ready while the relay takes this one, and begun in the very turn in which this one's outcome
 * is recorded: so both share a commit, and a crash still finds at most one message of each courier on its way. While
 * the disk takes that, the message is on its way already, all but the end without which nothing is accepted.
 */
export function courier(
  job: DeliveryJob,
  held: HeldClaims,
  traffic: Traffic,
  stop: Brake,
  count: Count,
) {
  const { ledger, mailer, clock } = job
  const putOff = new Map<SubscriberId, number>()
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

  /**
   * Sends what is being begun, and all but its end before that has been.
   *
   * @param next what may come after it
   * @returns undefined when it was not sent: it is no longer ours, the others come first, or the brake is on
   */
  async function submit(
    { claim, message }: Parcel,
    begun: Promise<boolean>,
    next: () => Message | undefined,
  ): Promise<Outcome | Refusal | undefined> {
    if (stop.signal.aborted) {
      mailer.withdraw(message)
      await begun
      return undefined
    }
    const leave = begun.then((isOurs) => {
      if (!isOurs) skip(claim)
      if (!isOurs || stop.signal.aborted) throw withheld
    })
    try {
      const [outcome] = await Promise.all([mailer.submit(message, { leave, next }), leave])
      return outcome
    } catch (error) {
      const [{ reason }] = (await Promise.allSettled([leave])) as [{ reason?: unknown }]
      if (reason === withheld) return undefined
      if (error instanceof MessageTooBig) return tooBig(claim, error)
      // The port's word for "not accepted": the claim stays held, and is given back.
      if (reason === error || (error instanceof Fault && notAccepted.has(error.code))) throw error
      stop.fail(error)
      return { kind: 'uncertain', reason: `tidings failed while it was being sent: ${error}` }
    }
  }

  /** Rejected where the relay takes others of this edition; to find out, they come first. @throws {MessageTooBig} where it takes none */
  async function tooBig(claim: Claim, error: MessageTooBig): Promise<Outcome | undefined> {
    const { submitted, submitting } = await ledger.counts(claim.edition)
    if (submitted > 0) return { kind: 'rejected', reply: error.reply }
    const { id } = claim.subscriber
    const times = putOff.get(id) ?? 0
    // This one is counted among those that are on their way
    if (times >= (submitting > 1 ? mostPutOff : 1)) throw error
    putOff.set(id, times + 1)
    if (times > 0) await pause(whilePutOff)
    traffic.unsent(claim)
    held.dropUnsent(claim)
    await ledger.release([claim], clock())
    return undefined
  }

  function begin({ claim }: Parcel): Promise<boolean> {
    traffic.begun(claim)
    return ledger.submitting(claim, clock())
  }

  function skip(claim: Claim): void {
    traffic.unsent(claim)
    held.dropUnsent(claim)
    count('skipped')
  }

  /** Whether it may be begun in the same turn as what is before it is recorded. */
  function mayHurry({ claim }: Parcel): boolean {
    return !stop.signal.aborted && traffic.isFree() && !held.mustWait(claim)
  }

  async function settle(claim: Claim, outcome: Outcome | Refusal): Promise<void> {
    if (outcome.kind === 'busy') {
      held.dropUnsent(claim)
      return ledger.release([claim], clock())
    }
    held.drop(claim)
    const now = clock()
    const verdict =
      outcome.kind === 'deferred' ? retryOrGiveUp(claim, outcome.reply, now) : { outcome }
    const isRecorded = await ledger.record(claim, verdict.outcome, { now, ...verdict })
    if (outcome.kind === 'deferred' && verdict.outcome.kind === 'rejected') {
      if (notForNow.test(outcome.reply)) await job.bounced?.(claim, 'soft', outcome.reply)
    }
    // Not recorded: the lease ran out before the relay replied, and the ledger holds it as uncertain.
    count(isRecorded ? verdict.outcome.kind : 'uncertain')
  }

  async function learn(claim: Claim, outcome: Outcome | Refusal): Promise<void> {
    if (outcome.kind === 'busy') return traffic.refused(claim, outcome.reply)
    traffic.report(claim, outcome)
    const reply = outcome.kind === 'uncertain' ? '' : outcome.reply
    if (outcome.kind === 'rejected') {
      if (noSuchAddress.test(reply)) await job.bounced?.(claim, 'hard', reply)
      else if (mailboxFull.test(reply)) await job.bounced?.(claim, 'soft', reply)
    }
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

  /** Sends what is being begun. @returns what comes after it, and the beginning of that if it has been asked for */
  async function carry(
    parcel: Parcel,
    begun: Promise<boolean>,
  ): Promise<readonly [Parcel?, Promise<boolean>?]> {
    let ready: Parcel | undefined
    const next = prepare().then((made) => {
      ready = made
      return made
    })
    const madeReady = next.catch(stop.fail) // at once, while the relay may take its time
    let told: Parcel | undefined
    const early = () => {
      // What the relay has been told of comes next, whatever has been learnt since.
      told ??= ready && mayHurry(ready) ? ready : undefined
      return stop.signal.aborted ? undefined : told
    }
    try {
      const outcome = await submit(parcel, begun, () => early()?.message)
      if (!outcome) return [await next]
      const following = early()
      const { claim } = parcel
      const done = Promise.all([
        settle(claim, outcome),
        following && begin(following),
        learn(claim, outcome),
      ])
      if (following) return [following, done.then(([, isOurs]) => isOurs === true)]
      await done
      return [await next]
    } catch (error) {
      if (told) mailer.withdraw(told.message)
      throw error
    } finally {
      // nothing may be claimed once the courier is gone
      await madeReady
    }
  }

  return async (): Promise<void> => {
    let parcel = await prepare()
    let begun: Promise<boolean> | undefined
    while (parcel) {
      if (!begun) await traffic.gate()
      if (!begun && stop.signal.aborted) return mailer.withdraw(parcel.message)
      if (!begun && held.mustWait(parcel.claim)) {
        traffic.passUnused()
        await held.park(parcel.claim)
        parcel = await prepare()
        continue
      }
      begun ??= begin(parcel)
      ;[parcel, begun] = await carry(parcel, begun)
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
