import { addressKey } from '../../mail/address.ts'
import { type SubscriberStatus, subscriberStatuses } from '../../model/subscriber.ts'
import { sortTopics } from '../../model/topic.ts'
import type { Subscribers } from '../subscribers.ts'
import type { Access, Query, Statement } from './access.ts'
import { addAll } from './add.ts'
import { erase } from './erase.ts'
import { forgetErased } from './erased.ts'
import { asText, toSubscriber, toTopics } from './rows.ts'

/** How many are read at once while the list is streamed. */
const page = 1000

const find = 'SELECT * FROM tidings.subscribers WHERE key = $1'
const findByToken = 'SELECT * FROM tidings.subscribers WHERE token = $1'

// Whoever comes back by own will does not leave with the list.
const setStatus = `
  UPDATE tidings.subscribers SET status = $2::tidings.subscriber_status, changed_at = $3, reason = coalesce($4, reason),
    origin = CASE WHEN $2::tidings.subscriber_status = 'active' AND status <> 'active' THEN 'own' ELSE origin END
  WHERE key = $1`

const choose = `
  UPDATE tidings.subscribers SET
    told_at = CASE WHEN (name, language, topics) IS DISTINCT FROM ($2, $3, $4::text[]) THEN $6 ELSE told_at END,
    name = $2, language = $3, topics = $4::text[], paused_until = $5, chose_at = $6, changed_at = $6
  WHERE id = $1`

const list = 'SELECT * FROM tidings.subscribers WHERE key > $1 ORDER BY key LIMIT $2'
const listStatus = `
  SELECT * FROM tidings.subscribers WHERE status = $3 AND key > $1 ORDER BY key LIMIT $2`

const audiences = `
  SELECT language, topics, count(*) AS n FROM tidings.subscribers
  WHERE status = 'active' AND (paused_until IS NULL OR paused_until <= $1) GROUP BY language, topics`

const fieldNames = `
  SELECT DISTINCT f.field COLLATE "C" AS field
  FROM tidings.subscribers s, jsonb_object_keys(s.fields) AS f (field) ORDER BY 1`

const count = 'SELECT status, count(*) AS n FROM tidings.subscribers GROUP BY status'

const unlist = `
  UPDATE tidings.subscribers s SET status = 'unlisted', changed_at = $1
  WHERE origin = 'list' AND status = 'active'
    AND NOT EXISTS (SELECT FROM unnest($2::text[]) AS kept (key) WHERE kept.key = s.key)`

export function postgresSubscribers({ read, write }: Access): Subscribers {
  const ask = (statement: Statement) => read((query) => query(statement))

  async function findOne(text: string, value: string) {
    const { rows } = await ask({ text, values: [asText(value)] })
    return rows[0] && toSubscriber(rows[0])
  }

  return {
    add: (people, now) => write((query) => addAll(query, people, 'own', now)),

    syncList: (people, now, { unlist: takesOff = true } = {}) =>
      write(async (query) => {
        const outcomes = await addAll(query, people, 'list', now)
        if (!takesOff) return { outcomes, unlisted: 0 }
        const keys = people.map(({ address }) => asText(addressKey(address)))
        const { count: unlisted } = await query({ text: unlist, values: [now, keys] })
        return { outcomes, unlisted }
      }),

    setStatus: (address, status, now, reason) =>
      write(async (query: Query) => {
        const told = reason === undefined ? null : asText(reason)
        const values = [asText(addressKey(address)), status, now, told]
        return (await query({ text: setStatus, values })).count > 0
      }),

    choose: (id, { name, language, topics, pausedUntil }, now) =>
      write(async (query) => {
        const chosen = topics ? sortTopics(topics) : null
        const values = [
          asText(id),
          asText(name),
          language ?? null,
          chosen,
          pausedUntil ?? null,
          now,
        ]
        return (await query({ text: choose, values })).count > 0
      }),

    readmit: (address) => write((query) => forgetErased(query, asText(addressKey(address)))),

    find: (address) => findOne(find, addressKey(address)),

    findByToken: (token) => findOne(findByToken, token),

    async *list(status) {
      let after = ''
      for (;;) {
        const { rows } = await ask(
          status
            ? { text: listStatus, values: [after, page, status] }
            : { text: list, values: [after, page] },
        )
        for (const row of rows) yield toSubscriber(row)
        if (rows.length < page) return
        after = String(rows.at(-1)?.key)
      }
    },

    async audiences(now) {
      const { rows } = await ask({ text: audiences, values: [now] })
      return rows.map((row) => ({
        ...(row.language === null ? {} : { language: String(row.language) }),
        ...toTopics(row),
        count: Number(row.n),
      }))
    },

    fieldNames: async () => (await ask({ text: fieldNames })).rows.map((row) => String(row.field)),

    async counts() {
      const counts = Object.fromEntries(subscriberStatuses.map((status) => [status, 0]))
      for (const { status, n } of (await ask({ text: count })).rows)
        counts[String(status)] = Number(n)
      return counts as Record<SubscriberStatus, number>
    },

    erase: (address, now) => write((query) => erase(query, asText(addressKey(address)), now)),
  }
}
