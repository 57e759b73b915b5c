import { addressKey } from '../../mail/address.ts'
import { replyKind } from '../../mail/reply-kind.ts'
import { type DeliveryState, deliveryStates } from '../../model/delivery.ts'
import type { DeliveryCounts, Ledger, ReplyCount } from '../ledger.ts'
import type { Access } from './access.ts'
import { type Row, toAddressed, toDelivery } from './rows.ts'

type Inquiries = Pick<Ledger, 'eachDelivery' | 'domains' | 'replies' | 'history' | 'addressed'>

/** How many deliveries are read at once while they are streamed. */
const page = 1000
/** How many kinds of reply are counted at once. */
const mostKinds = 20_000

const delivery = 'd.subscriber AS number, d.state, d.attempts, d.reply, d.due_at, d.changed_at'

// What follows the last @, in SQL: a function of ours would be called a million times, and
// nothing that it is handed is freed before the statement ends.
const domain = `substr(s.address, length(rtrim(s.address, replace(s.address, '@', ''))) + 1)`

/** Who got what: questions about single people, and counts made where the rows are. */
export function inquiries({ db, read }: Access): Inquiries {
  const byState = deliveryStates.map(
    (state) => `count(*) FILTER (WHERE d.state = '${state}') AS ${state}`,
  )
  const domains = db.prepare(`
    SELECT coalesce(${domain}, '(erased)') AS domain, ${byState}
    FROM deliveries d LEFT JOIN subscribers s ON s.number = d.subscriber
    WHERE d.edition = (SELECT number FROM editions WHERE id = ?)
    GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?`)
  const replies = db.prepare(`
    SELECT subscriber AS number, state, reply FROM deliveries
    WHERE edition = (SELECT number FROM editions WHERE id = ?) AND subscriber > ?
    ORDER BY subscriber LIMIT ${page}`)
  // +state: in the order of the primary key, so that a page need not be sorted
  const each = db.prepare(`
    SELECT s.id, s.address, ${delivery}
    FROM deliveries d LEFT JOIN subscribers s ON s.number = d.subscriber
    WHERE d.edition = (SELECT number FROM editions WHERE id = ?) AND d.subscriber > ?
      AND +d.state IN (SELECT value FROM json_each(?))
    ORDER BY d.subscriber LIMIT ${page}`)
  // CROSS JOIN: one look-up an edition, since no index leads from a subscriber to their deliveries
  const history = db.prepare(`
    SELECT e.id AS edition, s.id, s.address, ${delivery}
    FROM subscribers s CROSS JOIN editions e
    CROSS JOIN deliveries d ON d.edition = e.number AND d.subscriber = s.number
    WHERE s.key = ? ORDER BY e.created_at DESC, e.number DESC`)
  // Only of a single attempt the ledger knows when it was, whatever has been decided since.
  const sentAt = `
    CASE d.attempts WHEN 0 THEN NULL WHEN 1 THEN d.tried_at ELSE d.changed_at END`
  const addressed = db.prepare(`
    SELECT s.*, ${delivery},
      ${sentAt} AS sent_at, s.told_at > ${sentAt} AS is_changed
    FROM subscribers s JOIN deliveries d ON d.subscriber = s.number
    WHERE d.edition = (SELECT number FROM editions WHERE id = ?) AND s.key = ?`)

  return {
    async *eachDelivery(edition, states: readonly DeliveryState[] = deliveryStates) {
      const wanted = JSON.stringify(states)
      let after = 0
      for (;;) {
        const rows: Row[] = await read(() => each.all(edition, after, wanted))
        for (const row of rows) yield toDelivery(row, edition)
        if (rows.length < page) return
        after = Number(rows.at(-1)?.number)
      }
    },

    domains: (edition, most) =>
      read(() =>
        domains
          .all(edition, most)
          .map((row) => ({ domain: String(row.domain), counts: toCounts(row) })),
      ),

    async replies(edition, most) {
      const kinds = replyKinds()
      let after = 0
      for (;;) {
        const rows = await read(() => replies.all(edition, after))
        for (const { state, reply } of rows) kinds.add(state as DeliveryState, String(reply))
        if (rows.length < page) return kinds.mostFrequent(most)
        after = Number(rows.at(-1)?.number)
      }
    },

    history: (address) =>
      read(() =>
        history.all(addressKey(address)).map((row) => toDelivery(row, String(row.edition))),
      ),

    addressed: (edition, address) =>
      read(() => {
        const row = addressed.get(edition, addressKey(address))
        return row && toAddressed(row, edition)
      }),
  }
}

/** Counts replies by state and kind. */
function replyKinds() {
  const counts = new Map<string, ReplyCount>()
  const sorted = () =>
    [...counts.entries()].sort(
      ([one, a], [two, b]) => b.count - a.count || (one < two ? -1 : Number(one > two)),
    )

  return {
    add(state: DeliveryState, text: string): void {
      if (text === '') return
      const reply = replyKind(text)
      const key = `${state} ${reply}`
      counts.set(key, { state, reply, count: (counts.get(key)?.count ?? 0) + 1 })
      // A relay that says something else each time must not fill the memory.
      if (counts.size <= mostKinds) return
      for (const [rare] of sorted().slice(mostKinds / 2)) counts.delete(rare)
    },

    mostFrequent: (most: number) =>
      sorted()
        .slice(0, most)
        .map(([, one]) => one),
  }
}

function toCounts(row: Row): DeliveryCounts {
  return Object.fromEntries(
    deliveryStates.map((state) => [state, Number(row[state])]),
  ) as DeliveryCounts
}
