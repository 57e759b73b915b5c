import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { addressKey } from '../../mail/address.ts'
import type { Claim, Outcome } from '../../model/delivery.ts'
import type { EditionId } from '../../model/edition.ts'
import { type ClaimTerms, calledOff, type Parked, type ParkedCount } from '../ledger.ts'
import { type Row, toClaim } from './rows.ts'

/** Whether subscriber `s` is mailed at :now, and there is something for them in an edition for topics :only. */
export const gets = `s.status = 'active' AND (s.paused_until IS NULL OR s.paused_until <= :now)
  AND (:only IS NULL OR s.topics IS NULL
    OR EXISTS (SELECT 1 FROM json_each(s.topics) t WHERE t.value IN (SELECT value FROM json_each(:only))))`

const fields = `d.edition, d.subscriber AS number, d.attempts, d.tried_at,
  s.id, s.address, s.name, s.fields, s.language, s.topics, s.paused_until, s.status, s.token, s.created_at,
  ${gets} AS gets`

/**
 * A delivery that a claim still holds: ?1 and ?2 find the row, ?3 is the fence, see `key`. By number, since names are
 * looked up at each run, and these are run with each message. ?4 is the present.
 */
const ours = 'edition = ?1 AND subscriber = ?2 AND claim = ?3'

/** Without statistics SQLite would rather walk through the whole edition. */
export const byState = 'INDEXED BY deliveries_by_state'

const isActive = `EXISTS (
  SELECT 1 FROM subscribers WHERE number = ?2 AND status = 'active'
    AND (paused_until IS NULL OR paused_until <= ?4))`

