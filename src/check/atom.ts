import { checkAlternates, checkBody, checkIdentities } from './atom-entries.ts'
import { content, textConstruct, title } from './atom-text.ts'
import { readDate } from './dates.ts'
import { extensions } from './extensions.ts'
import { checkHistory } from './history.ts'
import { checkSelf, link } from './links.ts'
import { atom, checkNamespaces, tombstones, xml } from './namespaces.ts'
import {
  attribute,
  attributeAt,
  type Check,
  type Context,
  checkAttribute,
  checkAttributes,
  checkChildren,
  checkXmlAttributes,
  child,
  complain,
  requireAttributes,
  requireChildren,
  type Vocabulary,
} from './rules.ts'
import { date, notePlain, plain, value } from './text-rules.ts'
import { emailComplaint, identityComplaint, referenceComplaint, urlComplaint } from './values.ts'
import type { XmlElement } from './xml-tree.ts'

/** An IRI is all of the text: RFC 4287 §2 allows no white space around it. */
const reference: Check = (element, context) => {
  const place = { value: element.text, offset: element.at }
  complain(context, `<${element.name}>`, place, referenceComplaint(element.text))
}

/** The identity exactly as it stands: readers compare it letter by letter, white space and all. */
const identity: Check = (element, context) => {
  const place = { value: element.text, offset: element.at }
  complain(context, `<${element.name}>`, place, identityComplaint(element.text))
}

const person: Check = (element, context) => {
  const vocabulary = {
    name: { check: plain },
    uri: { check: reference },
    email: { check: value(emailComplaint) },
  }
  checkChildren(element, { core: atom, vocabulary, extensions }, context)
  requireChildren(element, ['name'], context)
  const name = child(element, 'name')
  if (name && /\S@\S+\.\S/.test(name.text.slice(0, 300))) {
    const message = `<${name.name}> has an e-mail address in it; write that into <email>`
    context.notes.warn('email-in-name', name.at, message, { subject: name.text })
  }
}

const category: Check = (element, context) => {
  requireAttributes(element, ['term'], context)
  checkAttribute(element, 'scheme', (given) => urlComplaint(given, { iri: true }), context)
  const label = attribute(element, 'label') ?? ''
  notePlain('label of <category>', label, attributeAt(element, 'label'), context)
  if (attribute(element, 'term')?.trim() === '')
    context.notes.warn('element-empty', element.at, 'term of <category> is empty; fill it')
}

const generator: Check = (element, context) => {
  checkAttribute(element, 'uri', referenceComplaint, context)
  plain(element, context)
}

const shared: Vocabulary = {
  author: { many: true, check: person },
  category: { many: true, attributes: ['term', 'scheme', 'label'], check: category },
  contributor: { many: true, check: person },
  id: { check: identity },
  link: {
    many: true,
    attributes: ['href', 'rel', 'type', 'hreflang', 'title', 'length'],
    check: link,
  },
  rights: { attributes: ['type'], check: textConstruct },
  title: { attributes: ['type'], check: title },
  updated: { check: date('rfc3339') },
}

const feedVocabulary: Vocabulary = {
  ...shared,
  entry: { many: true },
  generator: { attributes: ['uri', 'version'], check: generator },
  icon: { check: reference },
  logo: { check: reference },
  subtitle: { attributes: ['type'], check: title },
}

/** What an entry keeps of the feed that it was taken from (RFC 4287 §4.2.11). */
const source: Check = (element, context) => {
  const { entry: _, ...vocabulary } = feedVocabulary
  checkChildren(element, { core: atom, vocabulary, extensions }, context)
  checkAlternates(element, context.notes)
  for (const name of ['id', 'title', 'updated'].filter((one) => !child(element, one))) {
    const message = `<source> has no <${name}>; keep that of the feed it was taken from`
    context.notes.warn('source-incomplete', element.at, message)
  }
}

const entryVocabulary: Vocabulary = {
  ...shared,
  content: { attributes: ['type', 'src'], check: content },
  published: { check: date('rfc3339') },
  source: { check: source },
  summary: { attributes: ['type'], check: textConstruct },
}

const deleted: Check = (element, context) => {
  requireAttributes(element, ['ref', 'when'], context)
  checkAttribute(element, 'ref', identityComplaint, context)
  checkAttribute(element, 'when', (given) => readDate(given, 'rfc3339').complaints[0], context)
}

/** The rules of Atom 1.0 (RFC 4287), for a feed or for one entry by itself. */
export function checkAtom(root: XmlElement, given: Context): void {
  const context = based(root, given)
  checkNamespaces(root, context.notes)
  checkXmlAttributes(root, context)
  checkAttributes(root, [], context)
  if (root.prefix !== '') {
    const message = `<${root.name}> has a prefix, over which some readers stumble; make Atom the default`
    context.notes.warn('namespace-prefix', root.at, message)
  }
  if (root.local === 'entry') {
    checkEntry(root, undefined, context)
    return
  }
  const entries = root.children.filter(({ local, uri }) => local === 'entry' && uri === atom)
  const others = {
    ...extensions,
    [tombstones]: { 'deleted-entry': { many: true, check: deleted } },
  }
  checkChildren(root, { core: atom, vocabulary: feedVocabulary, extensions: others }, context)
  requireChildren(root, ['id', 'title', 'updated'], context)
  checkSelf(root, 'link', context)
  checkAlternates(root, context.notes)
  checkHistory(root, entries, context)
  const first = entries[0]?.at ?? Number.POSITIVE_INFINITY
  const late = root.children.find(
    ({ local, uri, at }) => uri === atom && local !== 'entry' && at > first,
  )
  if (late) {
    const message = `<${late.name}> comes after an entry; put the entries last, since readers stop early`
    context.notes.warn('item-misplaced', late.at, message)
  }
  for (const entry of entries) checkEntry(entry, root, context)
  checkIdentities(root, entries, context.notes)
}

function checkEntry(entry: XmlElement, feed: XmlElement | undefined, given: Context) {
  const id = child(entry, 'id')?.text ?? ''
  const notes = given.notes.about({ item: id })
  const context = based(entry, { ...given, notes })
  checkXmlAttributes(entry, context)
  checkAttributes(entry, [], context)
  checkChildren(entry, { core: atom, vocabulary: entryVocabulary, extensions }, context)
  requireChildren(entry, ['id', 'title', 'updated'], context)
  const origin = child(entry, 'source')
  if (![entry, origin, feed].some((one) => one && child(one, 'author')))
    notes.error('author-missing', entry.at, '<entry> has no <author>, nor has its feed; add one')
  checkAlternates(entry, notes)
  checkBody(entry, notes)
  const [published, updated] = ['published', 'updated'].map((name) => {
    const text = child(entry, name)?.text
    return text === undefined ? undefined : readDate(text, 'rfc3339').instant
  })
  if (published !== undefined && updated !== undefined && updated < published) {
    const at = child(entry, 'updated')?.at ?? entry.at
    const message = '<updated> is before <published>; mend one of the two'
    notes.warn('date-order', at, message, { field: 'updated' })
  }
}

function based(element: XmlElement, context: Context): Context {
  return attribute(element, 'base', xml) === undefined ? context : { ...context, hasBase: true }
}
