import { addressKey, keyedAddress } from '../../mail/address.ts'
import { Fault } from '../../model/fault.ts'
import {
  learnFields,
  type NewSubscriber,
  type SubscriberFields,
  type SubscriberStatus,
} from '../../model/subscriber.ts'
import { sameTopics, sortTopics, type TopicId } from '../../model/topic.ts'
import { nextStatus } from '../../subscribers/next-status.ts'
import { identifiers } from '../identifiers.ts'
import type { AddOutcome } from '../subscribers.ts'
import type { Query } from './access.ts'
import { erasedAmong } from './erased.ts'
import { asJson, asText, type Row, toFields, toSubscriber, toTopics } from './rows.ts'

type Origin = 'own' | 'list'

/** Rows that are looked up and written together. */
const chunk = 2000

/** "tdns": those who add go one after the other, so that none adds an address that another one is adding. */
const lock = 0x74646e73

/** What is known of one address, or will be at the end of the chunk. */
interface Entry {
  readonly key: string
  readonly address: string
  readonly name: string
  readonly fields: SubscriberFields
  readonly language: string | null
  readonly topics: readonly TopicId[] | null
  readonly status: SubscriberStatus
  readonly origin: Origin
  /** whether name, language and topics are their own choice */
  readonly hasChosen: boolean
  readonly reason: string | null
  readonly joinedAt: Date
  readonly leftAt: Date | null
  /** absent: is not in the table yet */
  readonly number?: string
}

/** Expects to run inside a transaction. Whoever changes one of these subscribers waits until it ends. */
export async function addAll(
  query: Query,
  people: readonly NewSubscriber[],
  origin: Origin,
  now: Date,
): Promise<readonly AddOutcome[]> {
  await query({ text: `SELECT pg_advisory_xact_lock(${lock})` })
  const outcomes: AddOutcome[] = []
  for (let start = 0; start < people.length; start += chunk) {
    outcomes.push(...(await addSome(query, people.slice(start, start + chunk), origin, now)))
  }
  return outcomes
}

async function addSome(
  query: Query,
  people: readonly NewSubscriber[],
  origin: Origin,
  now: Date,
): Promise<readonly AddOutcome[]> {
  const keys = people.map(({ address }) => asText(addressKey(address)))
  const entries = await known(query, keys)
  const changed = new Set<string>()
  const erased = await erasedAmong(
    query,
    keys.filter((key) => !entries.has(key)),
  )
  const outcomes = people.map((person, index) => {
    const key = keys[index] ?? ''
    if (erased.has(key)) return 'kept-out'
    const { entry, outcome } = learn(entries.get(key), { person, key, origin, now })
    if (entry) {
      entries.set(key, entry)
      changed.add(key)
    }
    return outcome
  })
  const written = [...changed].flatMap((key) => entries.get(key) ?? [])
  await insert(
    query,
    written.filter(({ number }) => number === undefined),
    now,
  )
  await update(
    query,
    written.filter(({ number }) => number !== undefined),
    now,
  )
  return outcomes
}

/** Locked in one order, and against whoever unsubscribes meanwhile: nobody who has just left is brought back. */
async function known(query: Query, keys: readonly string[]): Promise<Map<string, Entry>> {
  const { rows } = await query({
    text: `
      SELECT * FROM tidings.subscribers WHERE key = ANY ($1) ORDER BY key FOR NO KEY UPDATE`,
    values: [keys],
  })
  return new Map(rows.map((row) => [String(row.key), toEntry(row)]))
}