/** The ledger's claims: each method is one step of delivery/transitions.ts, and expects to run inside a transaction. */
export function claims(db: DatabaseSync) {
  const edition = db.prepare('SELECT number, only_for, cancelled_at FROM editions WHERE id = ?')
  const due = db.prepare(`
    SELECT ${fields} FROM deliveries d ${byState} LEFT JOIN subscribers s ON s.number = d.subscriber
    WHERE d.edition = :edition AND d.state = 'deferred' AND d.due_at <= :now ORDER BY d.due_at LIMIT :most`)
  const pending = db.prepare(`
    SELECT ${fields} FROM deliveries d ${byState} LEFT JOIN subscribers s ON s.number = d.subscriber
    WHERE d.edition = :edition AND d.state = 'pending' AND d.due_at IS NULL AND d.parked IS NULL LIMIT :most`)
  const parked = db.prepare(`
    SELECT ${fields} FROM deliveries d ${byState} LEFT JOIN subscribers s ON s.number = d.subscriber
    WHERE d.edition = :edition AND d.state = 'pending' AND d.due_at IS NULL AND d.parked = :under LIMIT :most`)
  const take = db.prepare(`
    UPDATE deliveries SET state = 'claimed', claim = ?, lease_until = ?, due_at = NULL, parked = NULL, changed_at = ?
    WHERE edition = ? AND subscriber = ?`)
  const leave = db.prepare(`
    UPDATE deliveries SET state = 'skipped', claim = NULL, lease_until = NULL, due_at = NULL, parked = NULL, changed_at = ?
    WHERE edition = ? AND subscriber = ?`)
  const renew = db.prepare(`UPDATE deliveries SET lease_until = ?4 WHERE ${ours}`)
  const submitting = db.prepare(`
    UPDATE deliveries SET state = 'submitting', changed_at = ?4
    WHERE ${ours} AND state = 'claimed' AND lease_until > ?4 AND ${isActive}`)
  const leaveClaimed = db.prepare(`
    UPDATE deliveries SET state = 'skipped', claim = NULL, lease_until = NULL, changed_at = ?4
    WHERE ${ours} AND state = 'claimed' AND NOT ${isActive}`)
  // A reply may quote the address: none is kept of an erased subscriber.
  const record = db.prepare(`
    UPDATE deliveries SET state = ?5, attempts = attempts + 1, tried_at = coalesce(tried_at, ?4), due_at = ?6,
      reply = CASE WHEN EXISTS (SELECT 1 FROM subscribers WHERE number = ?2) THEN ?7 ELSE '' END,
      claim = NULL, lease_until = NULL, changed_at = ?4
    WHERE ${ours} AND state = 'submitting'`)
  const refuse = db.prepare(`
    UPDATE deliveries SET state = 'rejected', reply = ?5, claim = NULL, lease_until = NULL, changed_at = ?4
    WHERE ${ours} AND state = 'claimed'`)
  const release = db.prepare(`
    UPDATE deliveries SET state = 'pending', claim = NULL, lease_until = NULL, changed_at = ?4 WHERE ${ours}`)
  const park = db.prepare(`
    UPDATE deliveries SET state = 'pending', parked = ?5, claim = NULL, lease_until = NULL, changed_at = ?4
    WHERE ${ours} AND state = 'claimed'`)
  // From one name to the next in the index, however many wait under each.
  const nextParked = db.prepare(`
    SELECT parked FROM deliveries ${byState}
    WHERE edition = ? AND state = 'pending' AND due_at IS NULL AND parked > ? ORDER BY parked LIMIT 1`)
  const countParked = db.prepare(`
    SELECT parked, count(*) AS n FROM deliveries ${byState}
    WHERE edition = ? AND state = 'pending' AND due_at IS NULL AND parked > '' GROUP BY parked`)
  const expireClaimed = db.prepare(`
    UPDATE deliveries ${byState} SET state = 'pending', claim = NULL, lease_until = NULL, changed_at = :now
    WHERE edition = :edition AND state = 'claimed' AND lease_until <= :now`)
  const expireSubmitting = db.prepare(`
    UPDATE deliveries ${byState} SET state = 'uncertain', attempts = attempts + 1, tried_at = coalesce(tried_at, changed_at),
      reply = 'the sender ended before the relay''s reply was recorded',
      claim = NULL, lease_until = NULL, changed_at = :now
    WHERE edition = :edition AND state = 'submitting' AND lease_until <= :now`)
  const resolve = db.prepare(`
    UPDATE deliveries ${byState} SET state = :state, changed_at = :now
    WHERE edition = (SELECT number FROM editions WHERE id = :id) AND state = 'uncertain'
      AND (:keys IS NULL OR subscriber IN (
        SELECT s.number FROM subscribers s JOIN json_each(:keys) k ON s.key = k.value))`)
  const callOff = db.prepare(
    'UPDATE editions SET cancelled_at = coalesce(cancelled_at, ?) WHERE id = ?',
  )
  const cancel = db.prepare(`
    UPDATE deliveries ${byState} SET state = 'skipped', reply = '${calledOff}',
      claim = NULL, lease_until = NULL, due_at = NULL, parked = NULL, changed_at = ?
    WHERE edition = (SELECT number FROM editions WHERE id = ?) AND state IN ('pending', 'claimed', 'deferred')`)

  function candidates(of: Row, { now, parked: under }: ClaimTerms, most: number) {
    const terms = { edition: of.number ?? null, only: of.only_for ?? null, now: now.getTime() }
    if (under !== undefined) return parked.all({ ...terms, under, most })
    const again = due.all({ ...terms, most })
    return [...again, ...pending.all({ ...terms, most: most - again.length })]
  }

  return {
    claim(id: EditionId, terms: ClaimTerms): readonly Claim[] {
      const of = edition.get(id)
      if (!of) return []
      const { now, leaseUntil, most } = terms
      const number = Number(of.number)
      const at = now.getTime()
      if (of.cancelled_at !== null) {
        cancel.run(at, id)
        return []
      }
      const taken: Claim[] = []
      const batch = randomBytes(12).toString('base64url')
      // Again and again, since some of those found may not be mailed any more.
      for (;;) {
        const found = candidates(of, terms, most - taken.length)
        if (found.length === 0) return taken
        for (const row of found) {
          const subscriber = Number(row.number)
          if (row.gets !== 1) {
            leave.run(at, number, subscriber)
            continue
          }
          const fence = `${batch}${taken.length}`
          take.run(fence, leaseUntil.getTime(), at, number, subscriber)
          taken.push(toClaim(row, id, `${number}.${subscriber}.${fence}`))
        }
      }
    },

    renew(list: readonly Claim[], leaseUntil: Date): number {
      const until = leaseUntil.getTime()
      return list.reduce((n, claim) => n + changed(renew.run(...key(claim), until)), 0)
    },

    submitting(claim: Claim, now: Date): boolean {
      if (changed(submitting.run(...key(claim), now.getTime()))) return true
      leaveClaimed.run(...key(claim), now.getTime())
      return false
    },

    record(claim: Claim, outcome: Outcome, { now, dueAt }: { now: Date; dueAt?: Date }): boolean {
      const reply = outcome.kind === 'uncertain' ? outcome.reason : outcome.reply
      const due = outcome.kind === 'deferred' ? (dueAt?.getTime() ?? null) : null
      const at = now.getTime()
      if (changed(record.run(...key(claim), at, outcome.kind, due, reply))) return true
      return outcome.kind === 'rejected' && changed(refuse.run(...key(claim), at, reply)) > 0
    },

    release(list: readonly Claim[], now: Date): void {
      for (const claim of list) release.run(...key(claim), now.getTime())
    },

    park(list: readonly Parked[], now: Date): void {
      for (const { claim, under } of list) park.run(...key(claim), now.getTime(), under)
    },

    parkedUnder(id: EditionId): readonly string[] {
      const number = edition.get(id)?.number ?? null
      const names: string[] = []
      for (let name = ''; ; names.push(name)) {
        const next = nextParked.get(number, name)?.parked
        if (typeof next !== 'string') return names
        name = next
      }
    },

    parked(id: EditionId): readonly ParkedCount[] {
      const rows = countParked.all(edition.get(id)?.number ?? null)
      return rows.map(({ parked: under, n }) => ({ under: String(under), count: Number(n) }))
    },

    expire(id: EditionId, now: Date): number {
      const number = edition.get(id)?.number ?? null
      const terms = { edition: number, now: now.getTime() }
      expireClaimed.run(terms)
      return changed(expireSubmitting.run(terms))
    },

    resolve(
      id: EditionId,
      decision: 'resend' | 'skip',
      now: Date,
      addresses?: readonly string[],
    ): number {
      const state = decision === 'resend' ? 'pending' : 'skipped'
      const keys = addresses ? JSON.stringify(addresses.map(addressKey)) : null
      return changed(resolve.run({ state, now: now.getTime(), id, keys }))
    },

    cancel(id: EditionId, now: Date): number {
      callOff.run(now.getTime(), id)
      return changed(cancel.run(now.getTime(), id))
    },
  }
}

/** The token says where the row is, so that no index on it is needed; only its last part is secret. */
function key({ token }: Claim): [edition: number, subscriber: number, fence: string] {
  const [edition, number, fence = ''] = token.split('.')
  return [Number(edition), Number(number), fence]
}

function changed({ changes }: { changes: number | bigint }): number {
  return Number(changes)
}
