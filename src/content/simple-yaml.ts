import type { Table, Value } from './front-matter.ts'

// A plain scalar that means itself in every YAML: no indicator at its head, no `: `, no ` #`, nothing to fold.
const plain = /^[\p{L}\p{N}_/(][^\p{C}\p{Zl}\p{Zp}]*$/u
// The same in ASCII: to compile the classes of Unicode takes as long as to read a hundred articles
const plainAscii = /^[\w/(][ -~]*$/
const indicator = /:(?: |$)| #|[^\S ]/u
const doubleQuoted = /^"([^"\\\p{C}]*)"$/u
const asciiQuoted = /^"([ !#-[\]-~]*)"$/
const singleQuoted = /^'([^'\p{C}]*)'$/u
const pair = /^([A-Za-z_][\w-]*):(?: +(\S.*))?$/
const item = /^( *)- +(\S.*)$/

/**
 * Reads the front matter that most files have: `key: value` and lists of one-line values. A fast way past the YAML
 * library, whose results it shares to the letter.
 *
 * @returns undefined for all that is less than simple: ask the library
 */
export function readSimpleYaml(block: string): Table | undefined {
  const table = new Map<string, Value>()
  let list: Value[] | undefined
  let open: string | undefined
  let indent = ''
  for (const padded of block.split('\n')) {
    const line = trimSpaces(padded)
    if (line === '' && padded === '') continue
    const entry = item.exec(line)
    if (entry) {
      if (open === undefined) return undefined
      if (!list) {
        list = []
        indent = entry[1] ?? ''
        table.set(open, list)
      } else if (entry[1] !== indent) return undefined
      const value = readScalar(entry[2] ?? '')
      if (value === undefined) return undefined
      list.push(value)
      continue
    }
    const [, name, text] = pair.exec(line) ?? []
    if (name === undefined || table.has(name) || name.length > 100) return undefined
    const value = text === undefined ? null : readValue(text)
    if (value === undefined) return undefined
    table.set(name, value)
    open = text === undefined ? name : undefined
    list = undefined
  }
  return table
}

function readValue(text: string): Value | undefined {
  if (!text.startsWith('[')) return readScalar(text)
  const flow = text.slice(1, -1)
  if (!text.endsWith(']') || /[[\]{}]|[^\S ]/.test(flow)) return undefined
  if (flow === '') return []
  const values: string[] = []
  for (const part of flow.split(',')) {
    // Only words and quoted words without a comma: anything else is the library's
    const word = part.trim()
    const value = /^["'\w]/.test(word) ? readScalar(word) : undefined
    if (value === undefined || value === null) return undefined
    values.push(value)
  }
  return values
}

/** Without spaces at the end; not a regular expression, which would try at every space. */
function trimSpaces(line: string): string {
  let end = line.length
  while (end > 0 && line.charCodeAt(end - 1) === 32) end--
  return end === line.length ? line : line.slice(0, end)
}

function readScalar(text: string): string | null | undefined {
  const first = text.charCodeAt(0)
  if (first === 34) return (asciiQuoted.exec(text) ?? doubleQuoted.exec(text))?.[1]
  if (first === 39) return singleQuoted.exec(text)?.[1]
  if (!(plainAscii.test(text) || plain.test(text)) || indicator.test(text)) return undefined
  return /^(?:null|Null|NULL)$/.test(text) ? null : text
}
