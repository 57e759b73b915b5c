/** What is a slug already. */
const plain = /^[a-z\d]+(?:[-._][a-z\d]+)*$/

/**
 * A path segment out of any text: NFC, lower case, letters and digits of all scripts kept, everything else a hyphen;
 * dots within stay (`rust-1.88.0`), those at the ends go. Never empty, never `.` or `..`, at most 100 characters.
 */
export function toSlug(text: string): string {
  if (text.length <= 100 && plain.test(text)) return text
  const words = text
    .slice(0, 1000)
    .normalize('NFC')
    .toLowerCase()
    .normalize('NFC')
    .replace(/['\u2019]/g, '')
    .replace(/[^\p{L}\p{N}\p{M}._~]+/gu, '-')
  const short = [...trim(words)].slice(0, 100).join('')
  return trim(short) || codePoints(text)
}

/** What a file's name says: the slug, and the date before it (`2022-06-29-slug.md`) if there is one. */
export function readFileName(path: string): {
  date?: string
  slug: string
  folders: readonly string[]
} {
  const parts = path.split('/')
  const name = (parts.pop() ?? '').replace(/\.[^.]+$/, '')
  const isIndex = /^index$/i.test(name) && parts.length > 0
  const stem = isIndex ? (parts.pop() ?? '') : name
  const [, date, rest = ''] = /^(\d{4}-\d{2}-\d{2})(?:[-_ ]+(.*))?$/.exec(stem) ?? []
  if (date === undefined || !isDay(date)) return { slug: toSlug(stem), folders: parts }
  return { date, slug: toSlug(rest || date), folders: parts }
}

function trim(text: string): string {
  return text.replace(/^[-._]+|[-._]+$/g, '')
}

function codePoints(text: string): string {
  const hex = [...text].slice(0, 8).map((char) => char.codePointAt(0)?.toString(16))
  return hex.length > 0 ? `u${hex.join('-')}` : 'untitled'
}

function isDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date)
}
