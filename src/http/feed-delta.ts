import { hash } from 'node:crypto'

/**
 * Cuts feed documents into their entries, so that a reader who has a former version gets only what is new (RFC 3229,
 * instance manipulation `feed`). Nothing is parsed beyond what shows where entries begin and end.
 */
export interface CutFeed {
  /** one for each entry, in their order: the same for the same bytes */
  readonly keys: readonly string[]
  /** the document with these entries only */
  without(known: ReadonlySet<string>): string
}

interface Piece {
  readonly start: number
  readonly end: number
  /** of an entry; absent for what may not stand in a document that is not whole */
  readonly key?: string
}

/** @returns undefined for what is no feed, or none that can be cut safely */
export function cutFeed(text: string): CutFeed | undefined {
  return /^\s*\{/.test(text) ? cutJson(text) : cutXml(text)
}

const depths: Readonly<Record<string, number>> = { item: 2, entry: 1, 'at:deleted-entry': 1 }
const roots: Readonly<Record<string, readonly string[]>> = {
  rss: ['item'],
  feed: ['entry', 'at:deleted-entry'],
}
/** A document that has this says that what it lacks is gone (RFC 5005 §2). */
const whole = 'fh:complete'

const markup =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s<>/!?"'=]+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>|</g

function cutXml(text: string): CutFeed | undefined {
  const pieces: Piece[] = []
  const open: string[] = []
  let begun = 0
  let wanted: readonly string[] = []
  for (const { 0: all, 1: slash, 2: name, 3: rest = '', index } of text.matchAll(markup)) {
    // A document type, or something broken
    if (all === '<') return undefined
    if (name === undefined) continue
    const isEmpty = slash === '' && rest.endsWith('/')
    if (slash === '/') {
      if (open.pop() !== name) return undefined
    } else {
      if (open.length === 0) wanted = roots[name] ?? []
      if (isAt(name, open.length, wanted)) begun = index
      if (!isEmpty) open.push(name)
    }
    if ((slash === '/' || isEmpty) && isAt(name, open.length, wanted)) {
      const start = withIndent(text, begun)
      const end = index + all.length
      pieces.push(
        name === whole ? { start, end } : { start, end, key: keyOf(text.slice(begun, end)) },
      )
    }
  }
  return open.length === 0 && wanted.length > 0 ? cut(text, pieces) : undefined
}

function isAt(name: string, depth: number, wanted: readonly string[]): boolean {
  return name === whole ? depth < 3 : wanted.includes(name) && depths[name] === depth
}

function withIndent(text: string, at: number): number {
  let start = at
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--
  return text[start - 1] === '\n' ? start - 1 : at
}

function cut(text: string, pieces: readonly Piece[]): CutFeed {
  return {
    keys: pieces.flatMap(({ key }) => key ?? []),
    without(known) {
      let rest = ''
      let at = 0
      for (const { start, end, key } of pieces) {
        if (key !== undefined && !known.has(key)) continue
        rest += text.slice(at, start)
        at = end
      }
      return rest + text.slice(at)
    },
  }
}

function cutJson(text: string): CutFeed | undefined {
  const document = parse(text)
  const items = document?.items
  if (!document || !Array.isArray(items)) return undefined
  const keys = items.map((item) => keyOf(JSON.stringify(item)))
  return {
    keys,
    without(known) {
      const rest = items.filter((_, at) => !known.has(keys[at] ?? ''))
      return `${JSON.stringify({ ...document, items: rest }, null, 4)}\n`
    },
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function keyOf(entry: string): string {
  return hash('sha256', entry, 'base64url').slice(0, 12)
}
