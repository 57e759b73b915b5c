import { readAddress } from '../mail/address.ts'
import { slotName } from '../model/edition.ts'
import { cleanName } from './name.ts'
import { findProgram, plainTitle } from './programs.ts'
import { readDate } from './read-date.ts'
import { readStatus, type Standing } from './status-words.ts'

/** A column that tells by itself how somebody stands. */
export interface Mark {
  readonly at: number
  /** of the text that means it */
  readonly says: 'filled' | 'yes' | 'no'
  readonly standing: Standing
}

/** Which field of a record holds what: positions from 0, -1 where there is no such column. */
export interface Columns {
  readonly address: number
  readonly name: number
  readonly firstName: number
  readonly lastName: number
  readonly language: number
  readonly status: number
  readonly reason: number
  readonly topics: number
  /** the first one that is filled counts */
  readonly joined: readonly number[]
  readonly left: readonly number[]
  readonly marks: readonly Mark[]
  /** texts by name: `fields.town`, and what the publisher added to the export of a known program */
  readonly fields: ReadonlyMap<string, number>
  /** of those: lists of words, written as a list of JSON or of quoted words */
  readonly lists: ReadonlySet<string>
  /** JSON objects, of which each key becomes a field */
  readonly objects: readonly number[]
  /** how many there are */
  readonly width: number
}

export interface Header {
  readonly columns: Columns
  /** the program whose export it is, where it is known */
  readonly program?: string
}

/** What the columns are called in the exports of other programs, the surest word first: "Address" may be a street. */
const titles = {
  address:
    'email emailaddress mail mailaddress correoelectronico courriel adresseemail emailadresse address correo',
  name: 'name fullname displayname nombrecompleto nomcomplet',
  firstName: 'firstname givenname forename fname nombre prenom vorname',
  lastName: 'lastname familyname surname lname apellido apellidos nom nachname',
  language: 'language lang locale preferredlanguage idioma langue sprache',
  status: 'status subscriberstatus subscriptionstatus subscribertype',
  reason:
    'reason unsubreason unsubscribereason unsubscriptionreason suppressionreason undeliverabilityreason',
  topics: 'topics',
  joined:
    'joined joinedat createdat creationdate created subscribedat subscribedon optintime confirmtime confirmedat startdate datejoined signupdate subscriptiondate',
  left: 'left leftat unsubtime unsubscribedat unsubscriptiondate cancelledat cleantime deletedat',
} as const

/** Words that mean a state of the list in one export, and a part of a country in the next: their values decide. */
const doubtful = ['state', 'type']

const marks: Readonly<Record<string, Omit<Mark, 'at'>>> = {
  unsubtime: { says: 'filled', standing: { status: 'unsubscribed' } },
  unsubscribedat: { says: 'filled', standing: { status: 'unsubscribed' } },
  unsubscriptiondate: { says: 'filled', standing: { status: 'unsubscribed' } },
  cancelledat: { says: 'filled', standing: { status: 'unsubscribed' } },
  deletedat: { says: 'filled', standing: { status: 'unsubscribed' } },
  cleantime: { says: 'filled', standing: { status: 'suppressed', reason: 'bounced' } },
  undeliverabilitydate: { says: 'filled', standing: { status: 'suppressed', reason: 'bounced' } },
  emaildisabled: { says: 'yes', standing: { status: 'unsubscribed' } },
  unsubscribed: { says: 'yes', standing: { status: 'unsubscribed' } },
  optedout: { says: 'yes', standing: { status: 'unsubscribed' } },
  optout: { says: 'yes', standing: { status: 'unsubscribed' } },
  bounced: { says: 'yes', standing: { status: 'suppressed', reason: 'bounced' } },
  subscribedtoemails: { says: 'no', standing: { status: 'unsubscribed' } },
  subscribed: { says: 'no', standing: { status: 'unsubscribed' } },
}

const objects = ['attributes', 'attribs', 'metadata']

const lists = ['tags', 'labels', 'tiers', 'newsletters']

const example = 'for example: address,name,language,status'

/**
 * Finds the columns in the header row; the reason when it is none.
 *
 * @param sample some records below it
 * @param wanted columns that shall become fields, besides those that do: `Town`, or `Town=home` to call it otherwise
 */
export function readHeader(
  header: readonly string[],
  sample: readonly (readonly string[])[] = [],
  wanted: readonly string[] = [],
): Header | { readonly reason: string } {
  const plain = header.map(plainTitle)
  const program = findProgram(plain)
  const taken = new Set<number>()
  const take = (at: number) => {
    if (at >= 0) taken.add(at)
    return at
  }
  const all = (words: string) =>
    words.split(' ').flatMap((word) => plain.flatMap((title, at) => (title === word ? [at] : [])))
  const find = (words: string) => take(all(words).find((at) => !taken.has(at)) ?? -1)
  const address = find(titles.address)
  const known = address < 0 ? take(addressColumn(sample)) : address
  if (known < 0 || header.some(isAddress)) return { reason: whyNoHeader(header) }
  const status = find(titles.status)
  const columns = {
    address: known,
    name: find(titles.name),
    firstName: find(titles.firstName),
    lastName: find(titles.lastName),
    language: find(titles.language),
    status: status < 0 ? take(statusColumn(plain, sample)) : status,
    reason: find(titles.reason),
    topics: find(titles.topics),
    joined: all(titles.joined).map(take),
    left: all(titles.left).map(take),
    marks: plain.flatMap((title, at) =>
      Object.hasOwn(marks, title) ? [{ ...(marks[title] as Omit<Mark, 'at'>), at: take(at) }] : [],
    ),
    objects: program ? objects.flatMap(all).map(take) : [],
    width: header.length,
  }
  const fields = fieldColumns(header, {
    isOwn: (at) => taken.has(at) || !program || program.own.has(plain[at] ?? ''),
    plain,
    wanted,
  })
  if ('reason' in fields) return fields
  return {
    columns: { ...columns, fields: fields.found, lists: listsOf(fields.found, plain) },
    ...(program && { program: program.name }),
  }
}

