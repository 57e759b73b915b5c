import { oneOf } from './extensions.ts'
import {
  attribute,
  attributeAt,
  type Check,
  type Context,
  checkAttribute,
  checkChildren,
  child,
  requireAttributes,
  requireChildren,
} from './rules.ts'
import { date, plain, value } from './text-rules.ts'
import { emailComplaint, integerComplaint, linkComplaint } from './values.ts'
import type { XmlElement } from './xml-tree.ts'

const pixel = (given: string) => integerComplaint(given, 0, 100_000)

const head: Check = (element, context) => {
  const vocabulary = {
    title: { check: plain },
    dateCreated: { check: date('rfc822') },
    dateModified: { check: date('rfc822') },
    ownerName: { check: plain },
    ownerEmail: { check: value(emailComplaint) },
    ownerId: { check: value(linkComplaint) },
    docs: { check: value(linkComplaint) },
    expansionState: {},
    vertScrollState: { check: value(pixel) },
    windowTop: { check: value(pixel) },
    windowLeft: { check: value(pixel) },
    windowBottom: { check: value(pixel) },
    windowRight: { check: value(pixel) },
  }
  checkChildren(element, { core: '', vocabulary, extensions: {} }, context)
}

/** A subscription list (OPML 1.0 to 2.0, http://opml.org/spec2.opml). */
export function checkOpml(root: XmlElement, context: Context): void {
  const { notes } = context
  requireAttributes(root, ['version'], context)
  checkAttribute(root, 'version', oneOf('1.0', '1.1', '2.0'), context)
  const vocabulary = { head: { check: head }, body: {} }
  checkChildren(root, { core: '', vocabulary, extensions: {} }, context)
  requireChildren(root, ['head', 'body'], context)
  const body = child(root, 'body')
  if (body && body.children.length === 0)
    notes.error('element-missing', body.at, '<body> has no <outline>; add one for each feed')
  const seen = new Set<string>()
  for (const outline of body?.children ?? []) checkOutline(outline, seen, context)
}

function checkOutline(outline: XmlElement, seen: Set<string>, context: Context) {
  const { notes } = context
  if (outline.local !== 'outline' || outline.uri !== '') {
    const message = `<${outline.name}> has no place among outlines; remove it`
    notes.error('element-unknown', outline.at, message)
    return
  }
  requireAttributes(outline, ['text'], context)
  const type = attribute(outline, 'type')?.toLowerCase()
  const url = attribute(outline, 'xmlUrl')
  if (type === 'rss' && url === undefined) requireAttributes(outline, ['xmlUrl'], context)
  if (url !== undefined && type === undefined) {
    const message = '<outline> has xmlUrl and no type; add type="rss", or readers skip it'
    notes.warn('attribute-missing', outline.at, message)
  }
  checkAttribute(outline, 'xmlUrl', linkComplaint, context)
  checkAttribute(outline, 'htmlUrl', linkComplaint, context)
  if (url !== undefined && seen.has(url)) {
    const message = 'the feed stands in the list twice; keep one of the two'
    notes.warn('value-duplicate', attributeAt(outline, 'xmlUrl'), message, { subject: url })
  }
  if (url !== undefined) seen.add(url)
  for (const inner of outline.children) checkOutline(inner, seen, context)
}
