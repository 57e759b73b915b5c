import { addressKey } from '../../mail/address.ts'
import { randomId } from '../../model/random-id.ts'
import type { AddressChanges, ChangeStanding } from '../address-changes.ts'
import type { Access, Query } from './access.ts'
import { forgetErased, markErased } from './erased.ts'
import { countMail } from './joins.ts'
import { asText, type Row, toDate, toDueNotice } from './rows.ts'

// Locked, so that of two requests at once one sees the other
const ask = `
  WITH reader AS (SELECT number FROM tidings.subscribers WHERE id = $2 FOR NO KEY UPDATE)
  INSERT INTO tidings.address_changes (id, subscriber, kind, key, address, asked_at, due_at)
  SELECT $1, r.number, 'confirm', $3, $4, $5, $5 FROM reader r
  WHERE (SELECT count(*) FROM tidings.address_changes
    WHERE subscriber = r.number AND kind = 'confirm') < $6`

const due = `
  SELECT c.*, s.language FROM tidings.address_changes c JOIN tidings.subscribers s ON s.number = c.subscriber
  WHERE c.due_at <= $1 ORDER BY c.due_at, c.id LIMIT $2`

const begin = `
  UPDATE tidings.address_changes SET due_at = NULL, attempts = attempts + 1
  WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL`

const pending = `
  SELECT c.id, s.id AS subscriber, c.address, c.asked_at
  FROM tidings.address_changes c JOIN tidings.subscribers s ON s.number = c.subscriber
  WHERE s.id = $1 AND c.kind = 'confirm' ORDER BY c.asked_at, c.id`

export function postgresAddressChanges({ read, write }: Access): AddressChanges {
  const run = (text: string, values: readonly unknown[]) =>
    write(async (query) => (await query({ text, values })).count)

  return {
    async ask({ id, subscriber, address, askedAt }, most) {
      const row = [id, asText(subscriber), asText(addressKey(address)), asText(address), askedAt]
      return (await run(ask, [...row, most])) > 0
    },

    due: (now, most) =>
      read(async (query) =>
        (await query({ text: due, values: [now, most] })).rows.map(toDueNotice),
      ),

    begin: ({ id, kind, address, attempts }, terms) =>
      write(async (query) => {
        if ((await query({ text: begin, values: [id, attempts] })).count === 0) return 'taken'
        const mayGo = kind === 'told' || attempts > 0 || (await countMail(query, address, terms))
        return mayGo ? 'ours' : 'refused'
      }),

    async again(id, dueAt) {
      await run('UPDATE tidings.address_changes SET due_at = $2 WHERE id = $1', [id, dueAt])
    },

    drop: (id) => write((query) => drop(query, id)),

    find: (id) =>
      read(async (query) => {
        const request = await find(query, id)
        return request ? standing('pending', request) : { state: 'gone' }
      }),

    confirm: (id, now) => write((query) => confirm(query, id, now)),

    pending: (subscriber) =>
      read(async (query) => {
        const { rows } = await query({ text: pending, values: [asText(subscriber)] })
        return rows.map((row) => ({
          id: String(row.id),
          subscriber: String(row.subscriber),
          address: String(row.address),
          askedAt: toDate(row.asked_at),
        }))
      }),

    expire: (before) => run('DELETE FROM tidings.address_changes WHERE asked_at < $1', [before]),
  }
}

async function drop(query: Query, id: string): Promise<void> {
  await query({ text: 'DELETE FROM tidings.address_changes WHERE id = $1', values: [asText(id)] })
}

async function find(query: Query, id: string, lock = ''): Promise<Row | undefined> {
  const { rows } = await query({
    text: `
      SELECT c.subscriber AS number, c.key AS new_key, c.address AS new_address, s.key, s.address, s.language
      FROM tidings.address_changes c JOIN tidings.subscribers s ON s.number = c.subscriber
      WHERE c.id = $1 AND c.kind = 'confirm' AND c.due_at IS NULL AND s.status IN ('active', 'unlisted') ${lock}`,
    values: [asText(id)],
  })
  return rows[0]
}

/** Expects to run inside a transaction. */
async function confirm(query: Query, id: string, now: Date): Promise<ChangeStanding> {
  // Locked: the second of two buttons waits, and finds what the first has made of it
  const request = await find(query, id, 'FOR UPDATE')
  if (!request) return { state: 'gone' }
  const { number, key, address, new_key: newKey, new_address: newAddress } = request
  await query({
    text: `DELETE FROM tidings.address_changes WHERE subscriber = $1 AND kind = 'confirm'`,
    values: [number],
  })
  const { rows } = await query({
    text: 'SELECT number, status FROM tidings.subscribers WHERE key = $1 FOR NO KEY UPDATE',
    values: [newKey],
  })
  const [other] = rows
  if (other?.status === 'suppressed') return standing('gone', request)
  if (other && other.number !== number) {
    await query({
      text: `
        UPDATE tidings.subscribers SET changed_at = $3,
          status = CASE number WHEN $1 THEN 'unsubscribed' ELSE 'active' END::tidings.subscriber_status,
          origin = CASE number WHEN $1 THEN origin ELSE 'own' END
        WHERE number = $1 OR number = $2 AND status <> 'active'`,
      values: [number, other.number, now],
    })
  } else {
    await query({
      text: `
        UPDATE tidings.subscribers SET key = $2, address = $3, origin = 'own', status = 'active',
          told_at = $4, changed_at = $4
        WHERE number = $1`,
      values: [number, newKey, newAddress, now],
    })
    await forgetErased(query, String(newKey))
    if (newKey !== key) await markErased(query, String(key))
  }
  if (newKey !== key) {
    await query({
      text: `
        INSERT INTO tidings.address_changes (id, subscriber, kind, key, address, asked_at, due_at)
        VALUES ($1, $2, 'told', $3, $4, $5, $5)`,
      values: [randomId(), number, key, address, now],
    })
  }
  return standing('changed', request)
}

function standing(state: ChangeStanding['state'], { language }: Row): ChangeStanding {
  return { state, ...(language !== null && { language: String(language) }) }
}
