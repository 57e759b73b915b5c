import { readAddress } from '../mail/address.ts'
import { slotName } from '../model/edition.ts'
import type { NewSubscriber } from '../model/subscriber.ts'
import { sortTopics, topicId } from '../model/topic.ts'
import { cleanName } from './name.ts'
import { readStatus } from './status-words.ts'

/** Which field of a record holds what: positions from 0, -1 where there is no such column. */
export interface Columns {
  readonly address: number
  readonly name: number
  readonly firstName: number
  readonly lastName: number
  readonly language: number
  readonly status: number
  readonly topics: number
  /** `fields.town`: position by name. What is not called so stays out: an export holds more than anybody asked for. */
  readonly fields: ReadonlyMap<string, number>
  /** how many there are */
  readonly width: number
}

/** What the columns are called in the exports of other programs, the surest word first: "Address" may be a street. */
const titles = {
  address: ['email', 'emailaddress', 'mail', 'mailaddress', 'address'],
  name: ['name', 'fullname', 'displayname'],
  firstName: ['firstname', 'givenname', 'forename', 'fname'],
  lastName: ['lastname', 'familyname', 'surname', 'lname'],
  language: ['language', 'lang', 'locale'],
  status: ['status', 'state'],
  topics: ['topics'],
} as const

const example = 'for example: address,name,language,status'

/** Finds the columns in the header row; the reason when it is none. */
export function readHeader(fields: readonly string[]): Columns | { readonly reason: string } {
  const plain = fields.map((field) => field.toLowerCase().replace(/[\s_-]+/g, ''))
  const find = (names: readonly string[]) =>
    names.map((name) => plain.indexOf(name)).find((at) => at >= 0) ?? -1
  const own = fields.flatMap((title, at) => {
    const [, name] = /^\s*fields\.(.*?)\s*$/i.exec(title) ?? []
    return name === undefined ? [] : [[name, at] as const]
  })
  const misnamed = own.find(([name]) => !slotName.test(name))?.[0]
  if (misnamed !== undefined) {
    return {
      reason: `the column fields.${brief(misnamed)} cannot be used in a template; name it with letters, digits and single _`,
    }
  }
  const address = find(titles.address)
  if (address < 0) return { reason: whyNoHeader(fields) }
  return {
    address,
    name: find(titles.name),
    firstName: find(titles.firstName),
    lastName: find(titles.lastName),
    language: find(titles.language),
    status: find(titles.status),
    topics: find(titles.topics),
    fields: new Map(own),
    width: fields.length,
  }
}

function whyNoHeader(fields: readonly string[]): string {
  if (fields.some((field) => 'mailbox' in readAddress(field))) {
    return `the first line is an address and must name the columns; put a header row above it, ${example}`
  }
  return `no column is called address or email; the first line must name the columns, ${example}`
}

export type RecordReading =
  | { readonly subscriber: NewSubscriber; readonly warnings: readonly string[] }
  | { readonly reason: string }

/** Reads one person; the reason and the remedy when the record cannot be used. */
export function readRecord(fields: readonly string[], columns: Columns): RecordReading {
  const field = (at: number) => (fields[at] ?? '').trim()
  const address = readAddress(field(columns.address))
  if ('reason' in address) return { reason: `${address.reason}; write it as name@example.org` }
  const status = field(columns.status)
  const meaning = readStatus(status || 'active')
  if (!meaning) {
    return {
      reason: `status '${brief(status)}' is not known; write active, unsubscribed or suppressed`,
    }
  }
  const warnings: string[] = []
  if (fields.slice(columns.width).some((extra) => extra.trim() !== '')) {
    warnings.push(
      'has more fields than the header row; put a name with a comma into "quotation marks"',
    )
  }
  const language = readLanguage(field(columns.language))
  if (language === undefined) {
    warnings.push(
      `language '${brief(field(columns.language))}' is left out; write a tag like en or pt-BR`,
    )
  }
  const { topics, misnamed } = readTopics(field(columns.topics))
  if (misnamed !== undefined) {
    warnings.push(
      `topic '${brief(misnamed)}' is left out; write topics by their ids, with spaces between them`,
    )
  }
  return {
    warnings,
    subscriber: {
      address: address.mailbox.address,
      name: readName(fields, columns) || cleanName(address.mailbox.name),
      ...readFields(fields, columns),
      ...(language ? { language } : {}),
      ...(topics ? { topics } : {}),
      ...(status ? { status: meaning } : {}),
    },
  }
}

function readFields(record: readonly string[], { fields }: Columns): Pick<NewSubscriber, 'fields'> {
  const told = [...fields].map(([name, at]) => [name, cleanName(record[at] ?? '')] as const)
  const known = told.filter(([, text]) => text !== '')
  return known.length === 0 ? {} : { fields: Object.fromEntries(known) }
}

function readName(fields: readonly string[], { name, firstName, lastName }: Columns): string {
  const whole = cleanName(fields[name] ?? '')
  return whole || cleanName(`${fields[firstName] ?? ''} ${fields[lastName] ?? ''}`)
}

const noTopic = 'none'

/** Ids with spaces, commas or semicolons between them; `none` for one who wants nothing but what is for everybody. */
function readTopics(text: string): Pick<NewSubscriber, 'topics'> & { readonly misnamed?: string } {
  const words = text
    .toLowerCase()
    .split(/[\s,;|]+/)
    .filter((word) => word !== '')
  if (words.length === 0) return {}
  const misnamed = words.find((word) => !topicId.test(word))
  const topics = sortTopics(words.filter((word) => word !== noTopic && topicId.test(word)))
  if (topics.length === 0 && !words.includes(noTopic)) return { ...(misnamed && { misnamed }) }
  return { topics, ...(misnamed && { misnamed }) }
}

/** As `readRecord` takes it back; empty when nothing was chosen, which is everything. */
export function writeTopics({ topics }: Pick<NewSubscriber, 'topics'>): string {
  if (!topics) return ''
  return topics.length === 0 ? noTopic : topics.join(' ')
}

/** @returns empty when there is none, undefined when it is not BCP 47 */
function readLanguage(text: string): string | undefined {
  if (text === '') return ''
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0]
  } catch {
    return undefined
  }
}

function brief(text: string): string {
  const line = cleanName(text)
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
