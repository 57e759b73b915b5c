import type { Image } from '../model/article.ts'
import type { Author, Publication } from '../model/publication.ts'
import { cleanLine } from './clean.ts'
import { type Field, type Fields, quote } from './fields.ts'
import type { HtmlDocument } from './html-document.ts'
import { readImage } from './media.ts'
import { readAuthors } from './people.ts'
import { parseHttpUrl } from './permalink.ts'
import { readTags } from './tags.ts'

// What front matter says comes first, what an HTML document says of itself second.

/** The by-line; the publication's author where there is none. */
export function authorsOf(
  fields: Fields,
  document: HtmlDocument | undefined,
  publication: Publication,
): readonly Author[] {
  const field = fields.findAnywhere('authors', 'author') ?? fields.inTable('taxonomies', 'authors')
  if (field) return readAuthors(field, fields, publication.url)
  const name = cleanLine(document?.meta.get('author') ?? '')
  if (name !== '') return [{ name }]
  return publication.author ? [publication.author] : []
}

/** Who had a part in it besides the authors. */
export function contributorsOf(
  field: Field,
  fields: Fields,
  { url }: Publication,
): readonly Author[] | undefined {
  const contributors = readAuthors(field, fields, url)
  return contributors.length > 0 ? contributors : undefined
}

/** The tags of all keys that hold any. */
export function tagsOf(fields: Fields, document: HtmlDocument | undefined): readonly string[] {
  const declared = fields.all('tags', 'tag', 'categories', 'category', 'keywords', 'taxonomies')
  const nested =
    declared.length === 0 ? fields.findAnywhere('tags', 'categories', 'keywords') : undefined
  if (declared.length > 0 || nested) return readTags(nested ? [nested] : declared, fields)
  const keywords = document?.meta.get('keywords')
  return keywords ? readTags([{ name: 'keywords', path: [], value: keywords }], fields) : []
}

/** What the author wrote as a summary, or nothing. */
export function descriptionOf(fields: Fields, document: HtmlDocument | undefined): string {
  const declared = fields.line(fields.find('description', 'summary', 'excerpt', 'teaser'))
  return (
    declared ??
    cleanLine(document?.meta.get('description') ?? document?.meta.get('og:description') ?? '')
  )
}

/** The picture that stands for the article. @param base the article's URL */
export function imageOf(
  fields: Fields,
  document: HtmlDocument | undefined,
  base: string,
): Image | undefined {
  const field = fields.findAnywhere('image', 'cover', 'thumbnail')
  return field ? readImage(field, fields, base) : metaImage(document, base)
}

/** A BCP 47 tag in its canonical form. */
export function languageOf(fields: Fields, document: HtmlDocument | undefined): string | undefined {
  const field = fields.findAnywhere('language', 'lang')
  const text = fields.line(field) ?? document?.language
  if (!text) return undefined
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0]
  } catch {
    const remedy = "write it as 'en' or 'es-ES' (BCP 47)"
    if (field) fields.reject(field, `${field.name} ${quote(text)} is no language tag; ${remedy}`)
    return undefined
  }
}

function metaImage(document: HtmlDocument | undefined, base: string): Image | undefined {
  const source = document?.meta.get('og:image')
  const url = source === undefined ? undefined : parseHttpUrl(source.trim(), base)
  return url === undefined
    ? undefined
    : { url, alt: cleanLine(document?.meta.get('og:image:alt') ?? '') }
}
