import type { Complaint } from './dates.ts'
import { xml } from './namespaces.ts'
import { type Notes, show, suggest } from './notes.ts'
import { languageComplaint, referenceComplaint } from './values.ts'
import type { XmlElement } from './xml-tree.ts'

/** What rules know besides the element that they look at. */
export interface Context {
  readonly notes: Notes
  /** the document's text, for places inside of it */
  readonly text: string
  readonly now: Date
  /** where the document was found or will be published: an absolute URL */
  readonly url?: string
  /** whether an xml:base says what relative references start from */
  readonly hasBase?: boolean
}

export type Check = (element: XmlElement, context: Context) => void

/** What may be said of an element by its name alone. */
export interface Rule {
  /** may stand more than once */
  readonly many?: boolean
  /** those that it may have, besides those of other namespaces */
  readonly attributes?: readonly string[]
  readonly check?: Check
}

/** By local name; `*` stands for all others, without which there may be none. */
export type Vocabulary = Readonly<Record<string, Rule>>

/** Elements of other vocabularies by namespace; of what is not there, anything may be said. */
export type Extensions = Readonly<Record<string, Vocabulary>>

/**
 * Looks through the children of an element: unknown ones, repeated ones, attributes and text that have no place there;
 * then each by its own rule.
 *
 * @param core namespace of the vocabulary; empty for RSS
 */
export function checkChildren(
  parent: XmlElement,
  {
    core,
    vocabulary,
    extensions,
  }: { core: string; vocabulary: Vocabulary; extensions: Extensions },
  context: Context,
): void {
  const { notes } = context
  const seen = new Set<string>()
  for (const child of parent.children) {
    const { local, uri, at, name } = child
    const own = uri === core
    const table = own ? vocabulary : Object.hasOwn(extensions, uri) ? extensions[uri] : undefined
    const rule = table && (Object.hasOwn(table, local) ? table[local] : table['*'])
    // A prefix that is not bound has been told already.
    if (table && !rule && (child.prefix === '' || uri !== '')) {
      const remedy =
        suggest(local, Object.keys(table)) || '; remove it, or give it a namespace of yours'
      const message = `<${name}> is no element of <${parent.name}>${remedy}`
      notes.error('element-unknown', at, message, { field: local })
    } else if (!own && uri === '' && child.prefix === '') {
      const remedy = `put xmlns="${core}" on the root element`
      notes.error('namespace-missing', at, `<${name}> is in no namespace; ${remedy}`)
    }
    const key = `${uri} ${local}`
    if (rule && !rule.many && seen.has(key)) {
      const message = `<${parent.name}> has more than one <${name}>; keep one`
      notes.error('element-duplicate', at, message, { field: local })
    }
    seen.add(key)
    if (rule && own) checkAttributes(child, rule.attributes ?? [], context)
    const based = context.hasBase || attribute(child, 'base', xml) !== undefined
    const inner = { ...context, hasBase: based, notes: notes.about({ field: local }) }
    checkXmlAttributes(child, inner)
    rule?.check?.(child, inner)
  }
  if (parent.text.trim() !== '') {
    const message = `<${parent.name}> has text between its elements, ${show(parent.text)}; remove it`
    notes.error('text-unexpected', parent.contentAt, message)
  }
}

/** `xml:lang` and `xml:base`, which may stand anywhere. */
export function checkXmlAttributes(element: XmlElement, context: Context): void {
  for (const { uri, local, name, value, at: offset } of element.attributes) {
    if (uri !== xml || (local === 'lang' && value === '')) continue
    const rule = local === 'lang' ? languageComplaint : local === 'base' ? referenceComplaint : null
    if (rule) complain(context, `${name} of <${element.name}>`, { value, offset }, rule(value))
  }
}

/** Attributes in no namespace that have no place on an element. */
export function checkAttributes(
  { name, attributes }: XmlElement,
  allowed: readonly string[],
  { notes }: Context,
): void {
  for (const { local, uri, at, name: full } of attributes) {
    if (uri !== '' || full.includes(':') || full === 'xmlns' || allowed.includes(local)) continue
    const remedy = suggest(local, allowed) || '; remove it'
    notes.error('attribute-unknown', at, `<${name}> has no attribute ${full}${remedy}`)
  }
}

/** The first child of that name. */
export function child(parent: XmlElement, local: string, uri = parent.uri): XmlElement | undefined {
  return parent.children.find((one) => one.local === local && one.uri === uri)
}

export function attribute({ attributes }: XmlElement, name: string, uri = ''): string | undefined {
  return attributes.find((one) => one.local === name && one.uri === uri)?.value
}

export function attributeAt({ attributes, at }: XmlElement, name: string): number {
  return attributes.find((one) => one.local === name && one.uri === '')?.at ?? at
}

/** Notes a complaint about a value: `<link> 'a b' has white space in it; …`. */
export function complain(
  { notes }: Pick<Context, 'notes'>,
  what: string,
  { value, offset }: { value: string; offset: number },
  complaint: Complaint | undefined,
): void {
  if (!complaint) return
  const { code, severity, message } = complaint
  const note = severity === 'error' ? notes.error : notes.warn
  note(code, offset, `${what} ${value === '' ? '' : `${show(value)} `}${message}`, {
    subject: value,
  })
}

/** An attribute by a rule for values; one that is not there passes. */
export function checkAttribute(
  element: XmlElement,
  name: string,
  rule: (value: string) => Complaint | undefined,
  context: Context,
): void {
  const found = attribute(element, name)
  if (found === undefined) return
  const what = `${name} of <${element.name}>`
  complain(context, what, { value: found, offset: attributeAt(element, name) }, rule(found))
}

/** An attribute that must be there. */
export function requireAttributes(
  element: XmlElement,
  names: readonly string[],
  { notes }: Context,
): void {
  for (const name of names) {
    if (attribute(element, name) !== undefined) continue
    notes.error(
      'attribute-missing',
      element.at,
      `<${element.name}> has no ${name}; add ${name}="…"`,
    )
  }
}

/** Elements that must be there. */
export function requireChildren(
  parent: XmlElement,
  names: readonly string[],
  { notes }: Context,
): void {
  for (const name of names) {
    if (child(parent, name)) continue
    const message = `<${parent.name}> has no <${name}>; add one`
    notes.error('element-missing', parent.at, message, { field: name })
  }
}
