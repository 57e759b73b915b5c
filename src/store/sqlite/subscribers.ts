import { addressKey, keyedAddress } from '../../mail/address.ts'
import { Fault } from '../../model/fault.ts'
import {
  learnFields,
  type NewSubscriber,
  type SubscriberFields,
  type SubscriberStatus,
  subscriberStatuses,
} from '../../model/subscriber.ts'
import { sameTopics, sortTopics } from '../../model/topic.ts'
import { nextStatus } from '../../subscribers/next-status.ts'
import { type Identifiers, identifiers } from '../identifiers.ts'
import type { AddOutcome, Subscribers } from '../subscribers.ts'
import type { Access } from './access.ts'
import { erase } from './erase.ts'
import { erasedMarks } from './erased.ts'
import { type Row, toSubscriber, toTopics } from './rows.ts'

/** How many are read at once while the list is streamed. */
const page = 1000

/** With so many at once, SQLite gets room (64 MB) to write each page once a commit, not once a row. */
const many = 1000
const roomForMany = 'PRAGMA cache_size = -65536'

const none: SubscriberFields = {}

type Origin = 'own' | 'list'

export function sqliteSubscribers({ db, read, write }: Access): Subscribers {
  const byKey = db.prepare('SELECT * FROM subscribers WHERE key = ?')
  const byToken = db.prepare('SELECT * FROM subscribers WHERE token = ?')
  const insert = db.prepare(`
    INSERT INTO subscribers (id, key, address, name, fields, language, topics, status, reason, origin, token, created_at, left_at, changed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO NOTHING`)
  const update = db.prepare(`
    UPDATE subscribers SET
      told_at = CASE WHEN name <> :name OR fields <> :fields OR language IS NOT :language OR topics IS NOT :topics
        THEN :now ELSE told_at END,
      name = :name, fields = :fields, language = :language, topics = :topics, status = :status, origin = :origin,
      reason = :reason, created_at = min(created_at, :joinedAt), left_at = :leftAt, changed_at = :now
    WHERE number = :number`)
  // Whoever comes back by own will does not leave with the list.
  const setStatus = db.prepare(`
    UPDATE subscribers SET status = :status, changed_at = :now, reason = coalesce(:reason, reason),
      origin = CASE WHEN :status = 'active' AND status <> 'active' THEN 'own' ELSE origin END
    WHERE key = :key`)
  const list = db.prepare('SELECT * FROM subscribers WHERE key > ? ORDER BY key LIMIT ?')
  const listStatus = db.prepare(
    'SELECT * FROM subscribers WHERE status = ? AND key > ? ORDER BY key LIMIT ?',
  )
  const audiences = db.prepare(`
    SELECT language, topics, count(*) AS n FROM subscribers
    WHERE status = 'active' AND (paused_until IS NULL OR paused_until <= ?) GROUP BY language, topics`)
  const fieldNames = db.prepare(
    'SELECT DISTINCT f.key FROM subscribers s, json_each(s.fields) f ORDER BY f.key',
  )
  const count = db.prepare('SELECT status, count(*) AS n FROM subscribers GROUP BY status')
  const unlist = db.prepare(`
    UPDATE subscribers SET status = 'unlisted', changed_at = ?
    WHERE origin = 'list' AND status = 'active' AND key NOT IN (SELECT value FROM json_each(?))`)
  const choose = db.prepare(`
    UPDATE subscribers SET
      told_at = CASE WHEN name <> :name OR language IS NOT :language OR topics IS NOT :topics
        THEN :now ELSE told_at END,
      name = :name, language = :language, topics = :topics, paused_until = :pause, chose_at = :now, changed_at = :now
    WHERE id = :id`)
  const remove = erase(db)
  const erased = erasedMarks(db)

  function addAll(people: readonly NewSubscriber[], origin: Origin, now: Date): AddOutcome[] {
    if (people.length >= many) db.exec(roomForMany)
    const terms = { isErased: erased.knower(), newIdentifier: identifiers() }
    return people.map((person) => addOne(person, origin, now.getTime(), terms))
  }

  function addOne(
    person: NewSubscriber,
    origin: Origin,
    now: number,
    { isErased, newIdentifier }: { isErased: (key: string) => boolean; newIdentifier: Identifiers },
  ): AddOutcome {
    const { key, address } = checked(person.address)
    if (isErased(key) && !byKey.get(key)) return 'kept-out'
    const { reason, leftAt } = partingOf(person)
    const { changes } = insert.run(
      newIdentifier(),
      key,
      address,
      person.name,
      person.fields ? JSON.stringify(learnFields({}, person.fields)) : '{}',
      person.language ?? null,
      person.topics ? JSON.stringify(sortTopics(person.topics)) : null,
      person.status ?? 'active',
      reason,
      origin,
      newIdentifier(),
      person.joinedAt?.getTime() ?? now,
      leftAt,
      now,
    )
    if (changes === 1) return 'added'
    const known = byKey.get(key)
    if (!known) throw new Error('neither added nor known')
    return learn(known, person, origin, now)
  }

  function learn(known: Row, person: NewSubscriber, origin: Origin, now: number): AddOutcome {
    const was = toSubscriber(known)
    const status = nextStatus(was.status, person.status)
    const hasLeft = was.status === 'unsubscribed' || was.status === 'suppressed'
    if (hasLeft && status === was.status) return 'kept-out'
    const told: Partial<NewSubscriber> = known.chose_at === null ? person : {}
    const name = told.name || was.name
    const language = told.language ?? was.language
    const fields = learnFields(was.fields ?? none, person.fields)
    const topics = told.topics ? sortTopics(told.topics) : was.topics
    const isKnown = name === was.name && fields === (was.fields ?? none)
    const isAsked = language === was.language && sameTopics(topics, was.topics)
    const joinedAt = Math.min(was.createdAt.getTime(), person.joinedAt?.getTime() ?? now)
    const isOld = isKnown && isAsked && joinedAt === was.createdAt.getTime()
    if (isOld && status === was.status) return 'unchanged'
    const revived = was.status === 'unlisted' && status === 'active'
    update.run({
      number: known.number ?? null,
      name,
      fields: JSON.stringify(fields),
      language: language ?? null,
      topics: topics ? JSON.stringify(topics) : null,
      status,
      origin: revived ? origin : (known.origin ?? null),
      joinedAt,
      ...partingOf({
        status,
        reason: person.reason ?? was.reason,
        leftAt: person.leftAt ?? was.leftAt,
      }),
      now,
    })
    return 'updated'
  }

  return {
    add: (people, now) => write(() => addAll(people, 'own', now)),

    syncList: (people, now, { unlist: takesOff = true } = {}) =>
      write(() => {
        const outcomes = addAll(people, 'list', now)
        const keys = JSON.stringify(people.map(({ address }) => addressKey(address)))
        if (!takesOff) return { outcomes, unlisted: 0 }
        return { outcomes, unlisted: Number(unlist.run(now.getTime(), keys).changes) }
      }),

    setStatus: (address, status, now, reason) =>
      write(() => {
        const told = reason ?? null
        const terms = { key: addressKey(address), status, reason: told, now: now.getTime() }
        return setStatus.run(terms).changes > 0
      }),

    choose: (id, { name, language, topics, pausedUntil }, now) =>
      write(() => {
        const chosen = topics ? JSON.stringify(sortTopics(topics)) : null
        const pause = pausedUntil?.getTime() ?? null
        const row = { id, name, language: language ?? null, topics: chosen, pause }
        return choose.run({ ...row, now: now.getTime() }).changes > 0
      }),

    readmit: (address) => write(() => erased.forget(addressKey(address))),

    find: (address) => read(() => optional(byKey.get(addressKey(address)))),

    findByToken: (token) => read(() => optional(byToken.get(token))),

    async *list(status) {
      let after = ''
      for (;;) {
        const rows = await read(() =>
          status ? listStatus.all(status, after, page) : list.all(after, page),
        )
        for (const row of rows) yield toSubscriber(row)
        if (rows.length < page) return
        after = String(rows.at(-1)?.key)
      }
    },

    audiences: (now) =>
      read(() =>
        audiences.all(now.getTime()).map((row) => ({
          ...(row.language === null ? {} : { language: String(row.language) }),
          ...toTopics(row),
          count: Number(row.n),
        })),
      ),

    fieldNames: () => read(() => fieldNames.all().map(({ key }) => String(key))),

    counts: () =>
      read(() => {
        const counts = Object.fromEntries(subscriberStatuses.map((status) => [status, 0]))
        for (const { status, n } of count.all()) counts[String(status)] = Number(n)
        return counts as Record<SubscriberStatus, number>
      }),

    async erase(address, now) {
      const key = addressKey(address)
      const erased = await write(() => remove.erase(key, now))
      if (erased) await read(() => remove.forget())
      return erased
    },
  }
}

/** Why and when they left; both NULL for those who are here. */
function partingOf({
  status,
  reason,
  leftAt,
}: {
  status?: SubscriberStatus | undefined
  reason?: string | undefined
  leftAt?: Date | undefined
}) {
  const isHere = status === undefined || status === 'active'
  return {
    reason: isHere ? null : (reason ?? null),
    leftAt: isHere ? null : (leftAt?.getTime() ?? null),
  }
}

function optional(row: Row | undefined) {
  return row && toSubscriber(row)
}

function checked(text: string) {
  const keyed = keyedAddress(text)
  if (keyed) return keyed
  throw new Fault('content-invalid', `'${text}' is not an e-mail address; nobody was added`)
}
