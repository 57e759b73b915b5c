import type { Pace } from '../../model/pace.ts'
import { furthestSlot, type Slots, type SlotsAsked, type Throttle } from '../throttle.ts'
import type { Access } from './access.ts'
import { toOptionalDate } from './rows.ts'

export function sqliteThrottle({ db, read, write }: Access): Throttle {
  const nextOf = db.prepare('SELECT next_at FROM throttle WHERE key = ?')
  const setNext = db.prepare(`
    INSERT INTO throttle (key, next_at) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET next_at = excluded.next_at`)
  const paces = db.prepare('SELECT key, pace FROM throttle WHERE pace IS NOT NULL')
  const paceOf = db.prepare('SELECT pace FROM throttle WHERE key = ?')
  const setPace = db.prepare(`
    INSERT INTO throttle (key, pace) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET pace = excluded.pace`)
  const taken = db.prepare('SELECT taken FROM throttle_days WHERE day = ?')
  const setTaken = db.prepare(`
    INSERT INTO throttle_days (day, taken) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET taken = excluded.taken`)
  const spreadUntil = db.prepare('SELECT spread_until FROM editions WHERE id = ?')
  const spread = db.prepare('UPDATE editions SET spread_until = ? WHERE id = ?')

  const takenOf = (day: string) => Number(taken.get(day)?.taken ?? 0)

  function reserve({ key, perSecond, count }: SlotsAsked, now: number): Slots {
    const step = 1000 / perSecond
    const next = Number(nextOf.get(key)?.next_at ?? 0)
    const from = next > now + furthestSlot(perSecond) ? now : Math.max(next, now)
    setNext.run(key, from + count * step)
    return { key, from, step, count }
  }

  return {
    reserve: (asked, now) => write(() => asked.map((one) => reserve(one, now.getTime()))),

    paces: () =>
      read(() => new Map(paces.all().map(({ key, pace }) => [String(key), toPace(pace)]))),

    change: (key, change) =>
      write(() => {
        const known = paceOf.get(key)?.pace ?? null
        const pace = change(known === null ? undefined : toPace(known))
        if (pace || known !== null) setPace.run(key, pace ? JSON.stringify(pace) : null)
        return pace
      }),

    takeOfDay: (day, { limit, most }) =>
      write(() => {
        const before = takenOf(day)
        const count = Math.max(0, Math.min(most, limit - before))
        if (count > 0) setTaken.run(day, before + count)
        return count
      }),

    giveBackOfDay: (day, count) =>
      write(() => {
        setTaken.run(day, Math.max(0, takenOf(day) - count))
      }),

    takenOfDay: (day) => read(() => takenOf(day)),

    spreadUntil: (edition) => read(() => toOptionalDate(spreadUntil.get(edition)?.spread_until)),

    spread: (edition, until) =>
      write(() => {
        spread.run(until?.getTime() ?? null, edition)
      }),
  }
}

/** We write nothing else into the column. */
function toPace(json: unknown): Pace {
  return JSON.parse(String(json))
}
