import type { Pace } from '../../model/pace.ts'
import { furthestSlot, type SlotsAsked, type Throttle } from '../throttle.ts'
import { type Access, byKeyOnly } from './access.ts'
import { asJson, asText, toOptionalDate } from './rows.ts'

/** In the order of keys: those who ask for several at once cannot wait for each other. */
const reserve = `
  WITH asked AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb)
      AS a (key text, count integer, step double precision, furthest double precision)
    ORDER BY key COLLATE "C"
  )
  INSERT INTO tidings.throttle AS t (key, next_at) SELECT key, $2::double precision + count * step FROM asked
  ON CONFLICT (key) DO UPDATE SET next_at = (
    SELECT CASE WHEN t.next_at > $2 + a.furthest THEN $2 ELSE greatest(t.next_at, $2) END + a.count * a.step
    FROM asked a WHERE a.key = t.key)
  RETURNING key, next_at`

export function postgresThrottle({ read, write, once }: Access): Throttle {
  const dayOf = async (day: string) => {
    const { rows } = await once(() => ({
      text: 'SELECT taken FROM tidings.throttle_days WHERE day = $1',
      values: [day],
    }))
    return Number(rows[0]?.taken ?? 0)
  }

  return {
    async reserve(asked, now) {
      const terms = new Map(asked.map((one) => [one.key, termsOf(one)]))
      const values = [asJson([...terms.values()]), now.getTime()]
      // A try that was lost may have been committed: its send times pass unused.
      const { rows } = await once(() => ({ name: 'reserve', text: reserve, values }))
      return rows.flatMap(({ key, next_at: next }) => {
        const { step, count } = terms.get(String(key)) ?? { step: 0, count: 0 }
        return { key: String(key), from: Number(next) - count * step, step, count }
      })
    },

    async paces() {
      const { rows } = await read((query) =>
        query({ text: 'SELECT key, pace FROM tidings.throttle WHERE pace IS NOT NULL' }),
      )
      return new Map(rows.map(({ key, pace }) => [String(key), pace as Pace]))
    },

    change: (key, change) =>
      write(async (query) => {
        await query({ text: byKeyOnly('LOCAL') })
        // The row is there before it is read, so that there is something to lock.
        await query({
          text: 'INSERT INTO tidings.throttle (key) VALUES ($1) ON CONFLICT DO NOTHING',
          values: [asText(key)],
        })
        const { rows } = await query({
          text: 'SELECT pace FROM tidings.throttle WHERE key = $1 FOR NO KEY UPDATE',
          values: [asText(key)],
        })
        const pace = change((rows[0]?.pace ?? undefined) as Pace | undefined)
        await query({
          text: 'UPDATE tidings.throttle SET pace = $2 WHERE key = $1',
          values: [asText(key), pace ? asJson([pace]).slice(1, -1) : null],
        })
        return pace
      }),

    takeOfDay: (day, { limit, most }) =>
      write(async (query) => {
        await query({
          text: 'INSERT INTO tidings.throttle_days (day, taken) VALUES ($1, 0) ON CONFLICT DO NOTHING',
          values: [day],
        })
        const { rows } = await query({
          text: 'SELECT taken FROM tidings.throttle_days WHERE day = $1 FOR NO KEY UPDATE',
          values: [day],
        })
        const count = Math.max(0, Math.min(most, limit - Number(rows[0]?.taken)))
        await query({
          text: 'UPDATE tidings.throttle_days SET taken = taken + $2 WHERE day = $1',
          values: [day, count],
        })
        return count
      }),

    giveBackOfDay: (day, count) =>
      write(async (query) => {
        await query({
          text: 'UPDATE tidings.throttle_days SET taken = greatest(taken - $2, 0) WHERE day = $1',
          values: [day, count],
        })
      }),

    takenOfDay: dayOf,

    async spreadUntil(edition) {
      const { rows } = await read((query) =>
        query({
          text: 'SELECT spread_until FROM tidings.editions WHERE id = $1',
          values: [asText(edition)],
        }),
      )
      return toOptionalDate(rows[0]?.spread_until)
    },

    spread: (edition, until) =>
      write(async (query) => {
        await query({
          text: 'UPDATE tidings.editions SET spread_until = $2 WHERE id = $1',
          values: [asText(edition), until ?? null],
        })
      }),
  }
}

function termsOf({ key, perSecond, count }: SlotsAsked) {
  return { key: asText(key), count, step: 1000 / perSecond, furthest: furthestSlot(perSecond) }
}
