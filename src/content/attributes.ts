import { allowed, globalAttributes } from './elements.ts'
import { escapeAttribute, withoutControls } from './escape.ts'
import { resolveLink, resolveMedia, resolvePicture, resolveSrcset } from './links.ts'

/** Where an article stands, for all that points into it or away from it. */
export interface Place {
  /** absolute URL of the article */
  readonly url: string
  /** goes before every `id`, so that two articles on one page do not share one */
  readonly prefix: string
}

/** What `finishLinks` puts right: noncharacters, which are removed from everything that an author wrote. */
const mark = { open: '\uFDD0', close: '\uFDD1' }

type Check = (value: string, place: Place) => string | undefined

const pattern =
  (allowedValues: RegExp): Check =>
  (value) => {
    const trimmed = value.trim()
    return allowedValues.test(trimmed) ? trimmed : undefined
  }

const size = pattern(/^\d{1,5}%?$/)
const count = pattern(/^\d{1,4}$/)
const integer = pattern(/^-?\d{1,9}$/)
const free: Check = (value) => value
const flag: Check = () => ''
const truth = pattern(/^(?:true|false|mixed)$/)
const media: Check = (value, { url }) => resolveMedia(value, url)

const checks: Readonly<Record<string, Check>> = {
  align: pattern(/^(?:left|right|center|justify)$/i),
  alt: free,
  'aria-checked': truth,
  'aria-disabled': truth,
  'aria-hidden': truth,
  'aria-label': free,
  cite: media,
  class: (value) => /(?:^|\s)((?:language|lang)-[\w+#.-]{1,40})(?:\s|$)/.exec(value)?.[1],
  colspan: count,
  datetime: pattern(/^[\w:.+ -]{1,40}$/),
  dir: pattern(/^(?:ltr|rtl|auto)$/i),
  height: size,
  href: (value, { url }) => resolveLink(value, url),
  id: (value, { prefix }) => (value.trim() === '' ? undefined : prefixedId(value, prefix)),
  lang: pattern(/^[A-Za-z0-9-]{1,35}$/),
  media: pattern(/^[\w\s:().,<>=/-]{1,200}$/),
  open: flag,
  poster: media,
  reversed: flag,
  role: pattern(/^(?:checkbox|img|note|doc-[a-z]+)$/),
  rowspan: count,
  scope: pattern(/^(?:row|col|rowgroup|colgroup)$/i),
  sizes: pattern(/^[\w\s:().,<>=+*/%-]{1,500}$/),
  src: (value, { url }) => resolvePicture(value, url),
  srcset: (value, { url }) => resolveSrcset(value, url) || undefined,
  start: integer,
  title: free,
  type: pattern(/^[\w./+-]{1,60}$/),
  value: integer,
  width: size,
}

export type Attributes = ReadonlyMap<string, string>

/** The attributes that may stay on an element, serialised with a space before each. */
export function keepAttributes(element: string, attributes: Attributes, place: Place): string {
  if (attributes.size === 0) return ''
  const own = allowed.get(element) ?? []
  let html = ''
  for (const [name, value] of attributes) {
    if (!own.includes(name) && !globalAttributes.includes(name)) continue
    const fragment = name === 'href' ? ownFragment(value, place) : undefined
    const kept = fragment === undefined ? checks[name]?.(value, place) : undefined
    if (fragment !== undefined)
      html += ` href="${mark.open}${escapeAttribute(fragment)}${mark.close}"`
    else if (kept !== undefined) html += attribute(name, kept)
  }
  return html
}

/** One attribute, serialised with a space before it. */
export function attribute(name: string, value: string): string {
  return ` ${name}="${escapeAttribute(value)}"`
}

/**
 * Points the links that stay within the article at its prefixed ids, and all others of them at the article on the web,
 * whose own ids are not ours to know.
 *
 * @param ids as they stand in the article, prefixed
 */
export function finishLinks(
  html: string,
  ids: ReadonlySet<string>,
  { url, prefix }: Place,
): string {
  if (!html.includes(mark.open)) return html
  const page = escapeAttribute(url.split('#', 1)[0] ?? url)
  return html.replace(/\uFDD0([^\uFDD1]*)\uFDD1/g, (_, fragment: string) => {
    const id = prefixedId(decode(fragment.replaceAll('&amp;', '&')), prefix)
    return ids.has(id)
      ? `${page}#${escapeAttribute(encodeURI(id).replaceAll('#', '%23'))}`
      : `${page}#${fragment}`
  })
}

/** The fragment, percent-encoded, of a link to a place in the article itself. */
function ownFragment(value: string, { url }: Place): string | undefined {
  if (!value.includes('#')) return undefined
  const target = URL.parse(value, url)
  if (target === null || target.hash === '') return undefined
  const { hash } = target
  const here = URL.parse(url)
  if (here === null || target.href.slice(0, -hash.length) !== here.href.split('#', 1)[0])
    return undefined
  return hash.slice(1)
}

/** Twice the same as once, so that what was made portable may pass again. */
export function prefixedId(value: string, prefix: string): string {
  const id = withoutControls(value).replace(/\s+/g, '-').slice(0, 200)
  return id.startsWith(prefix) ? id : `${prefix}${id}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
