import type { Problem } from '../model/problem.ts'
import { cleanLine } from './clean.ts'
import { type FrontMatter, lineOfKey, type Table, type Value } from './front-matter.ts'

/** One key of the front matter with what it says. */
export interface Field {
  /** as it was typed */
  readonly name: string
  readonly path: readonly string[]
  readonly value: Exclude<Value, null>
}

/**
 * The front matter, asked key by key. Keys are found whatever their case; names are asked for in lower case. What is empty counts as absent.
 * Faults are gathered, each with the line of its key.
 */
export interface Fields {
  /** The first of these keys that says something. */
  find(...names: readonly string[]): Field | undefined
  /** All of these keys that say something, in this order. */
  all(...names: readonly string[]): readonly Field[]
  /** The same as `find`, then in the tables where generators keep what is not theirs: `extra`, `params`. */
  findAnywhere(...names: readonly string[]): Field | undefined
  /** A key of a table. */
  inTable(table: string, name: string): Field | undefined
  /** One line of text. Anything but text is a problem. */
  line(field: Field | undefined): string | undefined
  reject(field: Field, message: string): void
  warn(field: Field, message: string): void
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

export function createFields(file: string, matter: FrontMatter, table: Table): Fields {
  const problems: Problem[] = []
  const warnings: Problem[] = []
  const top = index(table, [])
  let nested: ReadonlyMap<string, Field> | undefined
  const note = (list: Problem[]) => (field: Field, message: string) => {
    list.push({ file, line: lineOfKey(matter, field.path), message })
  }
  const reject = note(problems)
  const all = (...names: readonly string[]) => {
    const found: Field[] = []
    for (const name of names) {
      const field = top.get(name)
      if (field) found.push(field)
    }
    return found
  }
  const find = (...names: readonly string[]) => {
    for (const name of names) {
      const field = top.get(name)
      if (field) return field
    }
    return undefined
  }
  return {
    problems,
    warnings,
    reject,
    warn: note(warnings),
    all,
    find,
    findAnywhere(...names) {
      const field = find(...names)
      if (field || (!top.has('params') && !top.has('extra'))) return field
      nested ??= new Map([...tablesIn(top, 'params'), ...tablesIn(top, 'extra')])
      const inside = nested
      return names.flatMap((name) => inside.get(name) ?? [])[0]
    },
    inTable: (table, name) => tablesIn(top, table).get(name),
    line(field) {
      if (!field) return undefined
      if (typeof field.value === 'string') return cleanLine(field.value)
      reject(field, `${field.name} must be text on one line, not a ${kindOf(field.value)}`)
      return undefined
    },
  }
}

/** `'yes'` and the like; undefined for what is neither. */
export function readBoolean(value: Value): boolean | undefined {
  if (typeof value !== 'string') return undefined
  if (/^(?:true|yes|on|1)$/i.test(value.trim())) return true
  return /^(?:false|no|off|0)$/i.test(value.trim()) ? false : undefined
}

/** A value as a message shows it: in quotes, its beginning when it is long. */
export function quote(text: string): string {
  return text.length > 80 ? `'${text.slice(0, 80).toWellFormed()}…'` : `'${text}'`
}

/** How a message names a value. */
export function kindOf(value: Value): string {
  if (value instanceof Map) return 'table'
  return Array.isArray(value) ? 'list' : 'text'
}

/** One line of text from a table, by the first of these names that has one. */
export function lineIn(table: Table, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = table.get(name)
    const text = typeof value === 'string' ? cleanLine(value) : ''
    if (text !== '') return text
  }
  return undefined
}

function index(table: Table, path: readonly string[]): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>()
  for (const [name, value] of table) {
    const empty = value === null || (typeof value === 'string' && value.trim() === '')
    const lower = name.toLowerCase()
    if (!empty && !fields.has(lower)) fields.set(lower, { name, path: [...path, name], value })
  }
  return fields
}

function tablesIn(top: ReadonlyMap<string, Field>, name: string): ReadonlyMap<string, Field> {
  const field = top.get(name)
  return field?.value instanceof Map ? index(field.value, field.path) : new Map()
}
