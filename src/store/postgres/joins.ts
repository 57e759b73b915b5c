import { addressKey } from '../../mail/address.ts'
import type { Limit } from '../../model/join.ts'
import { randomId } from '../../model/random-id.ts'
import { sortTopics } from '../../model/topic.ts'
import { mailCounters } from '../../subscribers/mailbox.ts'
import type { BeginTerms, JoinState, Joins } from '../joins.ts'
import type { Access, Query } from './access.ts'
import { forgetErased } from './erased.ts'
import { asText, toDate, toDueJoin } from './rows.ts'
import { keepSecret } from './secrets.ts'

/** Counts are kept for the longest limit there may be. */
const month = 31 * 86_400_000

/** "tdnj": messages are counted one after the other, so that two processes cannot both send the last one. */
const lock = 0x74646e6a

const ask = `
  INSERT INTO tidings.joins (id, key, address, name, language, topics, origin, text, asked_at, due_at)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $9
  WHERE (SELECT count(*) FROM tidings.joins WHERE due_at IS NOT NULL) < $10`

const begin = `
  UPDATE tidings.joins SET due_at = NULL, attempts = attempts + 1
  WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL`

const consents = `
  SELECT c.asked_at, c.confirmed_at, c.origin, t.language, t.text
  FROM tidings.subscribers s JOIN tidings.consents c ON c.subscriber = s.number
    JOIN tidings.consent_texts t ON t.hash = c.text
  WHERE s.key = $1 ORDER BY c.confirmed_at, c.id`

// Whoever comes back by own will does not leave with the list, and is mailed from now on.
const put = `
  INSERT INTO tidings.subscribers AS s
    (id, key, address, name, language, topics, status, origin, token, created_at, changed_at, chose_at)
  VALUES ($1, $2, $3, $4, $5, $8, 'active', 'own', $6, $7, $7, $7)
  ON CONFLICT (key) DO UPDATE SET
    told_at = CASE WHEN excluded.name NOT IN ('', s.name) OR s.language IS DISTINCT FROM excluded.language
        OR s.topics IS DISTINCT FROM coalesce(excluded.topics, s.topics)
      THEN $7 ELSE s.told_at END,
    name = CASE excluded.name WHEN '' THEN s.name ELSE excluded.name END,
    language = excluded.language, topics = coalesce(excluded.topics, s.topics), paused_until = NULL,
    status = 'active', origin = 'own', changed_at = $7, chose_at = $7
  WHERE s.status <> 'suppressed'
  RETURNING number`

export function postgresJoins({ read, write }: Access): Joins {
  const run = (text: string, values: readonly unknown[]) =>
    write(async (query) => (await query({ text, values })).count)

  return {
    async keepText({ hash, language, text }) {
      const sql =
        'INSERT INTO tidings.consent_texts (hash, language, text) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING'
      await run(sql, [hash, language, asText(text)])
    },

    async ask({ id, address, name, language, topics, from, text, askedAt }, most) {
      const key = asText(addressKey(address))
      const row = [
        id,
        key,
        asText(address),
        asText(name),
        language,
        topics ? sortTopics(topics) : null,
        asText(from),
      ]
      return (await run(ask, [...row, text, askedAt, most])) > 0
    },

    due: (now, most) =>
      read(async (query) => {
        const text = 'SELECT * FROM tidings.joins WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2'
        return (await query({ text, values: [now, most] })).rows.map(toDueJoin)
      }),

    begin: ({ id, address, attempts }, terms) =>
      write(async (query) => {
        if ((await query({ text: begin, values: [id, attempts] })).count === 0) return 'taken'
        if (attempts > 0 || (await countMail(query, address, terms))) return 'ours'
        await drop(query, id)
        return 'refused'
      }),

    async again(id, dueAt) {
      await run('UPDATE tidings.joins SET due_at = $2 WHERE id = $1', [id, dueAt])
    },

    drop: (id) => write((query) => drop(query, id)),

    mailedSince: (since) => read((query) => countSince(query, '*', since)),

    find: (id) => read((query) => find(query, id)),

    confirm: (id, now) => write((query) => confirm(query, id, now)),

    consents: (address) =>
      read(async (query) => {
        const { rows } = await query({ text: consents, values: [asText(addressKey(address))] })
        return rows.map((row) => ({
          askedAt: toDate(row.asked_at),
          confirmedAt: toDate(row.confirmed_at),
          from: String(row.origin),
          language: String(row.language),
          text: String(row.text),
        }))
      }),

    expire: (before, now) =>
      write(async (query) => {
        const old = new Date(now.getTime() - month)
        await query({ text: 'DELETE FROM tidings.join_mails WHERE sent_at < $1', values: [old] })
        const text = 'DELETE FROM tidings.joins WHERE asked_at < $1'
        return (await query({ text, values: [before] })).count
      }),
  }
}

