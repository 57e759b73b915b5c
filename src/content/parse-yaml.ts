import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument, type YAMLError } from 'yaml'
import { FrontMatterError, type Table, type Value } from './front-matter.ts'

// More than any front matter needs, and little enough to end a bomb of aliases at once.
const mostNodes = 10_000
const deepest = 50

/**
 * Reads a YAML block with every scalar as text (the failsafe schema of YAML 1.2); only an unquoted nothing, `~` or
 * `null` is null.
 *
 * @throws {FrontMatterError} for what is no YAML, and for what is no map
 */
export function parseYaml(block: string): Table {
  const document = parseDocument(block, {
    schema: 'failsafe',
    prettyErrors: false,
    logLevel: 'silent',
    uniqueKeys: true,
  })
  const [error] = document.errors
  if (error) throw new FrontMatterError(lineOf(error, block), describe(error), { cause: error })
  if (document.contents === null) return new Map()
  const value = toValue(document.contents, { document, block, nodes: 0, depth: 0 })
  if (value === null) return new Map()
  if (!(value instanceof Map)) {
    throw new FrontMatterError(
      1,
      "the front matter is no list of keys; write it as 'key: value', one a line",
    )
  }
  return value
}

interface Walk {
  readonly document: Document
  readonly block: string
  nodes: number
  depth: number
}

function toValue(node: unknown, walk: Walk): Value {
  walk.nodes += 1
  if (walk.nodes > mostNodes || walk.depth > deepest) {
    throw new FrontMatterError(
      1,
      'the front matter is too big or too deep; remove its anchors and aliases',
    )
  }
  if (isScalar(node)) {
    const unquoted = node.type === 'PLAIN' || node.type === undefined
    if (unquoted && /^(?:~|null|Null|NULL)?$/.test(node.source ?? '')) return null
    return typeof node.value === 'string' ? node.value : (node.source ?? '')
  }
  walk.depth += 1
  const value = toCollection(node, walk)
  walk.depth -= 1
  return value
}

function toCollection(node: unknown, walk: Walk): Value {
  if (isAlias(node)) return toValue(node.resolve(walk.document), walk)
  if (isSeq(node)) return node.items.map((entry) => toValue(entry, walk))
  if (!isMap(node)) return null
  const table = new Map<string, Value>()
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? (key.source ?? String(key.value)) : toValue(key, walk)
    if (typeof name === 'string') table.set(name, toValue(value, walk))
  }
  return table
}

/** Where the fault is: for a quotation that is not closed where it begins, not where the block ends. */
function lineOf({ code, message, pos }: YAMLError, block: string): number {
  const end = lineAt(block, pos[0])
  if (code !== 'MISSING_CHAR' || !/quote/.test(message)) return end
  const lines = block.split('\n').slice(0, end)
  const open = lines.findLastIndex((line) =>
    /^[^#]*?[:-][ ]+(?:"(?:[^"\\]|\\.)*|'[^']*)$/.test(line),
  )
  return open < 0 ? end : open + 1
}

function lineAt(block: string, offset: number): number {
  return block.slice(0, offset).split('\n').length
}

function describe({ code, message }: YAMLError): string {
  if (/call stack/.test(message)) return 'the front matter is too deep; write it flat'
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'YAML does not allow a tab here; indent with spaces'
    case 'DUPLICATE_KEY':
      return 'this key is there twice; remove one of the two'
    case 'MULTILINE_IMPLICIT_KEY':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return `this is no YAML: ${lowerFirst(message)}; put a value that has a colon in quotes`
    case 'BAD_INDENT':
      return `this is no YAML: ${lowerFirst(message)}; begin the keys of one level in one column`
    default:
      return `this is no YAML: ${lowerFirst(message)}; mend the line, or put the value in quotes`
  }
}

function lowerFirst(text: string): string {
  const [first = ''] = text.trim().split('\n')
  return first.charAt(0).toLowerCase() + first.slice(1)
}
