import { readAddress } from '../mail/address.ts'
import { slotName } from '../model/edition.ts'
import type { NewSubscriber } from '../model/subscriber.ts'
import { brief, type Columns, fieldName, type Mark } from './columns.ts'
import { cleanName } from './name.ts'
import { readDate } from './read-date.ts'
import { readStatus, type Standing } from './status-words.ts'
import { readTopics } from './topic-words.ts'

export type RecordReading =
  | { readonly subscriber: NewSubscriber; readonly warnings: readonly string[] }
  | { readonly reason: string }
  | { readonly unconfirmed: string }

/**
 * Reads one person; the reason and the remedy when the record cannot be used.
 *
 * @param now an instant after it is none at which anybody joined
 */
export function readRecord(fields: readonly string[], columns: Columns, now: Date): RecordReading {
  const field = (at: number) => (fields[at] ?? '').trim()
  const given = field(columns.address)
  if (given.includes('\uFFFD')) {
    return { reason: `${brief(given)} has a character that cannot be read; save the file as UTF-8` }
  }
  const address = readAddress(given)
  if ('reason' in address) return { reason: `${address.reason}; write it as name@example.org` }
  const status = field(columns.status)
  const standing = strictest(columns, field, status)
  if (!standing) {
    return {
      reason: `status '${brief(status)}' is not known; write active, unsubscribed or suppressed`,
    }
  }
  if (standing.status === 'unconfirmed') return { unconfirmed: status }
  const warnings: string[] = []
  if (fields.length > columns.width && fields.slice(columns.width).some((text) => text.trim())) {
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
  const date = (ats: readonly number[]) => {
    const text = ats.map(field).find(isFilled)
    if (text === undefined) return undefined
    const instant = readDate(text)
    if (instant && instant <= now) return instant
    warnings.push(
      `date '${brief(text)}' is left out; write it as 2024-01-31 or 2024-01-31T08:00:00Z`,
    )
    return undefined
  }
  const joinedAt = date(columns.joined)
  const hasLeft = standing.status === 'unsubscribed' || standing.status === 'suppressed'
  const leftAt = hasLeft ? date(columns.left) : undefined
  const reason = hasLeft ? cleanName(field(columns.reason)) || standing.reason : undefined
  const own = readFields(fields, columns, warnings)
  return {
    warnings,
    subscriber: {
      address: address.mailbox.address,
      name: readName(fields, columns) || cleanName(address.mailbox.name),
      ...(own && { fields: own }),
      ...(language && { language }),
      ...(topics && { topics }),
      ...((status !== '' || standing.status !== 'active') && { status: standing.status }),
      ...(reason && { reason }),
      ...(joinedAt && { joinedAt }),
      ...(leftAt && { leftAt }),
    },
  }
}

const ranks = ['active', 'unconfirmed', 'unlisted', 'unsubscribed', 'suppressed']

/** The status that the record names, or a stricter one that another column tells. */
function strictest(
  { marks }: Columns,
  field: (at: number) => string,
  status: string,
): Standing | undefined {
  let standing = readStatus(status || 'active')
  if (!standing) return undefined
  for (const mark of marks) {
    const isStricter = ranks.indexOf(mark.standing.status) > ranks.indexOf(standing.status)
    if (isStricter && means(mark, field(mark.at))) standing = mark.standing
  }
  return standing
}

function means({ says }: Mark, text: string): boolean {
  if (says === 'filled') return isFilled(text)
  return (says === 'yes' ? /^(?:true|yes|y|1|t)$/i : /^(?:false|no|n|0|f)$/i).test(text)
}

function isFilled(text: string): boolean {
  return text !== '' && !/^(?:null|none|nil|n\/a|-|0|false|0000-00-00.*|0001-01-01.*)$/i.test(text)
}

function readFields(
  record: readonly string[],
  { fields, lists, objects }: Columns,
  warnings: string[],
): NewSubscriber['fields'] | undefined {
  if (fields.size + objects.length === 0) return undefined
  const told: Record<string, string> = {}
  for (const at of objects) {
    const text = (record[at] ?? '').trim()
    const object = text === '' ? {} : parseObject(text)
    if (!object) warnings.push(`'${brief(text)}' is left out; it is no JSON object`)
    for (const [key, value] of Object.entries(object ?? {})) {
      const name = slotName.test(key) ? key : fieldName(key)
      const plain = slotName.test(name) ? cleanName(plainText(value)) : ''
      if (plain !== '') told[name] = plain
    }
  }
  for (const [name, at] of fields) {
    const given = record[at] ?? ''
    const text = cleanName(lists.has(name) ? asList(given) : given)
    if (text !== '') told[name] = text
  }
  return Object.keys(told).length === 0 ? undefined : told
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** Of a value of JSON; what is nested deeper than a list says nothing. */
function plainText(value: unknown): string {
  if (Array.isArray(value)) return value.map(plainText).filter(Boolean).join(', ')
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : ''
}

/** `"vip","news"` and `["vip", "news"]` → `vip, news` */
function asList(text: string): string {
  if (!/^\s*(?:\["|")/.test(text)) return text
  try {
    const list: unknown = JSON.parse(text.trim().startsWith('[') ? text : `[${text}]`)
    return Array.isArray(list) ? plainText(list) : text
  } catch {
    return text
  }
}

function readName(fields: readonly string[], { name, firstName, lastName }: Columns): string {
  const whole = cleanName(fields[name] ?? '')
  if (whole !== '' || (firstName < 0 && lastName < 0)) return whole
  return cleanName(`${fields[firstName] ?? ''} ${fields[lastName] ?? ''}`)
}

const languages = new Map<string, string | undefined>([['', '']])

/** @returns empty when there is none, undefined when it is not BCP 47 */
function readLanguage(text: string): string | undefined {
  if (languages.has(text)) return languages.get(text)
  const tag = canonicalTag(text)
  // A list has a few; one that is made to have very many is not remembered
  if (languages.size < 1000) languages.set(text, tag)
  return tag
}

function canonicalTag(text: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0]
  } catch {
    return undefined
  }
}
