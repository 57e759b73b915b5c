import { type Field, type Fields, quote } from './fields.ts'
import { expandPermalink, type PermalinkParts, readPermalink } from './permalink.ts'

/** What an article's front matter says of its URL. */
export interface DeclaredUrl {
  readonly field: Field
  readonly text: string
}

/** The key that names the URL. A template is a problem: it is not ours to run. */
export function readDeclaredUrl(fields: Fields): DeclaredUrl | undefined {
  const field = fields.find('permalink', 'url', 'path')
  const text = fields.line(field)
  // Jekyll's named styles, and a boolean, leave the URL to the pattern
  if (!field || !text || /^(?:pretty|date|none|ordinal|true|false)$/.test(text)) return undefined
  if (!text.includes('{{') && !text.includes('{%')) return { field, text }
  fields.reject(
    field,
    `${field.name} is a template, which tidings does not run; write the path itself`,
  )
  return undefined
}

/** The permanent link: the declared one, else that of the pattern. @param base the publication's URL */
export function articleUrl(
  fields: Fields,
  declared: DeclaredUrl | undefined,
  { parts, pattern, base }: { parts: PermalinkParts; pattern: string; base: string },
): string {
  if (!declared) return expandPermalink(pattern, parts, base)
  const { field, text } = declared
  if (/(?:^|\/):[a-z]/.test(text)) return expandPermalink(text, parts, base)
  // Zola serves its `path` as a folder
  const path = field.name.toLowerCase() === 'path' && !text.endsWith('/') ? `${text}/` : text
  const url = readPermalink(path, base)
  if (url === undefined) {
    fields.reject(
      field,
      `${field.name} ${quote(text)} is no web address; write a path or an https:// URL`,
    )
  }
  return url ?? base
}
