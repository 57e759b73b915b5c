import { type SaxesAttributeNS, SaxesParser } from 'saxes'
import { type Notes, show } from './notes.ts'

export interface XmlAttribute {
  /** as it was typed, with its prefix */
  readonly name: string
  readonly local: string
  readonly uri: string
  readonly value: string
  readonly at: number
}

/** An element with all offsets that rules need. */
export interface XmlElement {
  readonly name: string
  readonly local: string
  readonly prefix: string
  readonly uri: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: XmlElement[]
  /** its own character data, that of its children left out */
  text: string
  /** offset of its start tag */
  readonly at: number
  /** offset behind its start tag */
  readonly contentAt: number
}

/** Deeper than any feed, and shallow enough for rules that recurse; saxes takes quadratic time over depth. */
const mostDepth = 200
/** Ends the reading from inside of a handler, since saxes itself reads on over any fault. */
const unreadable = new Error('unreadable')
/** What an entity of a document's own may stand for: the text hardly matters, and a large one costs memory. */
const mostEntity = 100

/** So many in one text are worth replacing. */
const mostUndefined = 20

const predefined = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/**
 * Reads XML 1.0 with namespaces. What a reader can get over (an unknown entity, a prefix without a namespace) is noted and
 * reading goes on; the first fault that it cannot ends it, since everything after it would be guesswork.
 *
 * @returns the root element, or nothing when the document is not well-formed
 */
export function readXml(text: string, notes: Notes): XmlElement | undefined {
  const parser = new SaxesParser({ xmlns: true })
  const open: XmlElement[] = []
  let root: XmlElement | undefined
  let start = 0
  let last = 0
  const offsets: number[] = []
  const entities: Record<string, string> = Object.assign(Object.create(null), predefined)
  parser.ENTITIES = entities
  const undefinedEntities: string[] = []
  parser.on('error', ({ message }) => {
    const fault = { text, offset: parser.position, notes, undefinedEntities }
    if (!noteFault(message, fault)) throw unreadable
  })
  parser.on('xmldecl', ({ version }) => {
    if (version !== undefined && version !== '1.0')
      notes.error('xml-version', 0, `XML ${version} is read by no reader; declare version 1.0`)
  })
  parser.on('doctype', (doctype) => {
    readEntities(doctype, entities)
    const offset = Math.max(0, text.lastIndexOf('<!', parser.position - doctype.length))
    const remedy = 'readers refuse it, or ignore what it declares; remove it'
    notes.warn('doctype', offset, `the document has a document type declaration; ${remedy}`)
    if (/\bSYSTEM\b|\bPUBLIC\b/.test(doctype) && /<!ENTITY/.test(doctype))
      notes.error('entity-external', offset, 'external entities are a security risk; remove them')
  })
  parser.on('opentagstart', () => {
    start = text.lastIndexOf('<', parser.position - 1)
    last = parser.position
    offsets.length = 0
  })
  parser.on('attribute', () => {
    const gap = /\S/.exec(text.slice(last, last + 1000))?.index ?? 0
    offsets.push(last + gap)
    last = parser.position
  })
  parser.on('opentag', (tag) => {
    if (open.length === mostDepth) {
      notes.error(
        'too-deep',
        start,
        `more than ${mostDepth} elements stand in each other; flatten them`,
      )
      throw unreadable
    }
    const { name, local, prefix, uri } = tag
    const attributes = Object.values(tag.attributes).map((one, n) =>
      attribute(one, offsets[n] ?? start),
    )
    const element: XmlElement = {
      ...{ name, local, prefix, uri, attributes },
      children: [],
      text: '',
      at: start,
      contentAt: parser.position,
    }
    root ??= element
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('closetag', () => open.pop())
  const addText = (value: string) => {
    const element = open.at(-1)
    let text = value
    // saxes leaves them as they stood, where other rules would take them for HTML.
    for (const entity of undefinedEntities.splice(0)) text = text.replace(entity, '?')
    if (element) element.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  try {
    parser.write(text).close()
  } catch (error) {
    if (error !== unreadable) throw error
    return undefined
  }
  return root
}

function attribute({ name, local, uri, value }: SaxesAttributeNS, at: number): XmlAttribute {
  return { name, local, uri, value, at }
}

function readEntities(doctype: string, entities: Record<string, string>) {
  for (const [, name = '', quoted = ''] of doctype.matchAll(
    /<!ENTITY\s+([\w.:-]+)\s+("[^"]*"|'[^']*')/g,
  ))
    entities[name] ??= quoted.slice(1, -1).slice(0, mostEntity)
}

/** @returns whether reading can go on */
function noteFault(
  message: string,
  {
    text,
    offset,
    notes,
    undefinedEntities,
  }: { text: string; offset: number; notes: Notes; undefinedEntities: string[] },
): boolean {
  const reason = message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')
  const at = Math.max(0, Math.min(offset, text.length) - 1)
  if (/^undefined entity/.test(reason)) {
    const from = Math.max(0, text.lastIndexOf('&', at))
    const name = text.slice(from, at + 1)
    if (undefinedEntities.length < mostUndefined) undefinedEntities.push(name)
    const remedy = 'XML knows amp, lt, gt, quot and apos; write the character itself'
    notes.error('entity-undefined', from, `${show(name)} is not defined; ${remedy}`)
    return true
  }
  if (/^unbound namespace prefix/.test(reason)) {
    const prefix = /prefix: "?([^".]*)/.exec(reason)?.[1] ?? ''
    const from = Math.max(0, text.lastIndexOf(`${prefix}:`, at))
    const remedy = `declare it on the root element: xmlns:${prefix}="…"`
    notes.error('namespace-undeclared', from, `prefix ${show(prefix)} has no namespace; ${remedy}`)
    return true
  }
  const character = text.codePointAt(at) ?? 0
  if (reason === 'disallowed character' && character < 32) {
    const code = character.toString(16).toUpperCase().padStart(4, '0')
    notes.error('control-character', at, `XML cannot carry the character U+${code}; delete it`)
    return true
  }
  // The parser reads on to the next semicolon, which may be as far away as the end
  const stray = strayAmpersand(text, at)
  if (stray !== undefined) {
    const shown = show(text.slice(stray, stray + 12).split('\n', 1)[0] ?? '')
    notes.error('xml-malformed', stray, `the '&' of ${shown} stands for itself; write it as &amp;`)
    return false
  }
  const remedy = 'readers show nothing of a document that is not well-formed'
  notes.error('xml-malformed', at, `${reason}; ${remedy}`)
  return false
}

const reference = /&(?:[\p{L}_:][\p{L}\p{N}_:.-]*|#\d+|#x[\da-f]+);/iuy
const ends: Readonly<Record<string, string>> = { '<!--': '-->', '<![CDATA[': ']]>', '<?': '?>' }

/** Where the first `&` before a place stands that begins no reference (XML 1.0 §4.1). */
function strayAmpersand(text: string, before: number): number | undefined {
  const next = /<!--|<!\[CDATA\[|<\?|&/g
  for (let found = next.exec(text); found && found.index < before; found = next.exec(text)) {
    const end = ends[found[0]]
    if (end === undefined) {
      reference.lastIndex = found.index
      if (!reference.test(text)) return found.index
    } else {
      const at = text.indexOf(end, next.lastIndex)
      if (at < 0) return undefined
      next.lastIndex = at
    }
  }
  return undefined
}
