import { Fault } from '../model/fault.ts'
import { type JoinWords, joinSentences } from './join-words.ts'
import { type PreferenceWords, preferenceSentences } from './preference-words.ts'

/** A sentence with a number in it, by the plural categories of its language (Unicode CLDR). */
export type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & {
  readonly other: string
}

/** The words of one language: what templates say themselves. `{…}` stands for a value. */
export interface Words {
  readonly dir: 'ltr' | 'rtl'
  /** `By {authors}` */
  readonly by: string
  readonly continueReading: string
  readonly readOnWeb: string
  readonly readEditionOnWeb: string
  readonly also: string
  /** `and {count} more on the web` */
  readonly more: PluralForms
  /** `You get this … {newsletter} … {address}` */
  readonly why: string
  readonly unsubscribe: string
  /** the subject when the configured one comes out empty: `{newsletter}, {date}` */
  readonly subject: string
  readonly page: PageWords
  readonly join: JoinWords
  readonly preferences: PreferenceWords
}

/** What the pages of the web say. */
export interface PageWords extends Readonly<Record<(typeof pageSentences)[number], string>> {
  /** `{count} articles` */
  readonly count: PluralForms
}

const sentences = [
  'by',
  'continueReading',
  'readOnWeb',
  'readEditionOnWeb',
  'also',
  'why',
  'unsubscribe',
  'subject',
] as const

const pageSentences = [
  'skip',
  'subscribe',
  'explain',
  'address',
  'howToCopy',
  'formats',
  'newest',
  'articles',
  'feeds',
  'choose',
  'opml',
  'home',
  'editions',
  'editionsText',
  'noEdition',
  'tag',
  'author',
  'section',
  'language',
  'tags',
  'authors',
  'sections',
  'languages',
  'isFeed',
  'leave',
  'left',
  'leftText',
  'comeBack',
  'unknownLink',
  'unknownLinkText',
  'notNow',
  'notNowText',
  'missing',
  'missingText',
  'gone',
  'goneText',
] as const

/**
 * Reads one language file, `templates/languages/TAG.json`. A word that it lacks is taken from `fallback`.
 *
 * @throws {Fault} 'content-invalid', naming file and key
 */
export function parseWords(file: string, source: string, fallback?: Words): Words {
  const read = parseObject(file, source)
  const { dir = fallback?.dir, more = fallback?.more } = read
  if (dir !== 'ltr' && dir !== 'rtl') {
    throw new Fault('content-invalid', `${file}: "dir" must be "ltr" or "rtl"`)
  }
  const words = Object.fromEntries(
    sentences.map((key) => [key, sentence(file, key, read[key] ?? fallback?.[key])]),
  ) as Record<(typeof sentences)[number], string>
  const page = pageWords(file, read.page ?? {}, fallback?.page)
  const join = group(file, 'join', read.join ?? {}, {
    keys: joinSentences,
    fallback: fallback?.join,
  })
  const preferences = group(file, 'preferences', read.preferences ?? {}, {
    keys: preferenceSentences,
    fallback: fallback?.preferences,
  })
  return { dir, ...words, more: pluralForms(file, 'more', more), page, join, preferences }
}

function pageWords(file: string, read: unknown, fallback?: PageWords): PageWords {
  const words = group(file, 'page', read, { keys: pageSentences, fallback })
  const { count = fallback?.count } = read as { count?: unknown }
  return { ...words, count: pluralForms(file, 'page.count', count) }
}

/** The sentences of one part of a language file. */
function group<Key extends string>(
  file: string,
  name: string,
  read: unknown,
  { keys, fallback }: { keys: readonly Key[]; fallback: Readonly<Record<Key, string>> | undefined },
): Readonly<Record<Key, string>> {
  if (!isObject(read)) {
    throw new Fault('content-invalid', `${file}: "${name}" must be an object of words`)
  }
  return Object.fromEntries(
    keys.map((key) => [key, sentence(file, `${name}.${key}`, read[key] ?? fallback?.[key])]),
  ) as Record<Key, string>
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseObject(file: string, source: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Fault(
      'content-invalid',
      `${file}: is not JSON (${why}); mend it or delete the file`,
      {
        cause,
      },
    )
  }
  if (!isObject(value)) {
    throw new Fault('content-invalid', `${file}: must be a JSON object of words`)
  }
  return value
}

function sentence(file: string, key: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new Fault('content-invalid', `${file}: "${key}" must be a text that is not empty`)
}

function pluralForms(file: string, key: string, value: unknown): PluralForms {
  if (typeof value === 'string') return { other: value }
  if (typeof value === 'object' && value !== null && 'other' in value) {
    for (const [form, text] of Object.entries(value)) sentence(file, `${key}.${form}`, text)
    return value as PluralForms
  }
  throw new Fault(
    'content-invalid',
    `${file}: "${key}" must be a text, or an object of plural forms with at least "other"`,
  )
}

/**
 * The nearest of some languages to the one `wanted` (BCP 47): the same, else its parent (`pt-BR`, then `pt`).
 *
 * @param tags in lower case
 * @returns one of `tags`, or undefined when none is near
 */
export function nearestLanguage(tags: Iterable<string>, wanted: string): string | undefined {
  const known = new Set(tags)
  const parts = wanted.toLowerCase().replaceAll('_', '-').split('-')
  for (let length = parts.length; length > 0; length--) {
    const tag = parts.slice(0, length).join('-')
    if (known.has(tag)) return tag
  }
  return undefined
}

/**
 * The language that a reader of `wanted` (BCP 47) gets: the nearest there is, else `en`.
 *
 * @returns a key of `languages`
 */
export function pickLanguage(languages: ReadonlyMap<string, Words>, wanted: string): string {
  return nearestLanguage(languages.keys(), wanted) ?? 'en'
}

/** Puts values into the `{…}` of a sentence; a name without a value stays as it is. */
export function fill(sentence: string, values: Readonly<Record<string, string>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  )
}

/** The right plural form for `count`, filled. */
export function fillPlural(forms: PluralForms, count: number, language: string): string {
  return pluralFiller(language)(forms, count)
}

/** `fillPlural` for many numbers: what the language needs costs more to look up than to use. */
export function pluralFiller(language: string): (forms: PluralForms, count: number) => string {
  const rules = new Intl.PluralRules(language)
  const numbers = new Intl.NumberFormat(language)
  return (forms, count) =>
    fill(forms[rules.select(count)] ?? forms.other, { count: numbers.format(count) })
}
