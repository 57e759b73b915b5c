import type { DatabaseSync } from 'node:sqlite'
import { addressKey } from '../../mail/address.ts'
import type { Limit } from '../../model/join.ts'
import { randomId } from '../../model/random-id.ts'
import { sortTopics } from '../../model/topic.ts'
import { mailCounters } from '../../subscribers/mailbox.ts'
import type { BeginTerms, JoinState, Joins } from '../joins.ts'
import type { Access } from './access.ts'
import { erasedMarks } from './erased.ts'
import { toDate, toDueJoin } from './rows.ts'
import { secretKeeper } from './secrets.ts'

/** Counts are kept for the longest limit there may be. */
const month = 31 * 86_400_000

export function sqliteJoins({ db, read, write }: Access): Joins {
  const keepText = db.prepare(
    'INSERT INTO consent_texts (hash, language, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const ask = db.prepare(`
    INSERT INTO joins (id, key, address, name, language, topics, origin, text, asked_at, due_at)
    SELECT :id, :key, :address, :name, :language, :topics, :origin, :text, :now, :now
    WHERE (SELECT count(*) FROM joins WHERE due_at IS NOT NULL) < :most`)
  const due = db.prepare('SELECT * FROM joins WHERE due_at <= ? ORDER BY due_at, id LIMIT ?')
  const begin = db.prepare(`
    UPDATE joins SET due_at = NULL, attempts = attempts + 1
    WHERE id = ? AND attempts = ? AND due_at IS NOT NULL`)
  const again = db.prepare('UPDATE joins SET due_at = ? WHERE id = ?')
  const drop = db.prepare('DELETE FROM joins WHERE id = ?')
  const expire = db.prepare('DELETE FROM joins WHERE asked_at < ?')
  const forgetCounts = db.prepare('DELETE FROM join_mails WHERE sent_at < ?')
  const consents = db.prepare(`
    SELECT c.asked_at, c.confirmed_at, c.origin, t.language, t.text
    FROM subscribers s JOIN consents c ON c.subscriber = s.number JOIN consent_texts t ON t.hash = c.text
    WHERE s.key = ? ORDER BY c.confirmed_at, c.id`)
  const counts = mailCounts(db)
  const one = confirmation(db)

  return {
    async keepText({ hash, language, text }) {
      await write(() => keepText.run(hash, language, text))
    },

    ask: ({ id, address, name, language, topics, from, text, askedAt }, most) =>
      write(() => {
        const key = addressKey(address)
        const chosen = topics ? JSON.stringify(sortTopics(topics)) : null
        const now = askedAt.getTime()
        const row = { id, key, address, name, language, topics: chosen, origin: from, text, now }
        return ask.run({ ...row, most }).changes > 0
      }),

    due: (now, most) => read(() => due.all(now.getTime(), most).map(toDueJoin)),

    begin: ({ id, address, attempts }, terms) =>
      write(() => {
        if (begin.run(id, attempts).changes === 0) return 'taken'
        if (attempts > 0 || counts.add(address, terms)) return 'ours'
        drop.run(id)
        return 'refused'
      }),

    async again(id, dueAt) {
      await write(() => again.run(dueAt.getTime(), id))
    },

    async drop(id) {
      await write(() => drop.run(id))
    },

    mailedSince: (since) => read(() => counts.all(since)),

    find: (id) => read(() => one.find(id)),

    confirm: (id, now) => write(() => one.confirm(id, now.getTime())),

    consents: (address) =>
      read(() =>
        consents.all(addressKey(address)).map((row) => ({
          askedAt: toDate(row.asked_at),
          confirmedAt: toDate(row.confirmed_at),
          from: String(row.origin),
          language: String(row.language),
          text: String(row.text),
        })),
      ),

    expire: (before, now) =>
      write(() => {
        forgetCounts.run(now.getTime() - month)
        return Number(expire.run(before.getTime()).changes)
      }),
  }
}

/** Counts messages by mailbox and domain; expects to run inside a transaction. */
export function mailCounts(db: DatabaseSync) {
  const { keep } = secretKeeper(db)
  const count = db.prepare('SELECT count(*) AS n FROM join_mails WHERE counter = ? AND sent_at > ?')
  const add = db.prepare('INSERT INTO join_mails (counter, sent_at) VALUES (?, ?)')
  const since = (which: string, at: number) => Number(count.get(which, at)?.n)

  return {
    all: (at: Date) => since('*', at.getTime()),

    /** @returns false when that would be one too many: nothing is counted then */
    add(address: string, { now, ...limits }: BeginTerms): boolean {
      const { mailbox, domain } = mailCounters(address, keep('mailbox'))
      const at = now.getTime()
      const isFull = (which: string | undefined, terms: readonly Limit[]) =>
        which !== undefined && terms.some(({ within, most }) => since(which, at - within) >= most)
      if (isFull(mailbox, limits.mailbox) || isFull(domain, limits.domain)) return false
      for (const which of [mailbox, domain, '*']) if (which) add.run(which, at)
      return true
    },
  }
}

/** From a request to a consent. */
function confirmation(db: DatabaseSync) {
  const pending = db.prepare('SELECT * FROM joins WHERE id = ? AND due_at IS NULL')
  const agreed = db.prepare(`
    SELECT s.status, s.language FROM consents c JOIN subscribers s ON s.number = c.subscriber WHERE c.id = ?`)
  const drop = db.prepare('DELETE FROM joins WHERE id = ?')
  // Whoever comes back by own will does not leave with the list, and is mailed from now on.
  const put = db.prepare(`
    INSERT INTO subscribers (id, key, address, name, language, topics, status, origin, token, created_at, changed_at, chose_at)
    VALUES (:id, :key, :address, :name, :language, :topics, 'active', 'own', :token, :now, :now, :now)
    ON CONFLICT (key) DO UPDATE SET
      told_at = CASE WHEN excluded.name NOT IN ('', name) OR language IS NOT excluded.language
          OR topics IS NOT coalesce(excluded.topics, topics)
        THEN :now ELSE told_at END,
      name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END,
      language = excluded.language, topics = coalesce(excluded.topics, topics), paused_until = NULL,
      status = 'active', origin = 'own', changed_at = :now, chose_at = :now
    WHERE status <> 'suppressed'
    RETURNING number`)
  const agree = db.prepare(`
    INSERT INTO consents (id, subscriber, origin, text, asked_at, confirmed_at)
    VALUES (:id, :subscriber, :origin, :text, :asked_at, :now)`)

  const erased = erasedMarks(db)

  function find(id: string): { state: JoinState; language?: string } {
    const request = pending.get(id)
    if (request) return { state: 'pending', language: String(request.language) }
    const known = agreed.get(id)
    const language = known && known.language !== null ? { language: String(known.language) } : {}
    return { state: known?.status === 'active' ? 'joined' : 'gone', ...language }
  }

  return {
    find,

    /** Expects to run inside a transaction. */
    confirm(id: string, now: number): { state: JoinState; language?: string } {
      const request = pending.get(id)
      if (!request) return find(id)
      drop.run(id)
      const { key = null, address = null, name = null, language = null, topics = null } = request
      const person = {
        id: randomId(),
        key,
        address,
        name,
        language,
        topics,
        token: randomId(),
        now,
      }
      const subscriber = put.get(person)?.number
      if (subscriber === undefined) return { state: 'gone', language: String(language) }
      erased.forget(String(key))
      const { origin = null, text = null, asked_at = null } = request
      agree.run({ id, subscriber, origin, text, asked_at, now })
      return { state: 'joined', language: String(language) }
    },
  }
}
