import { randomBytes } from 'node:crypto'
import { addressKey, parseAddress } from '../../mail/address.ts'
import { Fault } from '../../model/fault.ts'
import {
  learnFields,
  type NewSubscriber,
  type SubscriberFields,
  type SubscriberStatus,
  subscriberStatuses,
} from '../../model/subscriber.ts'
import { sameTopics, sortTopics } from '../../model/topic.ts'
import type { AddOutcome, Subscribers } from '../subscribers.ts'
import type { Access } from './access.ts'
import { erase } from './erase.ts'
import { erasedMarks } from './erased.ts'
import { type Row, toSubscriber, toTopics } from './rows.ts'

/** How many are read at once while the list is streamed. */
const page = 1000

const none: SubscriberFields = {}

type Origin = 'own' | 'list'

export function sqliteSubscribers({ db, read, write }: Access): Subscribers {
  const byKey = db.prepare('SELECT * FROM subscribers WHERE key = ?')
  const byToken = db.prepare('SELECT * FROM subscribers WHERE token = ?')
  const insert = db.prepare(`
    INSERT INTO subscribers (id, key, address, name, fields, language, topics, status, origin, token, created_at, changed_at)
    VALUES (:id, :key, :address, :name, :fields, :language, :topics, :status, :origin, :token, :now, :now)`)
  const update = db.prepare(`
    UPDATE subscribers SET
      told_at = CASE WHEN name <> :name OR fields <> :fields OR language IS NOT :language OR topics IS NOT :topics
        THEN :now ELSE told_at END,
      name = :name, fields = :fields, language = :language, topics = :topics, status = :status, origin = :origin,
      changed_at = :now
    WHERE number = :number`)
  // Whoever comes back by own will does not leave with the list.
  const setStatus = db.prepare(`
    UPDATE subscribers SET status = :status, changed_at = :now,
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
    const isErased = erased.knower()
    return people.map((person) => addOne(person, origin, now.getTime(), isErased))
  }

  function addOne(
    person: NewSubscriber,
    origin: Origin,
    now: number,
    isErased: (key: string) => boolean,
  ): AddOutcome {
    const key = addressKey(person.address)
    const known = byKey.get(key)
    if (known) return learn(known, person, origin, now)
    if (isErased(key)) return 'kept-out'
    insert.run({
      id: random(),
      key,
      address: checked(person.address),
      name: person.name,
      fields: JSON.stringify(learnFields({}, person.fields)),
      language: person.language ?? null,
      topics: person.topics ? JSON.stringify(sortTopics(person.topics)) : null,
      status: person.status ?? 'active',
      origin,
      token: random(),
      now,
    })
    return 'added'
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
    if (isKnown && isAsked && status === was.status) return 'unchanged'
    const revived = was.status === 'unlisted' && status === 'active'
    update.run({
      number: known.number ?? null,
      name,
      fields: JSON.stringify(fields),
      language: language ?? null,
      topics: topics ? JSON.stringify(topics) : null,
      status,
      origin: revived ? origin : (known.origin ?? null),
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

    setStatus: (address, status, now) =>
      write(() => {
        const terms = { key: addressKey(address), status, now: now.getTime() }
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

/** An import may only be stricter than what is known; it brings back those whom the list left out, nobody else. */
function nextStatus(known: SubscriberStatus, given: SubscriberStatus = 'active'): SubscriberStatus {
  if (known === 'suppressed' || given === 'suppressed') return 'suppressed'
  if (known === 'unsubscribed' || given === 'unsubscribed') return 'unsubscribed'
  return given === 'unlisted' ? known : 'active'
}

function optional(row: Row | undefined) {
  return row && toSubscriber(row)
}

function checked(text: string): string {
  const mailbox = parseAddress(text)
  if (mailbox) return mailbox.address
  throw new Fault('content-invalid', `'${text}' is not an e-mail address; nobody was added`)
}

/** 128 bits that nobody can guess. */
function random(): string {
  return randomBytes(16).toString('base64url')
}
