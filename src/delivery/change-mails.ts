import type { Mailer, Message } from '../mail/mailer.ts'
import type { DueNotice } from '../model/address-change.ts'
import { Fault } from '../model/fault.ts'
import type { AddressChanges } from '../store/address-changes.ts'
import type { Subscribers } from '../store/subscribers.ts'
import { joinTerms } from '../subscribers/join-terms.ts'
import { preferenceTerms } from '../subscribers/preference-terms.ts'
import { retryAt } from './retry.ts'

export interface ChangeMailJob {
  readonly changes: AddressChanges
  readonly subscribers: Pick<Subscribers, 'find'>
  readonly mailer: Mailer
  readonly compose: (notice: DueNotice) => Promise<Message>
  readonly clock: () => Date
  readonly signal: AbortSignal
}

/**
 * Sends the messages for changes of address that are due, and forgets the requests that nobody confirmed in time.
 *
 * @param room so many at most; the others wait
 * @throws {Fault} 'unavailable' when relay or store are out of reach: what was not sent waits
 */
export async function sendChangeMails(job: ChangeMailJob, room: number): Promise<void> {
  const { changes, clock, signal } = job
  const now = clock()
  await changes.expire(new Date(now.getTime() - preferenceTerms.linkStays))
  if (room <= 0) return
  for (const notice of await changes.due(now, Math.min(room, 20))) {
    if (signal.aborted) return
    await send(job, notice)
  }
}

async function send(job: ChangeMailJob, notice: DueNotice): Promise<void> {
  const { changes, clock, mailer } = job
  const { id, kind, address } = notice
  const holder = await job.subscribers.find(address)
  // To the reader who asked it looks the same, as long as a link would be good; no mail goes there
  if (holder?.status === 'suppressed') {
    return changes.again(id, new Date(notice.askedAt.getTime() + preferenceTerms.linkStays))
  }
  const message = await job.compose(notice)
  const { mailbox, domain } = joinTerms
  if ((await changes.begin(notice, { now: clock(), mailbox, domain })) !== 'ours') return
  try {
    const outcome = await mailer.submit(message)
    if (outcome.kind === 'deferred') return await later(job, notice)
    // What may have arrived stays, and so does its link
    if (outcome.kind === 'rejected' || kind === 'told') await changes.drop(id)
  } catch (error) {
    // The port's word for "not accepted"
    if (error instanceof Fault && error.code === 'unavailable') await changes.again(id, clock())
    throw error
  }
}

async function later({ changes, clock }: ChangeMailJob, notice: DueNotice): Promise<void> {
  const attempt = { key: notice.id, number: notice.attempts + 1, firstAt: notice.askedAt }
  const dueAt = retryAt(attempt, clock())
  await (dueAt ? changes.again(notice.id, dueAt) : changes.drop(notice.id))
}