async function drop(query: Query, id: string): Promise<void> {
  await query({ text: 'DELETE FROM tidings.joins WHERE id = $1', values: [asText(id)] })
}

/** @returns false when that would be one too many: nothing is counted then */
export async function countMail(
  query: Query,
  address: string,
  { now, ...limits }: BeginTerms,
): Promise<boolean> {
  await query({ text: `SELECT pg_advisory_xact_lock(${lock})` })
  const { mailbox, domain } = mailCounters(address, await keepSecret(query, 'mailbox'))
  if (await isFull(query, mailbox, limits.mailbox, now)) return false
  if (domain !== undefined && (await isFull(query, domain, limits.domain, now))) return false
  const counters = domain === undefined ? [mailbox, '*'] : [mailbox, domain, '*']
  await query({
    text: 'INSERT INTO tidings.join_mails (counter, sent_at) SELECT unnest($1::text[]), $2',
    values: [counters, now],
  })
  return true
}

async function isFull(
  query: Query,
  counter: string,
  limits: readonly Limit[],
  now: Date,
): Promise<boolean> {
  for (const { within, most } of limits) {
    const since = new Date(now.getTime() - within)
    if ((await countSince(query, counter, since)) >= most) return true
  }
  return false
}

async function countSince(query: Query, counter: string, since: Date): Promise<number> {
  const { rows } = await query({
    text: 'SELECT count(*) AS n FROM tidings.join_mails WHERE counter = $1 AND sent_at > $2',
    values: [counter, since],
  })
  return Number(rows[0]?.n)
}

interface Standing {
  readonly state: JoinState
  readonly language?: string
}

const pending = 'SELECT * FROM tidings.joins WHERE id = $1 AND due_at IS NULL'

async function find(query: Query, id: string): Promise<Standing> {
  const values = [asText(id)]
  const [request] = (await query({ text: pending, values })).rows
  if (request) return { state: 'pending', language: String(request.language) }
  const { rows } = await query({
    text: `
      SELECT s.status, s.language FROM tidings.consents c
        JOIN tidings.subscribers s ON s.number = c.subscriber
      WHERE c.id = $1`,
    values,
  })
  const [known] = rows
  return {
    state: known?.status === 'active' ? 'joined' : 'gone',
    ...(known && known.language !== null && { language: String(known.language) }),
  }
}

/** Expects to run inside a transaction. */
async function confirm(query: Query, id: string, now: Date): Promise<Standing> {
  // Locked: the second of two buttons waits, and finds what the first has made of it
  const { rows } = await query({ text: `${pending} FOR UPDATE`, values: [asText(id)] })
  const [request] = rows
  if (!request) return find(query, id)
  await drop(query, id)
  const { key, address, name, language, topics, origin, text, asked_at: askedAt } = request
  const person = [randomId(), key, address, name, language, randomId(), now, topics]
  const subscriber = (await query({ text: put, values: person })).rows[0]?.number
  if (subscriber === undefined) return { state: 'gone', language: String(language) }
  await forgetErased(query, String(key))
  await query({
    text: `
      INSERT INTO tidings.consents (id, subscriber, origin, text, asked_at, confirmed_at)
      VALUES ($1, $2, $3, $4, $5, $6)`,
    values: [id, subscriber, origin, text, askedAt, now],
  })
  return { state: 'joined', language: String(language) }
}
