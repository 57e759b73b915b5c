import type { DatabaseSync } from 'node:sqlite'
import { addressKey } from '../../mail/address.ts'
import { randomId } from '../../model/random-id.ts'
import type { AddressChanges, ChangeStanding } from '../address-changes.ts'
import type { Access } from './access.ts'
import { erasedMarks } from './erased.ts'
import { mailCounts } from './joins.ts'
import { type Row, toDate, toDueNotice } from './rows.ts'

export function sqliteAddressChanges({ db, read, write }: Access): AddressChanges {
  const ask = db.prepare(`
    INSERT INTO address_changes (id, subscriber, kind, key, address, asked_at, due_at)
    SELECT :id, s.number, 'confirm', :key, :address, :now, :now FROM subscribers s
    WHERE s.id = :subscriber
      AND (SELECT count(*) FROM address_changes WHERE subscriber = s.number AND kind = 'confirm') < :most`)
  const due = db.prepare(`
    SELECT c.*, s.language FROM address_changes c JOIN subscribers s ON s.number = c.subscriber
    WHERE c.due_at <= ? ORDER BY c.due_at, c.id LIMIT ?`)
  const begin = db.prepare(`
    UPDATE address_changes SET due_at = NULL, attempts = attempts + 1
    WHERE id = ? AND attempts = ? AND due_at IS NOT NULL`)
  const again = db.prepare('UPDATE address_changes SET due_at = ? WHERE id = ?')
  const drop = db.prepare('DELETE FROM address_changes WHERE id = ?')
  const pending = db.prepare(`
    SELECT c.id, s.id AS subscriber, c.address, c.asked_at
    FROM address_changes c JOIN subscribers s ON s.number = c.subscriber
    WHERE s.id = ? AND c.kind = 'confirm' ORDER BY c.asked_at, c.id`)
  const expire = db.prepare('DELETE FROM address_changes WHERE asked_at < ?')
  const counts = mailCounts(db)
  const one = confirmation(db)

  return {
    ask: ({ id, subscriber, address, askedAt }, most) =>
      write(() => {
        const row = { id, subscriber, key: addressKey(address), address, now: askedAt.getTime() }
        return ask.run({ ...row, most }).changes > 0
      }),

    due: (now, most) => read(() => due.all(now.getTime(), most).map(toDueNotice)),

    begin: ({ id, kind, address, attempts }, terms) =>
      write(() => {
        if (begin.run(id, attempts).changes === 0) return 'taken'
        const mayGo = kind === 'told' || attempts > 0 || counts.add(address, terms)
        return mayGo ? 'ours' : 'refused'
      }),

    async again(id, dueAt) {
      await write(() => again.run(dueAt.getTime(), id))
    },

    async drop(id) {
      await write(() => drop.run(id))
    },

    find: (id) => read(() => one.find(id)),

    confirm: (id, now) => write(() => one.confirm(id, now.getTime())),

    pending: (subscriber) =>
      read(() =>
        pending.all(subscriber).map((row) => ({
          id: String(row.id),
          subscriber: String(row.subscriber),
          address: String(row.address),
          askedAt: toDate(row.asked_at),
        })),
      ),

    expire: (before) => write(() => Number(expire.run(before.getTime()).changes)),
  }
}

/** From a request to a new address. */
function confirmation(db: DatabaseSync) {
  const pending = db.prepare(`
    SELECT c.subscriber AS number, c.key AS new_key, c.address AS new_address, s.key, s.address, s.language
    FROM address_changes c JOIN subscribers s ON s.number = c.subscriber
    WHERE c.id = ? AND c.kind = 'confirm' AND c.due_at IS NULL AND s.status IN ('active', 'unlisted')`)
  const settle = db.prepare("DELETE FROM address_changes WHERE subscriber = ? AND kind = 'confirm'")
  const holder = db.prepare('SELECT number, status FROM subscribers WHERE key = ?')
  const move = db.prepare(`
    UPDATE subscribers SET key = :key, address = :address, origin = 'own', status = 'active',
      told_at = :now, changed_at = :now
    WHERE number = :number`)
  const leave = db.prepare(
    "UPDATE subscribers SET status = 'unsubscribed', changed_at = :now WHERE number = :number",
  )
  const comeBack = db.prepare(`
    UPDATE subscribers SET status = 'active', origin = 'own', changed_at = :now
    WHERE number = :number AND status <> 'active'`)
  const tell = db.prepare(`
    INSERT INTO address_changes (id, subscriber, kind, key, address, asked_at, due_at)
    VALUES (:id, :number, 'told', :key, :address, :now, :now)`)
  const erased = erasedMarks(db)

  const standing = (state: ChangeStanding['state'], { language }: Row): ChangeStanding => ({
    state,
    ...(language !== null && language !== undefined && { language: String(language) }),
  })

  return {
    find(id: string): ChangeStanding {
      const request = pending.get(id)
      return request ? standing('pending', request) : { state: 'gone' }
    },

    /** Expects to run inside a transaction. */
    confirm(id: string, now: number): ChangeStanding {
      const request = pending.get(id)
      if (!request) return { state: 'gone' }
      const { number = null, new_key: newKey = null, new_address: address = null } = request
      settle.run(number)
      const other = holder.get(newKey)
      if (other?.status === 'suppressed') return standing('gone', request)
      if (other && other.number !== number) {
        leave.run({ number, now })
        comeBack.run({ number: other.number ?? null, now })
      } else {
        move.run({ number, key: newKey, address, now })
        erased.forget(String(newKey))
        if (newKey !== request.key) erased.add(String(request.key))
      }
      if (newKey !== request.key) {
        const old = { key: request.key ?? null, address: request.address ?? null }
        tell.run({ id: randomId(), number, ...old, now })
      }
      return standing('changed', request)
    },
  }
}
