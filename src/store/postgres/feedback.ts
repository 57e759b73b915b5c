import { addressKey } from '../../mail/address.ts'
import { mergeKinds } from '../../mail/reply-kind.ts'
import {
  type Feedback,
  type FeedbackEffect,
  feedbackKinds,
  feedbackReason,
  softLimit,
  softRun,
} from '../../model/feedback.ts'
import type { FeedbackCounts, FeedbackLog, NewFeedback } from '../feedback.ts'
import type { Access, Query, Statement } from './access.ts'
import { asText, type Row, toFeedback, toSubscriber } from './rows.ts'

/** So many different wordings are looked at; the rarest of them fall out. */
const mostWordings = 5000

// The lock lets two reports on one reader go one after the other: the second sees what the first has counted.
const lockReader = 'SELECT * FROM tidings.subscribers WHERE id = $1 FOR NO KEY UPDATE'
const byId = 'SELECT * FROM tidings.subscribers WHERE id = $1'

const insert = `
  INSERT INTO tidings.feedback
    (key, subscriber, edition, kind, status, diagnostic, source, is_proven, at, recorded_at)
  VALUES ($1, $2, (SELECT number FROM tidings.editions WHERE id = $3), $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT DO NOTHING`

const setStatus = `
  UPDATE tidings.subscribers SET status = $2::tidings.subscriber_status, changed_at = $3,
    reason = coalesce($4, reason)
  WHERE number = $1`

// LATERAL and LIMIT: one look-up an edition, since no index leads from a subscriber to their deliveries
const sentTo = `
  SELECT e.id FROM tidings.editions e CROSS JOIN LATERAL (
    SELECT state FROM tidings.deliveries WHERE edition = e.number AND subscriber = $1 LIMIT 1) d
  WHERE d.state NOT IN ('pending', 'claimed', 'skipped') ORDER BY e.created_at, e.number`

const soft = `
  SELECT e.id FROM tidings.feedback f JOIN tidings.editions e ON e.number = f.edition
  WHERE f.subscriber = $1 AND f.kind = 'soft' AND f.is_proven`

const of = `
  SELECT f.*, s.id AS reader, e.id AS edition_id
  FROM tidings.subscribers s JOIN tidings.feedback f ON f.subscriber = s.number
  LEFT JOIN tidings.editions e ON e.number = f.edition
  WHERE s.key = $1 ORDER BY f.at DESC, f.recorded_at DESC, f.key`

const ofEdition = 'edition = (SELECT number FROM tidings.editions WHERE id = $1) AND is_proven'

const counts = `
  SELECT kind, count(DISTINCT subscriber) AS n FROM tidings.feedback WHERE ${ofEdition} GROUP BY kind`

const reasons = `
  SELECT diagnostic, count(*) AS n FROM tidings.feedback
  WHERE ${ofEdition} AND kind = $2 AND diagnostic <> ''
  GROUP BY diagnostic ORDER BY n DESC LIMIT ${mostWordings}`

const spend = `
  INSERT INTO tidings.spent_tokens (token, until) VALUES ($1, $2)
  ON CONFLICT (token) DO UPDATE SET until = greatest(spent_tokens.until, excluded.until)`

export function postgresFeedback({ read, write }: Access): FeedbackLog {
  const ask = async (statement: Statement) => (await read((query) => query(statement))).rows

  return {
    record: (feedback, now) => write((query) => takeIn(query, feedback, now)),

    of: async (address) =>
      (await ask({ text: of, values: [asText(addressKey(address))] })).map(toFeedback),

    async counts(edition) {
      const told = Object.fromEntries(feedbackKinds.map((kind) => [kind, 0]))
      for (const { kind, n } of await ask({ text: counts, values: [asText(edition)] })) {
        told[String(kind)] = Number(n)
      }
      return told as FeedbackCounts
    },

    async reasons(edition, kind, most) {
      const rows = await ask({ text: reasons, values: [asText(edition), kind] })
      const counted = rows.map((row) => ({ text: String(row.diagnostic), count: Number(row.n) }))
      return mergeKinds(counted).slice(0, most)
    },

    async unproven() {
      const text = 'SELECT count(*) AS n FROM tidings.feedback WHERE NOT is_proven'
      return Number((await ask({ text }))[0]?.n)
    },

    async reader(id) {
      const [row] = await ask({ text: byId, values: [asText(id)] })
      return row && toSubscriber(row)
    },

    async isSpent(token) {
      const text = 'SELECT FROM tidings.spent_tokens WHERE token = $1'
      return (await ask({ text, values: [asText(token)] })).length > 0
    },

    spend: (token, { now, until }) =>
      write(async (query) => {
        await query({ text: 'DELETE FROM tidings.spent_tokens WHERE until < $1', values: [now] })
        await query({ text: spend, values: [asText(token), until] })
      }),
  }
}

async function takeIn(query: Query, feedback: NewFeedback, now: Date): Promise<FeedbackEffect> {
  const { rows } = await query({ text: lockReader, values: [asText(feedback.subscriber)] })
  const reader = rows[0]
  if (!reader) return 'none'
  const { key, edition, kind, status, diagnostic, source, isProven, at } = feedback
  const words = [status, diagnostic, source].map(asText)
  const { count } = await query({
    text: insert,
    values: [
      asText(key),
      reader.number,
      edition && asText(edition),
      kind,
      ...words,
      isProven,
      at,
      now,
    ],
  })
  if (count === 0) return 'known'
  const next = isProven ? await statusAfter(query, feedback, reader) : undefined
  if (!next || next === reader.status) return 'none'
  await query({ text: setStatus, values: [reader.number, next, now, feedbackReason(kind)] })
  return next
}

async function statusAfter(query: Query, { kind, edition }: Feedback, reader: Row) {
  if (kind === 'hard') return 'suppressed'
  if (kind === 'soft') return (await isThird(query, reader, edition)) ? 'suppressed' : undefined
  const leaves = kind === 'complaint' || kind === 'unsubscribe'
  return leaves && reader.status !== 'suppressed' ? 'unsubscribed' : undefined
}

async function isThird(query: Query, { number }: Row, edition: string | undefined) {
  if (edition === undefined) return false
  const ids = async (text: string) =>
    (await query({ text, values: [number] })).rows.map(({ id }) => String(id))
  return softRun(await ids(sentTo), new Set(await ids(soft)), edition) >= softLimit
}
