import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { Wrong } from './config-check.ts'
import { keys, lists } from './config-keys.ts'

/** Fills `given` with the leaves of the configuration by dotted key; yields what has no place in it. */
export function* flatten(
  value: unknown,
  prefix: string,
  given: Map<string, unknown>,
): Generator<string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield `${prefix || 'the configuration'}: expected an object, found ${toText(value)}`
    return
  }
  const isEmpty = Object.values(value).every((inner) => inner === undefined)
  if (isEmpty && lists.includes(withoutIndex(prefix))) yield `${prefix}: has nothing in it`
  for (const [name, inner] of Object.entries(value)) {
    const key = prefix ? `${prefix}.${name}` : name
    if (inner === undefined) continue
    const known = withoutIndex(key)
    if (Object.hasOwn(keys, known)) given.set(key, inner)
    else if (Array.isArray(inner) && lists.includes(known)) {
      for (const [index, one] of inner.entries()) yield* flatten(one, `${key}[${index}]`, given)
    } else if (Object.keys(keys).some((member) => member.startsWith(`${known}.`)))
      yield* flatten(inner, key, given)
    else yield `${key}: unknown key${suggest(key)}`
  }
}

/** `mail.dkim[1].domain` is checked as `mail.dkim.domain`. */
function withoutIndex(key: string): string {
  return key.replace(/\[\d+\]/g, '')
}

function suggest(key: string): string {
  const near = Object.keys(keys)
    .map((known) => ({ known, distance: editDistance(withoutIndex(key), known) }))
    .sort((a, b) => a.distance - b.distance)[0]
  return near && near.distance <= 3
    ? `; did you mean ${near.known}?`
    : '; remove it, or see docs/configuration.md'
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, charA] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, charB] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (charA === charB ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** Takes `env:NAME` and `file:PATH` from where they point, then checks the value by its key. */
export function checkKey(
  key: string,
  value: unknown,
  from: { root: string; env: NodeJS.ProcessEnv },
): unknown {
  const check = keys[withoutIndex(key)]
  const taken = Array.isArray(value)
    ? value.map((one) => dereference(one, from))
    : dereference(value, from)
  if (taken instanceof Wrong && isLate(key, value)) return value
  if (taken instanceof Wrong || !check) return taken
  const wrong = Array.isArray(taken) && taken.find((one) => one instanceof Wrong)
  return wrong || check(taken)
}

/**
 * Secrets of sending stay as `env:NAME` while the environment lacks them: a machine that only builds needs none. Who
 * needs one then says that it is missing.
 */
function isLate(key: string, value: unknown): boolean {
  return (
    /^(?:store|server\.secret|server\.webhooks\..*|mail\..*)$/.test(key) &&
    String(value).startsWith('env:')
  )
}

function dereference(
  value: unknown,
  { root, env }: { root: string; env: NodeJS.ProcessEnv },
): unknown {
  if (typeof value !== 'string') return value
  if (value.startsWith('env:')) {
    const name = value.slice(4)
    return env[name] || new Wrong(`the environment variable ${name} to be set`)
  }
  if (value.startsWith('file:')) {
    const path = resolve(root, value.slice(5))
    try {
      return readFileSync(path, 'utf8').trim()
    } catch (error) {
      return new Wrong(
        `a readable file at ${path} (${error instanceof Error ? error.message : error})`,
      )
    }
  }
  return value
}

/** What was found, never a secret. */
export function show(key: string, value: unknown): string {
  if (/secret|privateKey|transport|store|dkim|webhooks/i.test(key))
    return 'something else (not shown)'
  const text = toText(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

function toText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return `a ${typeof value}` // circular, or a number that JSON does not know
  }
}

const required = ['publication.title', 'publication.description', 'publication.url']
const requiredTogether: Readonly<Record<string, readonly string[]>> = {
  'publication.author': ['publication.author.name'],
  newsletter: ['newsletter.from', 'newsletter.postalAddress'],
}
/** What each member of a list of groups needs. */
const requiredEach: Readonly<Record<string, readonly string[]>> = {
  'mail.dkim': ['domain', 'selector', 'privateKey'],
  'newsletter.topics': ['id', 'name', 'tags'],
}

/** The keys that have to be there and are not. */
export function missing(given: ReadonlyMap<string, unknown>): string[] {
  const needed = [...required]
  for (const [group, members] of Object.entries(requiredTogether)) {
    if ([...given.keys()].some((key) => key.startsWith(`${group}.`))) needed.push(...members)
  }
  for (const [list, members] of Object.entries(requiredEach)) {
    for (const group of groupsOf(list, given)) {
      needed.push(...members.map((member) => `${group}.${member}`))
    }
  }
  return needed.filter((key) => !given.has(key)).map((key) => `${key}: missing`)
}

/** The topics that bear the name of an earlier one. */
export function clashes(given: ReadonlyMap<string, unknown>): string[] {
  const places = new Map<unknown, string>()
  return groupsOf('newsletter.topics', given).flatMap((group) => {
    const id = given.get(`${group}.id`)
    const earlier = places.get(id)
    if (earlier === undefined) places.set(id, group)
    return earlier === undefined || id === undefined ? [] : [`${group}.id: is that of ${earlier}`]
  })
}

/** The store, where everybody could fetch it: out/ is made to be served. */
export function exposed(given: ReadonlyMap<string, unknown>, root: string): string[] {
  const store = given.get('store')
  const file = /^sqlite:(.+)/s.exec(String(store))?.[1]
  if (file === undefined) return []
  const place = relative(join(root, 'out'), resolve(root, file))
  if (/^\.\.(?:[\\/]|$)/.test(place) || isAbsolute(place)) return []
  return [
    `store: ${store} lies in out/, which is served to everybody, with all addresses; take sqlite:.tidings/tidings.db, or another place outside of it`,
  ]
}

/** The members of a list that are given: `mail.dkim`, or `mail.dkim[0]` and so on. */
export function groupsOf(list: string, given: ReadonlyMap<string, unknown>): readonly string[] {
  const groups = [...given.keys()].map((key) => key.slice(0, key.lastIndexOf('.')))
  return [...new Set(groups.filter((group) => withoutIndex(group) === list))]
}
