import type { Author } from '../model/publication.ts'
import { cleanLine } from './clean.ts'
import { type Field, type Fields, lineIn, quote } from './fields.ts'
import type { Table, Value } from './front-matter.ts'
import { parseHttpUrl } from './permalink.ts'

/**
 * Authors as people write them: `Ana, Bea <bea@example.org>`, a list of such names, or tables with `name`, `email`
 * and `url`. One text is cut at its commas, an entry of a list is not. Each person once.
 *
 * @param base what relative URLs are relative to
 */
export function readAuthors(field: Field, fields: Fields, base: string): readonly Author[] {
  const { value } = field
  const entries: readonly Value[] =
    typeof value === 'string'
      ? value.split(',')
      : value instanceof Map
        ? [value]
        : (value as Value[])
  const authors = entries.flatMap((entry) => readAuthor(entry, field, fields, base) ?? [])
  if (authors.length < 2) return authors
  const seen = new Set<string>()
  return authors.filter(({ name, email }) => {
    const key = `${name.toLowerCase()}\n${name === '' ? email : ''}`
    return !seen.has(key) && seen.add(key)
  })
}

function readAuthor(entry: Value, field: Field, fields: Fields, base: string): Author | undefined {
  if (entry === null) return undefined
  if (typeof entry === 'string') return readName(cleanLine(entry))
  if (entry instanceof Map) return readTable(entry, field, fields, base)
  fields.reject(field, `${field.name} must hold names, or tables with name, email and url`)
  return undefined
}

function readName(text: string): Author | undefined {
  const [, quoted = '', email] = /^(.*?)\s*<([^<>]*)>$/.exec(text) ?? [undefined, text]
  const name = quoted.replace(/^"(.*)"$/, '$1').trim()
  if (email !== undefined && isAddress(email.trim())) return { name, email: email.trim() }
  if (isAddress(name)) return { name: '', email: name }
  return name === '' ? undefined : { name }
}

function readTable(table: Table, field: Field, fields: Fields, base: string): Author | undefined {
  const name = lineIn(table, 'name', 'title') ?? ''
  const email = lineIn(table, 'email', 'mail')
  const page = lineIn(table, 'url', 'uri', 'link', 'website')
  const url = page === undefined ? undefined : parseHttpUrl(page, base)
  if (page !== undefined && url === undefined) {
    fields.reject(
      field,
      `${field.name}: ${quote(page)} is no web address; write it as https://example.org/`,
    )
  }
  if (email !== undefined && !isAddress(email)) {
    fields.reject(
      field,
      `${field.name}: ${quote(email)} is no e-mail address; write it as name@example.org`,
    )
  }
  if (name === '' && email === undefined) {
    fields.reject(field, `${field.name} needs a name; write 'name: …' in its table`)
    return undefined
  }
  return { name, ...(email !== undefined && { email }), ...(url !== undefined && { url }) }
}

function isAddress(text: string): boolean {
  return /^[^\s@<>"(),:;]+@[^\s@<>"(),:;]+\.[^\s@<>"(),:;]+$/.test(text)
}
