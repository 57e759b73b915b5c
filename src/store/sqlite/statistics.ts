import { randomId } from '../../model/random-id.ts'
import { emptySketch, estimate, mergeSketches } from '../../statistics/sketch.ts'
import { toAudienceDays } from '../audience-days.ts'
import type { Statistics } from '../statistics.ts'
import type { Access } from './access.ts'
import { toDate } from './rows.ts'

/** Those of whom it is known when they joined, and those who left. */
const counted = "(status = 'active' OR left_at IS NOT NULL)"

export function sqliteStatistics({ db, read, write }: Access): Statistics {
  const before = db.prepare(`
    SELECT (SELECT count(*) FROM subscribers WHERE created_at < :since AND ${counted})
      - (SELECT count(*) FROM subscribers WHERE left_at < :since)
      + (SELECT coalesce(sum(joins - leaves), 0) FROM list_past WHERE hour < :since) AS n`)
  const hours = db.prepare(`
    SELECT hour, sum(joins) AS joins, sum(leaves) AS leaves FROM (
      SELECT created_at / 3600000 * 3600000 AS hour, 1 AS joins, 0 AS leaves FROM subscribers
        WHERE created_at >= :since AND ${counted}
      UNION ALL
      SELECT left_at / 3600000 * 3600000, 0, 1 FROM subscribers WHERE left_at >= :since
      UNION ALL
      SELECT hour, joins, leaves FROM list_past WHERE hour >= :since
    ) GROUP BY hour ORDER BY hour`)
  const between = db.prepare(`
    SELECT (SELECT count(*) FROM subscribers WHERE created_at > :from AND created_at <= :until AND ${counted})
      + coalesce(sum(joins), 0) AS joins,
      (SELECT count(*) FROM subscribers WHERE left_at > :from AND left_at <= :until)
      + coalesce(sum(leaves), 0) AS leaves
    FROM list_past WHERE hour > :from AND hour <= :until`)
  const keepSalt = db.prepare(
    'INSERT INTO audience_salt (day, salt) VALUES (?, ?) ON CONFLICT DO NOTHING',
  )
  const salt = db.prepare('SELECT salt FROM audience_salt WHERE day = ?')
  const forgetSalts = db.prepare('DELETE FROM audience_salt WHERE day < ?')
  const endDays = db.prepare(
    'UPDATE audience_readers SET sketch = NULL WHERE day < ? AND sketch IS NOT NULL',
  )
  const keepAggregator = db.prepare(`
    INSERT INTO audience_aggregators (day, path, name, subscribers) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET subscribers = excluded.subscribers`)
  const sketch = db.prepare(
    'SELECT sketch, readers FROM audience_readers WHERE day = ? AND path = ?',
  )
  const keepSketch = db.prepare(`
    INSERT INTO audience_readers (day, path, sketch, readers) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET sketch = excluded.sketch, readers = excluded.readers`)
  const aggregators = db.prepare(
    'SELECT * FROM audience_aggregators WHERE day >= ? ORDER BY day, name, path',
  )
  const readers = db.prepare(
    'SELECT day, path, readers FROM audience_readers WHERE day >= ? ORDER BY day, path',
  )

  return {
    movements: (since) =>
      read(() => {
        const terms = { since: since.getTime() }
        return {
          before: Number(before.get(terms)?.n),
          hours: hours.all(terms).map((row) => ({
            hour: toDate(row.hour),
            joins: Number(row.joins),
            leaves: Number(row.leaves),
          })),
        }
      }),

    movementsBetween: (from, until) =>
      read(() => {
        const row = between.get({ from: from.getTime(), until: until.getTime() })
        return { joins: Number(row?.joins), leaves: Number(row?.leaves) }
      }),

    salt: (day) =>
      write(() => {
        forgetSalts.run(day)
        endDays.run(day)
        keepSalt.run(day, randomId())
        return String(salt.get(day)?.salt)
      }),

    addSightings: (told) =>
      write(() => {
        for (const { path, name, subscribers } of told.aggregators) {
          keepAggregator.run(told.day, path, name, subscribers)
        }
        for (const { path, sketch: seen } of told.readers) {
          const known = sketch.get(told.day, path)
          // The day is over, and what it was counted with is gone
          if (known && known.sketch === null) continue
          const all = mergeSketches(known ? (known.sketch as Uint8Array) : emptySketch(), seen)
          keepSketch.run(told.day, path, all, estimate(all))
        }
      }),

    audience: (since) =>
      read(() =>
        toAudienceDays(
          aggregators.all(since).map((row) => ({
            day: String(row.day),
            path: String(row.path),
            name: String(row.name),
            subscribers: Number(row.subscribers),
          })),
          readers.all(since).map((row) => ({
            day: String(row.day),
            path: String(row.path),
            readers: Number(row.readers),
          })),
        ),
      ),
  }
}
