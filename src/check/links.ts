import type { Complaint } from './dates.ts'
import { atom } from './namespaces.ts'
import {
  attribute,
  attributeAt,
  type Check,
  type Context,
  checkAttribute,
  checkAttributes,
  complain,
  requireAttributes,
} from './rules.ts'
import { notePlain } from './text-rules.ts'
import {
  integerComplaint,
  languageComplaint,
  linkComplaint,
  mediaTypeComplaint,
  referenceComplaint,
} from './values.ts'
import type { XmlElement } from './xml-tree.ts'

/** Relations of the IANA's registry that feeds use. */
const relations = new Set(
  [
    'about alternate amphtml appendix archives author bookmark canonical chapter collection contents copyright',
    'current describedby describes disclosure duplicate edit edit-media enclosure external first glossary help hub',
    'icon index last latest-version license me memento monitor next next-archive nofollow payment pingback',
    'predecessor-version prev prev-archive preview previous privacy-policy related replies search section self',
    'service shortlink start status stylesheet subsection successor-version tag terms-of-service up version-history',
    'via webmention working-copy',
  ]
    .join(' ')
    .split(' '),
)

/** One `atom:link` (RFC 4287 §4.2.7), in Atom or in RSS. */
export const link: Check = (element, context) => {
  const { notes, hasBase = false } = context
  checkAttributes(element, ['href', 'rel', 'type', 'hreflang', 'title', 'length'], context)
  requireAttributes(element, ['href'], context)
  checkAttribute(element, 'href', (value) => hrefComplaint(value, hasBase), context)
  checkAttribute(element, 'rel', relationComplaint, context)
  checkAttribute(element, 'type', mediaTypeComplaint, context)
  checkAttribute(element, 'hreflang', languageComplaint, context)
  checkAttribute(element, 'length', length, context)
  const title = attribute(element, 'title') ?? ''
  notePlain(`title of <${element.name}>`, title, attributeAt(element, 'title'), context)
  if (element.text.trim() !== '' || element.children.length > 0) {
    const message = `<${element.name}> has content, which readers ignore; say it all in attributes`
    notes.warn('link-not-empty', element.at, message)
  }
}

function length(value: string): Complaint | undefined {
  return integerComplaint(value, 0, Number.MAX_SAFE_INTEGER)
}

function hrefComplaint(value: string, hasBase: boolean): Complaint | undefined {
  if (value === '')
    return { code: 'url-empty', severity: 'warning', message: 'is empty; write the whole URL' }
  if (/^[a-z][a-z\d+.-]*:/i.test(value)) return linkComplaint(value, { iri: true })
  const complaint = referenceComplaint(value)
  if (complaint || hasBase) return complaint
  const message = 'is relative and nothing says to what; write the whole URL'
  return { code: 'url-relative', severity: 'warning', message }
}

function relationComplaint(value: string): Complaint | undefined {
  const name = value.replace('http://www.iana.org/assignments/relation/', '').toLowerCase()
  if (relations.has(name)) return undefined
  if (/^[a-z][a-z\d+.-]*:\S+$/i.test(value)) return undefined
  const message = 'is no registered relation; take one of the IANA list, or write an IRI'
  return { code: 'link-relation', severity: 'warning', message }
}

/** The relation of a link: `alternate` where it names none. */
export function relationOf(element: XmlElement): string {
  const given = attribute(element, 'rel')?.toLowerCase() ?? 'alternate'
  return given.replace('http://www.iana.org/assignments/relation/', '')
}

export function linksOf(parent: XmlElement): readonly XmlElement[] {
  return parent.children.filter(({ local, uri }) => local === 'link' && uri === atom)
}

/** A feed should say where it is (RFC 4287 §4.1.1, profile of the RSS Advisory Board). */
export function checkSelf(parent: XmlElement, name: string, context: Context): void {
  const { notes, url } = context
  const links = linksOf(parent).filter((one) => relationOf(one) === 'self')
  const [self] = links
  if (!self) {
    const remedy = `add <${name} rel="self" href="…"/> with its own URL`
    notes.warn('self-missing', parent.at, `the feed does not say where it is: ${remedy}`)
    return
  }
  const [, second] = links
  if (second) notes.warn('self-duplicate', second.at, 'the feed has two self links; keep one')
  const href = attribute(self, 'href') ?? ''
  const target = URL.parse(href, url)
  if (url === undefined || !target || sameUrl(target.href, url)) return
  const value = { value: href, offset: attributeAt(self, 'href') }
  const message = `is not where the document is, ${url}; make them the same`
  complain({ notes }, 'self link', value, { code: 'self-mismatch', severity: 'warning', message })
}

export function sameUrl(one: string, other: string): boolean {
  const plain = (url: string) => (URL.parse(url)?.href ?? url).replace(/#.*$/s, '')
  return plain(one) === plain(other)
}
