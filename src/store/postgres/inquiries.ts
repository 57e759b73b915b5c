import { addressKey } from '../../mail/address.ts'
import { replyParts } from '../../mail/reply-kind.ts'
import { type DeliveryState, deliveryStates } from '../../model/delivery.ts'
import type { DeliveryCounts, Ledger } from '../ledger.ts'
import { type Access, byKeyOnly } from './access.ts'
import { asText, type Row, toAddressed, toDelivery } from './rows.ts'

type Inquiries = Pick<Ledger, 'eachDelivery' | 'domains' | 'replies' | 'history' | 'addressed'>

/** How many deliveries are read at once while they are streamed. */
const page = 1000

const ofEdition = 'edition = (SELECT number FROM tidings.editions WHERE id = $1)'
const delivery = 'd.subscriber, d.state, d.attempts, d.reply, d.due_at, d.changed_at'

const byState = deliveryStates.map(
  (state) => `count(*) FILTER (WHERE d.state = '${state}') AS ${state}`,
)

const domains = `
  SELECT coalesce(substring(s.address from '[^@]*$'), '(erased)') COLLATE "C" AS domain, ${byState}
  FROM tidings.deliveries d LEFT JOIN tidings.subscribers s ON s.number = d.subscriber
  WHERE d.${ofEdition}
  GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT $2`

// Written as `replyKind` does it.
const replies = `
  SELECT state::text COLLATE "C" AS state, count(*) AS n, (head || regexp_replace(
    regexp_replace(substr(reply, length(head) + 1), $4::text, '…', 'g'), $5::text, '…', 'g')) COLLATE "C" AS reply
  FROM (
    SELECT state, reply, coalesce(substring(reply from $3::text), '') AS head FROM tidings.deliveries
    WHERE ${ofEdition} AND reply <> '') AS d
  GROUP BY 1, 3 ORDER BY 2 DESC, 1, 3 LIMIT $2`

const each = `
  SELECT s.id, s.address, d.* FROM (
    SELECT ${delivery} FROM tidings.deliveries d
    WHERE ${ofEdition} AND subscriber > $2 AND state = ANY ($3::tidings.delivery_state[])
    ORDER BY subscriber LIMIT ${page}) AS d
  LEFT JOIN tidings.subscribers s ON s.number = d.subscriber
  ORDER BY d.subscriber`

// Else, while statistics are old, all that is left of an edition is sorted for each page of it.
const inOrder = `${byKeyOnly('LOCAL')}; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off`

// OFFSET 0: one look-up an edition, since no index leads from a subscriber to their deliveries
const history = `
  SELECT e.id AS edition, s.id, s.address, d.*
  FROM tidings.subscribers s CROSS JOIN tidings.editions e
  CROSS JOIN LATERAL (
    SELECT ${delivery} FROM tidings.deliveries d
    WHERE d.edition = e.number AND d.subscriber = s.number OFFSET 0) AS d
  WHERE s.key = $1 ORDER BY e.created_at DESC, e.number DESC`

// Only of a single attempt the ledger knows when it was, whatever has been decided since.
const sentAt = `CASE d.attempts WHEN 0 THEN NULL WHEN 1 THEN d.tried_at ELSE d.changed_at END`
const addressed = `
  SELECT s.*, ${delivery},
    ${sentAt} AS sent_at, s.told_at > ${sentAt} AS is_changed
  FROM tidings.subscribers s JOIN tidings.deliveries d ON d.subscriber = s.number
  WHERE d.${ofEdition} AND s.key = $2`

/** Who got what: questions about single people, and counts made where the rows are. */
export function inquiries({ read, write, once }: Access): Inquiries {
  const ask = async (text: string, values: readonly unknown[]) =>
    (await read((query) => query({ text, values }))).rows

  /** For a few rows by their keys. */
  const look = async (text: string, values: readonly unknown[]) =>
    (await once(() => ({ text, values }))).rows

  return {
    async *eachDelivery(edition, states = deliveryStates) {
      let after = '0'
      for (;;) {
        const values = [asText(edition), after, states]
        const { rows } = await write(async (query) => {
          await query({ text: inOrder })
          return query({ text: each, values })
        })
        for (const row of rows) yield toDelivery(row, edition)
        if (rows.length < page) return
        after = String(rows.at(-1)?.subscriber)
      }
    },

    async domains(edition, most) {
      const rows = await ask(domains, [asText(edition), most])
      return rows.map((row) => ({ domain: String(row.domain), counts: toCounts(row) }))
    },

    async replies(edition, most) {
      const { head, variable, runs } = replyParts
      const rows = await ask(replies, [asText(edition), most, head, variable, runs])
      return rows.map(({ state, reply, n }) => ({
        state: state as DeliveryState,
        reply: String(reply),
        count: Number(n),
      }))
    },

    async history(address) {
      const rows = await look(history, [asText(addressKey(address))])
      return rows.map((row) => toDelivery(row, String(row.edition)))
    },

    async addressed(edition, address) {
      const [row] = await look(addressed, [asText(edition), asText(addressKey(address))])
      return row && toAddressed(row, edition)
    },
  }
}

function toCounts(row: Row): DeliveryCounts {
  return Object.fromEntries(
    deliveryStates.map((state) => [state, Number(row[state])]),
  ) as DeliveryCounts
}
