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
import type { Access } from './access.ts'
import { type Row, toFeedback, toSubscriber } from './rows.ts'

/** So many different wordings are looked at; the rarest of them fall out. */
const mostWordings = 5000

export function sqliteFeedback({ db, read, write }: Access): FeedbackLog {
  const byId = db.prepare('SELECT * FROM subscribers WHERE id = ?')
  const insert = db.prepare(`
    INSERT INTO feedback (key, subscriber, edition, kind, status, diagnostic, source, is_proven, at, recorded_at)
    VALUES (:key, :subscriber, (SELECT number FROM editions WHERE id = :edition), :kind, :status, :diagnostic, :source,
      :proven, :at, :now)
    ON CONFLICT DO NOTHING`)
  const setStatus = db.prepare(
    'UPDATE subscribers SET status = ?, reason = coalesce(?, reason), changed_at = ? WHERE number = ?',
  )
  // CROSS JOIN: one look-up an edition, since no index leads from a subscriber to their deliveries
  const sentTo = db.prepare(`
    SELECT e.id FROM editions e CROSS JOIN deliveries d ON d.edition = e.number AND d.subscriber = ?
    WHERE d.state NOT IN ('pending', 'claimed', 'skipped') ORDER BY e.created_at, e.number`)
  const soft = db.prepare(`
    SELECT e.id FROM feedback f JOIN editions e ON e.number = f.edition
    WHERE f.subscriber = ? AND f.kind = 'soft' AND f.is_proven = 1`)
  const of = db.prepare(`
    SELECT f.*, s.id AS reader, e.id AS edition_id
    FROM subscribers s JOIN feedback f ON f.subscriber = s.number LEFT JOIN editions e ON e.number = f.edition
    WHERE s.key = ? ORDER BY f.at DESC, f.recorded_at DESC, f.key`)
  const counts = db.prepare(`
    SELECT kind, count(DISTINCT subscriber) AS n FROM feedback
    WHERE edition = (SELECT number FROM editions WHERE id = ?) AND is_proven = 1 GROUP BY kind`)
  const reasons = db.prepare(`
    SELECT diagnostic, count(*) AS n FROM feedback
    WHERE edition = (SELECT number FROM editions WHERE id = ?) AND kind = ? AND is_proven = 1 AND diagnostic <> ''
    GROUP BY diagnostic ORDER BY n DESC LIMIT ${mostWordings}`)
  const unproven = db.prepare('SELECT count(*) AS n FROM feedback WHERE is_proven = 0')
  const isSpent = db.prepare('SELECT 1 FROM spent_tokens WHERE token = ?')
  const forget = db.prepare('DELETE FROM spent_tokens WHERE until < ?')
  const spend = db.prepare(`
    INSERT INTO spent_tokens (token, until) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET until = max(until, excluded.until)`)

  function takeIn(feedback: NewFeedback, now: Date): FeedbackEffect {
    const reader = byId.get(feedback.subscriber)
    if (!reader) return 'none'
    const { key, edition = null, kind, status, diagnostic, source, isProven, at } = feedback
    const added = insert.run({
      ...{ key, edition, kind, status, diagnostic, source },
      subscriber: reader.number ?? null,
      proven: Number(isProven),
      at: at.getTime(),
      now: now.getTime(),
    })
    if (added.changes === 0) return 'known'
    const next = isProven ? statusAfter(feedback, reader) : undefined
    if (!next || next === reader.status) return 'none'
    setStatus.run(next, feedbackReason(kind), now.getTime(), reader.number ?? null)
    return next
  }

  function statusAfter({ kind, edition }: Feedback, reader: Row) {
    if (kind === 'hard' || (kind === 'soft' && isThird(reader, edition))) return 'suppressed'
    const leaves = kind === 'complaint' || kind === 'unsubscribe'
    return leaves && reader.status !== 'suppressed' ? 'unsubscribed' : undefined
  }

  function isThird({ number = null }: Row, edition: string | undefined): boolean {
    if (edition === undefined) return false
    const editions = sentTo.all(number).map(({ id }) => String(id))
    const bounced = new Set(soft.all(number).map(({ id }) => String(id)))
    return softRun(editions, bounced, edition) >= softLimit
  }

  return {
    record: (feedback, now) => write(() => takeIn(feedback, now)),
    of: (address) => read(() => of.all(addressKey(address)).map(toFeedback)),
    counts: (edition) =>
      read(() => {
        const told = Object.fromEntries(feedbackKinds.map((kind) => [kind, 0]))
        for (const { kind, n } of counts.all(edition)) told[String(kind)] = Number(n)
        return told as FeedbackCounts
      }),
    reasons: (edition, kind, most) =>
      read(() =>
        mergeKinds(
          reasons
            .all(edition, kind)
            .map(({ diagnostic, n }) => ({ text: String(diagnostic), count: Number(n) })),
        ).slice(0, most),
      ),
    unproven: () => read(() => Number(unproven.get()?.n)),
    reader: (id) =>
      read(() => {
        const row = byId.get(id)
        return row && toSubscriber(row)
      }),
    isSpent: (token) => read(() => isSpent.get(token) !== undefined),
    spend: (token, { now, until }) =>
      write(() => {
        forget.run(now.getTime())
        spend.run(token, until.getTime())
      }),
  }
}
