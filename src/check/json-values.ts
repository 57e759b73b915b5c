import { type Complaint, dateComplaints } from './dates.ts'
import { checkHtml } from './html.ts'
import type { JsonMember, JsonNode } from './json-tree.ts'
import { type About, show, suggest } from './notes.ts'
import { type Context, complain } from './rules.ts'
import { notePlain } from './text-rules.ts'
import { languageComplaint, linkComplaint } from './values.ts'

export type JsonCheck = (node: JsonNode, what: string, context: Context) => void
export type Members = Readonly<Record<string, JsonCheck>>

/** Looks through the members of an object: known, once, and each by its own rule. Nothing for what is no object. */
export function checkMembers(
  node: JsonNode,
  what: string,
  known: Members,
  context: Context,
): ReadonlyMap<string, JsonNode> {
  const found = new Map<string, JsonNode>()
  const { notes } = context
  if (node.kind !== 'object') {
    notes.error('json-type', node.at, `${what} is a ${node.kind}; write an object`)
    return found
  }
  for (const { name, at, node: value } of node.members) {
    if (found.has(name))
      notes.error('member-duplicate', at, `${show(name)} stands twice in ${what}; keep one`)
    found.set(name, value)
    const check = Object.hasOwn(known, name) ? known[name] : undefined
    // Names that begin with an underscore are extensions.
    if (!check && !name.startsWith('_')) {
      const remedy =
        suggest(name, Object.keys(known)) || '; remove it, or begin an extension with _'
      notes.warn('member-unknown', at, `${show(name)} is no member of ${what}${remedy}`)
    }
    const about: About = { field: name }
    check?.(value, name, { ...context, notes: notes.about(about) })
  }
  return found
}

/** Members that must be there. */
export function requireMembers(
  node: JsonNode,
  what: string,
  names: readonly string[],
  { notes }: Context,
): void {
  if (node.kind !== 'object') return
  for (const name of names) {
    if (node.members.some((member: JsonMember) => member.name === name)) continue
    notes.error('member-missing', node.at, `${what} has no ${name}; add one`, { field: name })
  }
}

function typed<Kind extends JsonNode['kind']>(
  kind: Kind,
  check: (node: Extract<JsonNode, { kind: Kind }>, what: string, context: Context) => void,
): JsonCheck {
  const article = /^[ao]/.test(kind) ? 'an' : 'a'
  return (node, what, context) => {
    if (node.kind === kind) return check(node as Extract<JsonNode, { kind: Kind }>, what, context)
    const remedy = node.kind === 'null' ? 'leave it out' : `write ${article} ${kind}`
    context.notes.error('json-type', node.at, `${what} is ${show(node.kind)}; ${remedy}`)
  }
}

const value = (rule: (value: string, context: Context) => readonly (Complaint | undefined)[]) =>
  typed('string', (node, what, context) => {
    const place = { value: node.value, offset: node.at }
    for (const complaint of rule(node.value, context)) complain(context, what, place, complaint)
  })

export const string = typed('string', ({ value, at }, what, { notes }) => {
  if (value.trim() === '')
    notes.warn('element-empty', at, `${what} is empty; fill it or leave it out`)
})

export const plain = typed('string', (node, what, context) => {
  string(node, what, context)
  notePlain(what, node.value, node.at, context)
})

/** Plain text in which nothing needs to look like anything: code may stand in an article. */
export const text = typed('string', () => undefined)
export const url = value((given) => [linkComplaint(given, { iri: true })])
export const language = value((given) => [languageComplaint(given)])
export const date = value((given, { now }) => dateComplaints(given, 'rfc3339', now))
export const boolean = typed('boolean', () => undefined)

export const mediaType = value((given) => {
  const message = 'is no media type; write one such as audio/mpeg'
  const good = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;.*)?$/.test(given)
  return good ? [] : [{ code: 'media-type-invalid', severity: 'error', message }]
})

export const amount = typed('number', ({ value, at }, what, { notes }) => {
  if (!(value >= 0))
    notes.error('number-invalid', at, `${what} is ${value}; write a number, 0 or more`)
})

export const html = typed('string', ({ value, at }, _what, { notes }) => {
  const raw = { notes, at: () => at }
  checkHtml(value, raw)
})

export const list = (check: JsonCheck): JsonCheck =>
  typed('array', ({ items }, what, context) => {
    for (const [index, item] of items.entries()) check(item, `${what}[${index}]`, context)
  })
