import { randomId } from '../../model/random-id.ts'
import { emptySketch, estimate, mergeSketches } from '../../statistics/sketch.ts'
import { toAudienceDays } from '../audience-days.ts'
import type { Sightings, Statistics } from '../statistics.ts'
import type { Access, Query } from './access.ts'
import { asJson, asText } from './rows.ts'

/** Those of whom it is known when they joined, and those who left. */
const counted = "(status = 'active' OR left_at IS NOT NULL)"

const before = `
  SELECT (SELECT count(*) FROM tidings.subscribers WHERE created_at < $1 AND ${counted})
    - (SELECT count(*) FROM tidings.subscribers WHERE left_at < $1)
    + (SELECT coalesce(sum(joins - leaves), 0) FROM tidings.list_past WHERE hour < $1) AS n`

const hours = `
  SELECT hour, sum(joins) AS joins, sum(leaves) AS leaves FROM (
    SELECT date_trunc('hour', created_at, 'UTC') AS hour, 1 AS joins, 0 AS leaves FROM tidings.subscribers
      WHERE created_at >= $1 AND ${counted}
    UNION ALL
    SELECT date_trunc('hour', left_at, 'UTC'), 0, 1 FROM tidings.subscribers WHERE left_at >= $1
    UNION ALL
    SELECT hour, joins, leaves FROM tidings.list_past WHERE hour >= $1
  ) AS m GROUP BY hour ORDER BY hour`

const between = `
  SELECT (SELECT count(*) FROM tidings.subscribers WHERE created_at > $1 AND created_at <= $2 AND ${counted})
    + coalesce(sum(joins), 0) AS joins,
    (SELECT count(*) FROM tidings.subscribers WHERE left_at > $1 AND left_at <= $2)
    + coalesce(sum(leaves), 0) AS leaves
  FROM tidings.list_past WHERE hour > $1 AND hour <= $2`

const keepAggregators = `
  INSERT INTO tidings.audience_aggregators (day, path, name, subscribers)
  SELECT $1, path, name, subscribers
  FROM jsonb_to_recordset($2::jsonb) AS a (path text, name text, subscribers integer)
  ON CONFLICT (day, path, name) DO UPDATE SET subscribers = excluded.subscribers`

export function postgresStatistics({ read, write }: Access): Statistics {
  async function merge(query: Query, day: string, told: Sightings['readers'][number]) {
    const path = asText(told.path)
    await query({
      text: `INSERT INTO tidings.audience_readers (day, path, sketch, readers) VALUES ($1, $2, $3, 0)
        ON CONFLICT DO NOTHING`,
      values: [day, path, Buffer.from(emptySketch())],
    })
    const { rows } = await query({
      text: 'SELECT sketch FROM tidings.audience_readers WHERE day = $1 AND path = $2 FOR UPDATE',
      values: [day, path],
    })
    const known = rows[0]?.sketch
    // The day is over, and what it was counted with is gone
    if (!(known instanceof Uint8Array)) return
    const all = mergeSketches(new Uint8Array(known), told.sketch)
    await query({
      text: 'UPDATE tidings.audience_readers SET sketch = $3, readers = $4 WHERE day = $1 AND path = $2',
      values: [day, path, Buffer.from(all), estimate(all)],
    })
  }

  return {
    movements: (since) =>
      read(async (query) => {
        const [{ rows: sum }, { rows }] = [
          await query({ text: before, values: [since] }),
          await query({ text: hours, values: [since] }),
        ]
        return {
          before: Number(sum[0]?.n),
          hours: rows.map((row) => ({
            hour: row.hour as Date,
            joins: Number(row.joins),
            leaves: Number(row.leaves),
          })),
        }
      }),

    movementsBetween: (from, until) =>
      read(async (query) => {
        const { rows } = await query({ text: between, values: [from, until] })
        return { joins: Number(rows[0]?.joins), leaves: Number(rows[0]?.leaves) }
      }),

    salt: (day) =>
      write(async (query) => {
        await query({ text: 'DELETE FROM tidings.audience_salt WHERE day < $1', values: [day] })
        await query({
          text: 'UPDATE tidings.audience_readers SET sketch = NULL WHERE day < $1 AND sketch IS NOT NULL',
          values: [day],
        })
        await query({
          text: 'INSERT INTO tidings.audience_salt (day, salt) VALUES ($1, $2) ON CONFLICT DO NOTHING',
          values: [day, randomId()],
        })
        const { rows } = await query({
          text: 'SELECT salt FROM tidings.audience_salt WHERE day = $1',
          values: [day],
        })
        return String(rows[0]?.salt)
      }),

    addSightings: (told) =>
      write(async (query) => {
        // In one order, whoever else writes them
        const byName = told.aggregators.toSorted((a, b) =>
          `${a.path} ${a.name}` < `${b.path} ${b.name}` ? -1 : 1,
        )
        if (byName.length > 0) {
          await query({ text: keepAggregators, values: [told.day, asJson(byName)] })
        }
        for (const one of told.readers.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
          await merge(query, told.day, one)
        }
      }),

    audience: (since) =>
      read(async (query) => {
        const aggregators = await query({
          text: 'SELECT * FROM tidings.audience_aggregators WHERE day >= $1 ORDER BY day, name, path',
          values: [since],
        })
        const readers = await query({
          text: 'SELECT day, path, readers FROM tidings.audience_readers WHERE day >= $1 ORDER BY day, path',
          values: [since],
        })
        return toAudienceDays(
          aggregators.rows.map((row) => ({
            day: String(row.day),
            path: String(row.path),
            name: String(row.name),
            subscribers: Number(row.subscribers),
          })),
          readers.rows.map((row) => ({
            day: String(row.day),
            path: String(row.path),
            readers: Number(row.readers),
          })),
        )
      }),
  }
}
