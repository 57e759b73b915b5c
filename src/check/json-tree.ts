/** A JSON value with the offset at which it stands. */
export type JsonNode =
  | { readonly kind: 'object'; readonly at: number; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly at: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly at: number; readonly value: string }
  | { readonly kind: 'number'; readonly at: number; readonly value: number }
  | { readonly kind: 'boolean'; readonly at: number; readonly value: boolean }
  | { readonly kind: 'null'; readonly at: number }

export interface JsonMember {
  readonly name: string
  readonly at: number
  readonly node: JsonNode
}

/** Deeper than any feed; what lies below counts as null. */
const mostDepth = 100
const token = /[{}[\]:,]|[^\s{}[\]:,"]+/gy
const gap = /\s*/y

/**
 * Reads a document that `JSON.parse` has accepted, keeping what that throws away: where things stand, and members
 * that stand twice.
 */
export function readJson(text: string): JsonNode {
  let offset = 0
  const next = (): { at: number; word: string } => {
    gap.lastIndex = offset
    gap.exec(text)
    const at = gap.lastIndex
    token.lastIndex = at
    const word = text[at] === '"' ? quoted(text, at) : (token.exec(text)?.[0] ?? '')
    offset = at + word.length
    return { at, word }
  }
  const skip = (opening: string) => {
    let depth = opening === '{' || opening === '[' ? 1 : 0
    while (depth > 0) {
      const { word } = next()
      if (word === '{' || word === '[') depth++
      if (word === '}' || word === ']') depth--
      if (word === '') return
    }
  }
  const read = ({ at, word }: { at: number; word: string }, depth: number): JsonNode => {
    if (depth > mostDepth) {
      skip(word)
      return { kind: 'null', at }
    }
    if (word === '[') return { kind: 'array', at, items: readItems(depth) }
    if (word === '{') return { kind: 'object', at, members: readMembers(depth) }
    return scalar(word, at)
  }
  const readItems = (depth: number): readonly JsonNode[] => {
    const items: JsonNode[] = []
    for (let one = next(); one.word !== ']' && one.word !== ''; one = next())
      if (one.word !== ',') items.push(read(one, depth + 1))
    return items
  }
  const readMembers = (depth: number): readonly JsonMember[] => {
    const members: JsonMember[] = []
    for (let one = next(); one.word !== '}' && one.word !== ''; one = next()) {
      if (one.word === ',') continue
      next()
      members.push({
        name: String(JSON.parse(one.word)),
        at: one.at,
        node: read(next(), depth + 1),
      })
    }
    return members
  }
  return read(next(), 0)
}

/** Found by hand: a regular expression would keep a place to go back to for every character. */
function quoted(text: string, from: number): string {
  for (let end = text.indexOf('"', from + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text[end - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return text.slice(from, end + 1)
  }
  return ''
}

function scalar(word: string, at: number): JsonNode {
  const value: unknown = JSON.parse(word)
  if (typeof value === 'string') return { kind: 'string', at, value }
  if (typeof value === 'number') return { kind: 'number', at, value }
  return typeof value === 'boolean' ? { kind: 'boolean', at, value } : { kind: 'null', at }
}
