import { domainOf } from '../../mail/address.ts'
import { mailCounters } from '../../subscribers/mailbox.ts'
import type { Query } from './access.ts'
import { markErased } from './erased.ts'
import { findSecret } from './secrets.ts'

/** Each edition's row is found by its key, one by one: there is no index by subscriber. */
const ofSubscriber = `
  subscriber = $1 AND edition = ANY (ARRAY(SELECT number FROM tidings.editions))`

/** Counts of the list stay true without them: an hour tells of nobody. */
const remove = `
  WITH gone AS (
    DELETE FROM tidings.subscribers WHERE key = $1 RETURNING number, status, created_at, left_at
  ), past AS (
    INSERT INTO tidings.list_past AS p (hour, joins, leaves)
    SELECT date_trunc('hour', at, 'UTC'), sum(joins), sum(leaves)
    FROM gone, LATERAL (VALUES (created_at, 1, 0), (coalesce(left_at, $2::timestamptz), 0, 1)) AS v (at, joins, leaves)
    WHERE status = 'active' OR left_at IS NOT NULL
    GROUP BY 1
    ON CONFLICT (hour) DO UPDATE SET joins = p.joins + excluded.joins, leaves = p.leaves + excluded.leaves
  )
  SELECT number FROM gone`

/**
 * Deletes all that is held on one address, but for a mark; expects to run inside a transaction. The rows keep a mark, so that an outcome
 * that is recorded later brings no reply back, which may quote the address.
 */
export async function erase(query: Query, key: string, now: Date): Promise<boolean> {
  const hasAsked = await eraseJoins(query, key)
  const named = { text: 'DELETE FROM tidings.address_changes WHERE key = $1', values: [key] }
  const isNamed = (await query(named)).count > 0
  const { rows } = await query({ text: remove, values: [key, now] })
  const number = rows[0]?.number
  const isHeld = number !== undefined || hasAsked || isNamed
  if (isHeld) await markErased(query, key)
  if (number === undefined) return isHeld
  await query({
    text: `
      UPDATE tidings.deliveries SET is_erased = true, reply = '',
        state = CASE WHEN is_open THEN 'skipped' ELSE state END,
        lease_until = CASE WHEN is_open THEN NULL ELSE lease_until END,
        due_at = CASE WHEN is_open THEN NULL ELSE due_at END,
        parked = NULL,
        changed_at = CASE WHEN is_open THEN $2 ELSE changed_at END
      WHERE ${ofSubscriber}`.replaceAll('is_open', `state IN ('pending', 'claimed', 'deferred')`),
    values: [number, now],
  })
  // A domain may be one person's own: its pace goes with the last one who has an address there.
  await query({
    text: `
      DELETE FROM tidings.throttle WHERE key = $1
        AND NOT EXISTS (SELECT FROM tidings.subscribers WHERE right(key, length($1) + 1) = '@' || $1)`,
    values: [domainOf(key)],
  })
  return true
}

/** Whoever asked to join may not be on the list. What somebody on it agreed to goes with them. */
async function eraseJoins(query: Query, key: string): Promise<boolean> {
  const secret = await findSecret(query, 'mailbox')
  if (secret !== undefined) {
    const text = 'DELETE FROM tidings.join_mails WHERE counter = $1'
    await query({ text, values: [mailCounters(key, secret).mailbox] })
  }
  return (
    (await query({ text: 'DELETE FROM tidings.joins WHERE key = $1', values: [key] })).count > 0
  )
}
