import type { Claim, Outcome } from '../../model/delivery.ts'
import type { Access, Statement } from './access.ts'
import { keyColumns, keyOf } from './claims.ts'
import { asJson } from './rows.ts'

/** What the sending loop asks for with each message: to begin it, then to record what became of it. */
export interface Steps {
  submitting(claim: Claim, now: Date): Promise<boolean>
  record(claim: Claim, outcome: Outcome, terms: { now: Date; dueAt?: Date }): Promise<boolean>
}

interface Job {
  readonly row: object
  readonly done: (isOurs: boolean) => void
  readonly failed: (error: unknown) => void
}

/** No more in one statement: a batch that waits for the disk lets the next one gather. */
const mostAtOnce = 1000

const columns = `ord integer, ${keyColumns}, now timestamptz, state tidings.delivery_state, reply text, due timestamptz`

/**
 * Both kinds in one statement, which is one round trip and one commit. A step whose first try was lost ($2) counts as
 * done when the row is as that try would have left it: its claim is the latest, so nobody else can have.
 *
 * No row is asked for twice in a batch: a message is recorded after its beginning was confirmed.
 */
const advance = `
  WITH asked AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS a (${columns})
  ), before AS (
    SELECT a.ord FROM asked a JOIN tidings.deliveries d
      ON d.edition = a.edition AND d.subscriber = a.subscriber AND d.claims = a.fence
    WHERE $2 AND d.state = a.state AND d.changed_at = a.now
  ), begun AS (
    UPDATE tidings.deliveries d SET
      state = CASE WHEN s.number IS NULL THEN 'skipped' ELSE 'submitting' END::tidings.delivery_state,
      lease_until = CASE WHEN s.number IS NULL THEN NULL ELSE d.lease_until END,
      changed_at = a.now
    FROM asked a
    LEFT JOIN tidings.subscribers s ON s.number = a.subscriber AND s.status = 'active'
      AND (s.paused_until IS NULL OR s.paused_until <= a.now)
    WHERE a.state = 'submitting'
      AND d.edition = a.edition AND d.subscriber = a.subscriber AND d.claims = a.fence
      AND d.state = 'claimed' AND (d.lease_until > a.now OR s.number IS NULL)
    RETURNING a.ord, d.state
  ), ended AS (
    UPDATE tidings.deliveries d SET
      state = a.state, due_at = a.due, lease_until = NULL, changed_at = a.now,
      attempts = d.attempts + (d.state = 'submitting')::integer,
      tried_at = CASE WHEN d.state = 'submitting' THEN coalesce(d.tried_at, a.now) ELSE d.tried_at END,
      reply = CASE WHEN d.is_erased THEN '' ELSE a.reply END
    FROM asked a
    WHERE a.state <> 'submitting'
      AND d.edition = a.edition AND d.subscriber = a.subscriber AND d.claims = a.fence
      AND (d.state = 'submitting' OR d.state = 'claimed' AND a.state = 'rejected')
    RETURNING a.ord
  )
  SELECT ord FROM before
  UNION ALL SELECT ord FROM begun WHERE state = 'submitting'
  UNION ALL SELECT ord FROM ended`

/**
 * Gathers the steps that are asked for while earlier ones are on their way to the disk.
 *
 * @param lanes statements on their way at once
 */
export function steps(once: Access['once'], lanes: number): Steps {
  const waiting: Job[] = []
  let busy = 0

  async function flush(): Promise<void> {
    busy += 1
    while (waiting.length > 0) {
      const jobs = waiting.splice(0, mostAtOnce)
      await carryOut(once, jobs)
    }
    busy -= 1
  }

  function ask(row: object): Promise<boolean> {
    return new Promise((done, failed) => {
      waiting.push({ row, done, failed })
      // Not at once: others ask in the same turn.
      if (busy < lanes && waiting.length === 1) setImmediate(flush)
    })
  }

  return {
    submitting: (claim, now) => ask({ ...keyOf(claim), state: 'submitting', now }),
    record(claim, outcome, { now, dueAt }) {
      const reply = outcome.kind === 'uncertain' ? outcome.reason : outcome.reply
      const due = outcome.kind === 'deferred' ? dueAt : undefined
      return ask({ ...keyOf(claim), state: outcome.kind, now, reply, due })
    },
  }
}

/** Never throws: each job hears of its own end. */
async function carryOut(once: Access['once'], jobs: readonly Job[]): Promise<void> {
  const rows = asJson(jobs.map(({ row }, ord) => ({ ord, ...row })))
  const statement = (again: boolean): Statement => ({
    name: 'advance',
    text: advance,
    values: [rows, again],
  })
  try {
    const result = await once(statement)
    const moved = new Set(result.rows.map(({ ord }) => ord))
    for (const [ord, { done }] of jobs.entries()) done(moved.has(ord))
  } catch (error) {
    for (const { failed } of jobs) failed(error)
  }
}