/** What the columns hold where no header says it: the address, then what is plain to see. */
export function guessColumns(sample: readonly (readonly string[])[]): Columns {
  const width = Math.max(...sample.map(({ length }) => length))
  const taken = new Set<number>()
  const find = (fits: (text: string) => boolean) => {
    const at = Array.from({ length: width }, (_, index) => index).find(
      (index) => !taken.has(index) && isColumnOf(sample, index, fits),
    )
    if (at !== undefined) taken.add(at)
    return at ?? -1
  }
  const address = addressColumn(sample)
  taken.add(address)
  return {
    address,
    status: find((text) => readStatus(text) !== undefined),
    joined: [find((text) => readDate(text) !== undefined)].filter((at) => at >= 0),
    language: find((text) => /^[a-z]{2}(?:[-_][A-Za-z]{2,4})?$/.test(text)),
    name: find((text) => /\p{L}{2}/u.test(text) && !/[@:/\d]/.test(text)),
    firstName: -1,
    lastName: -1,
    reason: -1,
    topics: -1,
    left: [],
    marks: [],
    fields: new Map(),
    lists: new Set(),
    objects: [],
    width,
  }
}

export function isAddress(text: string): boolean {
  return text.includes('@') && 'mailbox' in readAddress(text)
}

/** What the columns are taken for, in the order of the file, for people. */
export function meanings(columns: Columns): readonly string[] {
  const told: string[] = Array.from({ length: columns.width }, () => '')
  const say = (at: number, what: string) => {
    if (at >= 0) told[at] = told[at] ? `${told[at]}, ${what}` : what
  }
  say(columns.address, 'address')
  say(columns.name, 'name')
  say(columns.firstName, 'first name')
  say(columns.lastName, 'last name')
  say(columns.language, 'language')
  say(columns.status, 'status')
  say(columns.reason, 'reason')
  say(columns.topics, 'topics')
  for (const at of columns.joined) say(at, 'joined')
  for (const at of columns.left) say(at, 'left')
  for (const { at, says, standing } of columns.marks) say(at, `${standing.status} when ${says}`)
  for (const at of columns.objects) say(at, 'fields')
  for (const [name, at] of columns.fields) say(at, `fields.${name}`)
  return told
}

function whyNoHeader(fields: readonly string[]): string {
  if (fields.some(isAddress)) {
    return `the first line has an address in it and names columns too; put a header row above it, ${example}`
  }
  return `no column is called address or email; the first line must name the columns, ${example}`
}

function addressColumn(sample: readonly (readonly string[])[]): number {
  const width = Math.max(0, ...sample.map(({ length }) => length))
  const counts = Array.from(
    { length: width },
    (_, at) => sample.filter((record) => isAddress(record[at] ?? '')).length,
  )
  const most = Math.max(0, ...counts)
  return most > 0 && most >= sample.length / 2 ? counts.indexOf(most) : -1
}

function statusColumn(plain: readonly string[], sample: readonly (readonly string[])[]): number {
  return plain.findIndex(
    (title, at) =>
      doubtful.includes(title) && isColumnOf(sample, at, (text) => readStatus(text) !== undefined),
  )
}

/** Whether all that stands in it fits, and something does. */
function isColumnOf(
  sample: readonly (readonly string[])[],
  at: number,
  fits: (text: string) => boolean,
): boolean {
  const texts = sample.map((record) => (record[at] ?? '').trim()).filter((text) => text !== '')
  return texts.length > 0 && texts.every(fits)
}

function fieldColumns(
  header: readonly string[],
  {
    plain,
    wanted,
    isOwn,
  }: { plain: readonly string[]; wanted: readonly string[]; isOwn: (at: number) => boolean },
): { readonly found: ReadonlyMap<string, number> } | { readonly reason: string } {
  const found = new Map<string, number>()
  const renamed = new Map(
    wanted.map((text) => {
      const [, title = '', name] = /^(.*?)(?:=([^=]*))?$/s.exec(text) ?? []
      return [plainTitle(title), { title, name }] as const
    }),
  )
  for (const [plainName, { title }] of renamed) {
    if (!plain.includes(plainName)) return { reason: `--field ${title}: no column is called so` }
  }
  for (const [at, title] of header.entries()) {
    const [, given] = /^\s*(?:custom_)?fields\.(.*?)\s*$/i.exec(title) ?? []
    const asked = renamed.get(plain[at] ?? '')
    const isTold = given !== undefined || asked?.name !== undefined
    if (!isTold && !asked && isOwn(at)) continue
    const name = asked?.name ?? given ?? fieldName(title)
    if (!slotName.test(name)) {
      if (!isTold && !asked) continue
      return {
        reason: `the column fields.${brief(name)} cannot be used in a template; name it with letters, digits and single _`,
      }
    }
    if (!found.has(name)) found.set(name, at)
  }
  return { found }
}

function listsOf(fields: ReadonlyMap<string, number>, plain: readonly string[]): Set<string> {
  const found = [...fields].filter(([, at]) => lists.includes(plain[at] ?? ''))
  return new Set(found.map(([name]) => name))
}

/** `First choice (2024)` → `first_choice_2024`; empty where nothing is left. */
export function fieldName(title: string): string {
  return title
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_\d]+|_+$/g, '')
    .slice(0, 60)
}

export function brief(text: string): string {
  const line = cleanName(text)
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
