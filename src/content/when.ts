import { localDay, parseDate, type TimeZone } from './dates.ts'
import { type Field, type Fields, quote, readBoolean } from './fields.ts'

/** Where a date may come from when the front matter has none, best first. */
export interface DateSources {
  readonly meta: ReadonlyMap<string, string> | undefined
  readonly fileName: string | undefined
  readonly path: string | undefined
  readonly committedAt: Date | undefined
  /** a draft needs no date */
  readonly draft: boolean
}

export interface ArticleDates {
  readonly publishedAt: Date
  readonly updatedAt: Date
  /** why there is no date, if there is none; `publishedAt` is the epoch then */
  readonly missing?: string
}

/**
 * When an article was published and updated. An update before the publication counts as made with it: that is said,
 * unless it is of the same day, as one without a time may well be.
 */
export function readDates(fields: Fields, zone: TimeZone, sources: DateSources): ArticleDates {
  const field = publicationField(fields)
  const published = field ? readInstant(fields, field, zone) : fallback(sources, zone)
  const later = fields.find('updated', 'lastmod', 'modified', 'last_modified_at', 'updateddate')
  const updated =
    readInstant(fields, later, zone) ?? parseMeta(sources, ['article:modified_time'], zone)
  if (!published) {
    const epoch = new Date(0)
    const dates = { publishedAt: epoch, updatedAt: epoch }
    const missing =
      "has no date, neither in its front matter nor in its name nor in Git (whose history may be shallow); add 'date: YYYY-MM-DD'"
    return field || sources.draft ? dates : { ...dates, missing }
  }
  if (!updated || updated >= published)
    return { publishedAt: published, updatedAt: updated ?? published }
  const sameDay = localDay(updated, zone).join() === localDay(published, zone).join()
  if (later && !sameDay) {
    fields.warn(
      later,
      `${later.name} is before the article's date, and counts as that date; mend one of the two`,
    )
  }
  return { publishedAt: published, updatedAt: published }
}

/** A date of the front matter. What is no date is a problem. */
export function readInstant(
  fields: Fields,
  field: Field | undefined,
  zone: TimeZone,
): Date | undefined {
  const text = fields.line(field)
  if (!field || text === undefined) return undefined
  const date = parseDate(text, zone)
  if (!date)
    fields.reject(field, `${field.name} ${quote(text)} is not a date; write it as YYYY-MM-DD`)
  return date
}

/** A day in a path, as in Zola's `path = "2021/08/03/title"`. */
export function dateInPath(path: string): string | undefined {
  const [, year, month, day] =
    /(?:^|\/)(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:[/-]|$)/.exec(path) ?? []
  return year && `${year}/${month}/${day}`
}

function publicationField(fields: Fields): Field | undefined {
  return fields.all('date', 'published', 'pubdate', 'publishdate').find(({ name, value }) => {
    if (name.toLowerCase() === 'published') return readBoolean(value) === undefined
    // Eleventy's words for "ask the file system or Git"
    return typeof value !== 'string' || !/^(?:git )?(?:created|last modified)$/i.test(value.trim())
  })
}

function fallback(sources: DateSources, zone: TimeZone): Date | undefined {
  const names = ['article:published_time', 'date', 'dc.date', 'dcterms.created']
  const { fileName = '', path = '', committedAt } = sources
  return (
    parseMeta(sources, names, zone) ??
    parseDate(fileName, zone) ??
    parseDate(path, zone) ??
    committedAt
  )
}

function parseMeta(
  { meta }: DateSources,
  names: readonly string[],
  zone: TimeZone,
): Date | undefined {
  if (!meta) return undefined
  for (const name of names) {
    const date = parseDate(meta.get(name) ?? '', zone)
    if (date) return date
  }
  return undefined
}
