import { extensions } from './extensions.ts'
import { atom, content, dc, dcterms } from './namespaces.ts'
import { show } from './notes.ts'
import { enclosure, source } from './rss-parts.ts'
import {
  attribute,
  attributeAt,
  type Check,
  type Context,
  checkAttributes,
  checkChildren,
  child,
  complain,
  type Vocabulary,
} from './rules.ts'
import { date, html, plain, value } from './text-rules.ts'
import { linkComplaint, mailboxComplaint, urlComplaint } from './values.ts'
import type { XmlElement } from './xml-tree.ts'

const guid: Check = (element, context) => {
  const { notes } = context
  const id = element.text.trim()
  const permanent = attribute(element, 'isPermaLink')
  const place = { value: id, offset: element.at }
  if (permanent !== undefined && permanent !== 'true' && permanent !== 'false') {
    const message = `isPermaLink is ${show(permanent)}; write true or false`
    notes.error('value-unknown', attributeAt(element, 'isPermaLink'), message)
  }
  if (id === '') {
    notes.error('id-invalid', element.at, '<guid> is empty; write a permanent, unique name')
  } else if (permanent !== 'false') {
    const complaint = /^https?:/i.test(id) ? urlComplaint(id) : undefined
    const message = 'is no web address; write isPermaLink="false"'
    const wrong = /^https?:/i.test(id)
      ? undefined
      : ({ code: 'guid-not-url', severity: 'error', message } as const)
    complain(context, '<guid>', place, complaint ?? wrong)
  } else if (/^\d{1,8}$/.test(id)) {
    const message = 'is too short to be unique everywhere; write a tag: URI or a URL'
    complain(context, '<guid>', place, { code: 'id-not-unique', severity: 'warning', message })
  }
}

const vocabulary: Vocabulary = {
  author: { check: value(mailboxComplaint) },
  category: { many: true, attributes: ['domain'], check: plain },
  comments: { check: value(linkComplaint) },
  description: { check: html },
  // How many there may be is a matter of readers, not of the standard: see below.
  enclosure: { many: true, attributes: ['url', 'length', 'type'], check: enclosure },
  guid: { attributes: ['isPermaLink'], check: guid },
  link: { check: value(linkComplaint) },
  pubDate: { check: date('rfc822') },
  source: { attributes: ['url'], check: source },
  title: { check: plain },
}

/** @param seen the guids of the items before, to which its own is added */
export function checkItem(item: XmlElement, seen: Map<string, XmlElement>, context: Context): void {
  const id = child(item, 'guid')
  const key = id?.text.trim() ?? ''
  const notes = context.notes.about({ item: key || (child(item, 'link')?.text.trim() ?? '') })
  const inItem = { ...context, notes }
  checkAttributes(item, [], inItem)
  checkChildren(item, { core: '', vocabulary, extensions }, inItem)
  checkTwice(item, inItem)
  if (!child(item, 'title') && !child(item, 'description'))
    notes.error('element-missing', item.at, '<item> has neither title nor description; add one', {
      field: 'title',
    })
  if (!id)
    notes.warn(
      'guid-missing',
      item.at,
      '<item> has no <guid>, so that an edit makes it new; add one',
    )
  else if (key !== '' && seen.has(key))
    notes.error(
      'id-duplicate',
      id.at,
      `guid ${show(key)} stands in two items; readers show one of them`,
    )
  else if (key !== '') seen.set(key, item)
  const [, second] = item.children.filter(({ local, uri }) => local === 'enclosure' && uri === '')
  if (second)
    notes.warn(
      'enclosure-duplicate',
      second.at,
      '<item> has a second enclosure, which most readers skip',
    )
  const full = child(item, 'encoded', content)
  const summary = child(item, 'description')
  if (full && (!summary || summary.at > full.at)) {
    const remedy = 'put a <description> before it, or some readers show the wrong one'
    notes.warn(
      'description-order',
      full.at,
      `<${full.name}> has no description before it; ${remedy}`,
    )
  }
}

/** Elements of RSS, and those of other vocabularies that say the same. */
const pairs: readonly [core: string, uri: string, local: string][] = [
  ['author', dc, 'creator'],
  ['author', atom, 'author'],
  ['category', dc, 'subject'],
  ['copyright', dc, 'rights'],
  ['guid', atom, 'id'],
  ['language', dc, 'language'],
  ['lastBuildDate', dcterms, 'modified'],
  ['managingEditor', dc, 'creator'],
  ['pubDate', dc, 'date'],
  ['pubDate', atom, 'published'],
  ['source', dc, 'source'],
  ['title', dc, 'title'],
]

/** Notes what is said twice, of which readers take the one or the other. */
export function checkTwice(parent: XmlElement, { notes }: Context): void {
  for (const [core, uri, local] of pairs) {
    const other = child(parent, local, uri)
    if (!other || !child(parent, core)) continue
    const message = `<${core}> and <${other.name}> say the same; keep one, since readers differ`
    notes.warn('element-redundant', other.at, message, { field: core })
  }
}