function learn(
  was: Entry | undefined,
  { person, key, origin, now }: { person: NewSubscriber; key: string; origin: Origin; now: Date },
): { readonly outcome: AddOutcome; readonly entry?: Entry } {
  const { name, language = null } = person
  const topics = person.topics ? sortTopics(person.topics) : null
  if (!was) {
    const address = checked(person.address)
    const status = person.status ?? 'active'
    const fields = learnFields({}, person.fields)
    const joinedAt = person.joinedAt ?? now
    const known = { key, address, name, fields, language, topics, status, origin, joinedAt }
    return { outcome: 'added', entry: { ...known, hasChosen: false, ...partingOf(person) } }
  }
  const status = nextStatus(was.status, person.status)
  const hasLeft = was.status === 'unsubscribed' || was.status === 'suppressed'
  if (hasLeft && status === was.status) return { outcome: 'kept-out' }
  const isRevived = was.status === 'unlisted' && status === 'active'
  const told = {
    name: name || was.name,
    language: language ?? was.language,
    topics: topics ?? was.topics,
  }
  const entry = {
    ...was,
    ...(was.hasChosen ? {} : told),
    fields: learnFields(was.fields, person.fields),
    status,
    origin: isRevived ? origin : was.origin,
    joinedAt: person.joinedAt && person.joinedAt < was.joinedAt ? person.joinedAt : was.joinedAt,
    ...partingOf({
      status,
      reason: person.reason ?? was.reason,
      leftAt: person.leftAt ?? was.leftAt,
    }),
  }
  const isNew =
    entry.name !== was.name ||
    entry.fields !== was.fields ||
    entry.language !== was.language ||
    !sameTopics(entry.topics ?? undefined, was.topics ?? undefined) ||
    entry.joinedAt !== was.joinedAt ||
    entry.status !== was.status
  return isNew ? { outcome: 'updated', entry } : { outcome: 'unchanged' }
}

async function insert(query: Query, entries: readonly Entry[], now: Date): Promise<void> {
  if (entries.length === 0) return
  const next = identifiers()
  await query({
    text: `
      INSERT INTO tidings.subscribers
        (id, key, address, name, fields, language, topics, status, reason, origin, token, created_at, left_at,
          changed_at)
      SELECT id, key, address, name, fields, language, topics, status, reason, origin, token, "joinedAt", "leftAt", $2
      FROM jsonb_to_recordset($1::jsonb) AS e (id text, key text, address text, name text, fields jsonb,
        language text, topics text[], status tidings.subscriber_status, reason text, origin text, token text,
        "joinedAt" timestamptz, "leftAt" timestamptz)`,
    values: [asJson(entries.map((entry) => ({ ...entry, id: next(), token: next() }))), now],
  })
}

async function update(query: Query, entries: readonly Entry[], now: Date): Promise<void> {
  if (entries.length === 0) return
  await query({
    text: `
      UPDATE tidings.subscribers s SET
        told_at = CASE
          WHEN (s.name, s.fields, s.language, s.topics) IS DISTINCT FROM (e.name, e.fields, e.language, e.topics)
          THEN $2 ELSE s.told_at END,
        name = e.name, fields = e.fields, language = e.language, topics = e.topics, status = e.status,
        origin = e.origin, reason = e.reason, created_at = e."joinedAt", left_at = e."leftAt", changed_at = $2
      FROM jsonb_to_recordset($1::jsonb) AS e (number bigint, name text, fields jsonb, language text, topics text[],
        status tidings.subscriber_status, origin text, reason text, "joinedAt" timestamptz, "leftAt" timestamptz)
      WHERE s.number = e.number`,
    values: [asJson(entries), now],
  })
}

/** Why and when they left; both NULL for those who are here. */
function partingOf({
  status,
  reason,
  leftAt,
}: {
  status?: SubscriberStatus | undefined
  reason?: string | null | undefined
  leftAt?: Date | null | undefined
}) {
  const isHere = status === undefined || status === 'active'
  return { reason: isHere ? null : (reason ?? null), leftAt: isHere ? null : (leftAt ?? null) }
}

function checked(text: string): string {
  const keyed = keyedAddress(text)
  if (keyed) return keyed.address
  throw new Fault('content-invalid', `'${text}' is not an e-mail address; nobody was added`)
}

function toEntry(row: Row): Entry {
  return {
    key: String(row.key),
    address: String(row.address),
    name: String(row.name),
    fields: toFields(row),
    language: row.language === null ? null : String(row.language),
    topics: toTopics(row).topics ?? null,
    status: row.status as SubscriberStatus,
    origin: row.origin as Origin,
    hasChosen: row.chose_at !== null,
    reason: row.reason === null ? null : String(row.reason),
    joinedAt: toSubscriber(row).createdAt,
    leftAt: toSubscriber(row).leftAt ?? null,
    number: String(row.number),
  }
}
