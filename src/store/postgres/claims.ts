import { addressKey } from '../../mail/address.ts'
import type { Claim } from '../../model/delivery.ts'
import type { EditionId } from '../../model/edition.ts'
import { type ClaimTerms, calledOff, type Parked } from '../ledger.ts'
import { byKeyOnly, type Query, type Statement } from './access.ts'
import { asJson, asText, type Row, toClaim } from './rows.ts'

/** Where a claim's row is, and what it is fenced by. */
export interface ClaimKey {
  readonly edition: number
  readonly subscriber: number
  readonly fence: number
}

/** As a record of SQL; dates are ISO 8601. */
export const keyColumns = 'edition integer, subscriber bigint, fence integer'

/**
 * Whether subscriber `s` is mailed, and there is something for them in an edition for certain topics.
 *
 * @param now @param only what stands for the instant and for the topics in the statement
 */
export const gets = (now: string, only: string) => `
  s.status = 'active' AND (s.paused_until IS NULL OR s.paused_until <= ${now}::timestamptz)
  AND (${only}::text[] IS NULL OR s.topics IS NULL OR s.topics && ${only}::text[])`

/**
 * Those that are due, then the next pending ones after $4. Rows that another sender is taking are passed by. The walk
 * goes on where the last one ended: from the beginning it would go over all that was taken since, which stays in the
 * index until it is vacuumed.
 */
const take = `
  WITH due AS (
    SELECT subscriber FROM tidings.deliveries
    WHERE edition = $1 AND due_at <= $2 ORDER BY due_at LIMIT $5
    FOR NO KEY UPDATE SKIP LOCKED
  ), pending AS (
    SELECT subscriber FROM tidings.deliveries
    WHERE edition = $1 AND is_pending AND parked IS NULL AND subscriber > $4 ORDER BY subscriber
    LIMIT $5 - (SELECT count(*) FROM due)
    FOR NO KEY UPDATE SKIP LOCKED
  ), ${claimFound('SELECT subscriber, false AS is_new FROM due UNION ALL SELECT subscriber, true FROM pending')}`

/** Those that wait under the name $7. */
const takeParked = `
  WITH parked AS (
    SELECT subscriber FROM tidings.deliveries
    WHERE edition = $1 AND is_pending AND parked = $7 AND subscriber > $4 ORDER BY subscriber LIMIT $5
    FOR NO KEY UPDATE SKIP LOCKED
  ), ${claimFound('SELECT subscriber, true AS is_new FROM parked')}`

function claimFound(found: string): string {
  return `found AS (
    SELECT f.subscriber, f.is_new, s.*, coalesce(${gets('$2', '$6')}, false) AS gets
    FROM (${found}) f LEFT JOIN tidings.subscribers s ON s.number = f.subscriber
  ), taken AS (
    UPDATE tidings.deliveries d SET
      state = CASE WHEN f.gets THEN 'claimed' ELSE 'skipped' END::tidings.delivery_state,
      claims = d.claims + 1, due_at = NULL, parked = NULL, changed_at = $2,
      lease_until = CASE WHEN f.gets THEN $3::timestamptz END
    FROM found f WHERE d.edition = $1 AND d.subscriber = f.subscriber
    RETURNING f.*, d.claims, d.attempts, d.tried_at
  )
  SELECT * FROM taken ORDER BY subscriber`
}

/**
 * Where the walk through the pending deliveries of each edition has come to, and of those that wait under a name. A hint,
 * of this process alone.
 */
export type Walk = Map<string, number>

/** Expects to run inside a transaction. */
export async function claim(
  query: Query,
  id: EditionId,
  { now, leaseUntil, most, parked }: ClaimTerms,
  walk: Walk,
): Promise<readonly Claim[]> {
  const of = await find(query, id)
  if (of === undefined) return []
  if (of.cancelled_at !== null) {
    await skipRest(query, id, now)
    return []
  }
  const edition = Number(of.number)
  await query({ text: byKeyOnly('LOCAL') })
  const path = parked === undefined ? String(edition) : `${edition} ${parked}`
  let after = walk.get(path) ?? 0
  const taken: Row[] = []
  // Again and again, since some of those found may not be mailed any more, and once from the beginning.
  while (taken.length < most) {
    const rest = most - taken.length
    const values = [edition, now, leaseUntil, after, rest, of.only_for]
    const { rows } = await query(
      parked === undefined
        ? { name: 'claim', text: take, values }
        : { name: 'claim-parked', text: takeParked, values: [...values, asText(parked)] },
    )
    taken.push(...rows.filter((row) => row.gets))
    if (rows.length === 0 && after === 0) break
    const last = rows.findLast((row) => row.is_new)
    after = last ? Number(last.subscriber) : rows.length < rest ? 0 : after
  }
  walk.set(path, after)
  return taken.map((row) => toClaim(row, id, `${edition}.${row.subscriber}.${row.claims}`))
}

export function renewal(claims: readonly Claim[], leaseUntil: Date): Statement {
  return {
    name: 'renew',
    text: `
      UPDATE tidings.deliveries d SET lease_until = $2
      FROM jsonb_to_recordset($1::jsonb) AS c (${keyColumns})
      WHERE d.edition = c.edition AND d.subscriber = c.subscriber AND d.claims = c.fence
        AND d.lease_until IS NOT NULL`,
    values: [asJson(claims.map(keyOf)), leaseUntil],
  }
}

export function release(claims: readonly Claim[], now: Date): Statement {
  return {
    text: `
      UPDATE tidings.deliveries d SET state = 'pending', lease_until = NULL, changed_at = $2
      FROM jsonb_to_recordset($1::jsonb) AS c (${keyColumns})
      WHERE d.edition = c.edition AND d.subscriber = c.subscriber AND d.claims = c.fence
        AND d.lease_until IS NOT NULL`,
    values: [asJson(claims.map(keyOf)), now],
  }
}

export function park(list: readonly Parked[], now: Date): Statement {
  return {
    name: 'park',
    text: `
      UPDATE tidings.deliveries d SET state = 'pending', parked = c.under, lease_until = NULL, changed_at = $2
      FROM jsonb_to_recordset($1::jsonb) AS c (${keyColumns}, under text)
      WHERE d.edition = c.edition AND d.subscriber = c.subscriber AND d.claims = c.fence
        AND d.state = 'claimed'`,
    values: [asJson(list.map(({ claim, under }) => ({ ...keyOf(claim), under }))), now],
  }
}

/** From one name to the next in the index, however many wait under each. */
export const parkedUnder = `
  WITH RECURSIVE names AS (
    (SELECT edition, parked FROM tidings.deliveries
      WHERE edition = (SELECT number FROM tidings.editions WHERE id = $1) AND is_pending AND parked IS NOT NULL
      ORDER BY parked LIMIT 1)
    UNION ALL
    SELECT n.edition, (SELECT d.parked FROM tidings.deliveries d
      WHERE d.edition = n.edition AND d.is_pending AND d.parked > n.parked ORDER BY d.parked LIMIT 1)
    FROM names n WHERE n.parked IS NOT NULL
  )
  SELECT parked AS under FROM names WHERE parked IS NOT NULL`

export const parkedCounts = `
  SELECT parked AS under, count(*) AS n FROM tidings.deliveries
  WHERE edition = (SELECT number FROM tidings.editions WHERE id = $1) AND is_pending AND parked IS NOT NULL
  GROUP BY parked ORDER BY parked`

/** Expects to run inside a transaction. */
export async function expire(query: Query, id: EditionId, now: Date): Promise<number> {
  const { rows } = await query({
    text: `
      WITH ended AS (
        UPDATE tidings.deliveries d SET
          state = CASE d.state WHEN 'claimed' THEN 'pending' ELSE 'uncertain' END::tidings.delivery_state,
          attempts = d.attempts + (d.state = 'submitting')::integer,
          tried_at = CASE d.state WHEN 'claimed' THEN d.tried_at ELSE coalesce(d.tried_at, d.changed_at) END,
          reply = CASE d.state WHEN 'claimed' THEN d.reply
            ELSE 'the sender ended before the relay''s reply was recorded' END,
          lease_until = NULL, changed_at = $2
        WHERE d.edition = (SELECT number FROM tidings.editions WHERE id = $1) AND d.lease_until <= $2
        RETURNING state
      )
      SELECT count(*) AS uncertain FROM ended WHERE state = 'uncertain'`,
    values: [asText(id), now],
  })
  return Number(rows[0]?.uncertain)
}

/** Expects to run inside a transaction. */
export async function resolve(
  query: Query,
  id: EditionId,
  decision: 'resend' | 'skip',
  now: Date,
  addresses?: readonly string[],
): Promise<number> {
  const { count } = await query({
    text: `
      UPDATE tidings.deliveries SET state = $2, changed_at = $3
      WHERE edition = (SELECT number FROM tidings.editions WHERE id = $1) AND is_uncertain
        AND ($4::text[] IS NULL OR subscriber IN (
          SELECT number FROM tidings.subscribers WHERE key = ANY ($4::text[])))`,
    values: [
      asText(id),
      decision === 'resend' ? 'pending' : 'skipped',
      now,
      addresses?.map((address) => asText(addressKey(address))) ?? null,
    ],
  })
  return count
}

/** Expects to run inside a transaction. */
export async function cancel(query: Query, id: EditionId, now: Date): Promise<number> {
  await query({
    text: 'UPDATE tidings.editions SET cancelled_at = coalesce(cancelled_at, $2) WHERE id = $1',
    values: [asText(id), now],
  })
  return skipRest(query, id, now)
}

async function skipRest(query: Query, id: EditionId, now: Date): Promise<number> {
  const { count } = await query({
    text: `
      UPDATE tidings.deliveries SET state = 'skipped', reply = $3, lease_until = NULL, due_at = NULL, parked = NULL, changed_at = $2
      WHERE edition = (SELECT number FROM tidings.editions WHERE id = $1)
        AND state IN ('pending', 'claimed', 'deferred')`,
    values: [asText(id), now, calledOff],
  })
  return count
}

/** The token says where the row is, so that no index on it is needed. What is no token finds no row. */
export function keyOf({ token }: Claim): ClaimKey {
  const [edition, subscriber, fence] = token.split('.').map((part) => Number(part) || 0)
  return { edition: edition ?? 0, subscriber: subscriber ?? 0, fence: fence ?? 0 }
}

async function find(query: Query, id: EditionId): Promise<Row | undefined> {
  const { rows } = await query({
    name: 'edition',
    text: 'SELECT number, only_for, cancelled_at FROM tidings.editions WHERE id = $1',
    values: [asText(id)],
  })
  return rows[0]
}
