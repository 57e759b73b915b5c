import { checkAtom } from './atom.ts'
import { decode } from './decode.ts'
import { feedLinks } from './html.ts'
import { checkJsonFeed } from './json-feed.ts'
import { readJson } from './json-tree.ts'
import { checkMediaType } from './media-type.ts'
import { atom } from './namespaces.ts'
import { type Note, type Notes, type Severity, show, takeNotes } from './notes.ts'
import { checkOpml } from './opml.ts'
import { findPositions, type Position } from './positions.ts'
import { checkRss } from './rss.ts'
import type { Context } from './rules.ts'
import { readXml, type XmlElement } from './xml-tree.ts'

export type Format = 'rss' | 'rdf' | 'atom' | 'json' | 'opml' | 'html' | 'unknown'

/** What is known of a document besides its bytes. */
export interface Circumstances {
  /** the instant of the check: what is dated later is in the future */
  readonly now: Date
  /** where it was found, or will be published: an absolute URL */
  readonly url?: string
  /** the `Content-Type` that it was served with */
  readonly contentType?: string
}

export interface DocumentFinding extends Note, Position {}

export interface CheckedDocument {
  readonly format: Format
  /** in the order of the document */
  readonly findings: readonly DocumentFinding[]
}

/**
 * Checks a feed by the rules of its format (RSS 2.0 with the profile of the RSS Advisory Board, RFC 4287, RFC 5005,
 * JSON Feed 1.1, OPML 2.0), after the messages of the W3C's validator. The format is told by the content. Never throws.
 */
export function checkDocument(bytes: Uint8Array, circumstances: Circumstances): CheckedDocument {
  const { notes, list } = takeNotes()
  const { contentType, url, now } = circumstances
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]
  const { text, marked } = decode(bytes, charset, notes)
  const context = { notes, text, now, ...(url !== undefined && { url }) }
  const format = checkText(context, marked)
  if (contentType !== undefined) checkMediaType(format, contentType, notes)
  checkCharacters(text, notes)
  const positionOf = findPositions(text)
  return { format, findings: list().map((note) => ({ ...note, ...positionOf(note.offset) })) }
}

function checkText(context: Context, marked: boolean): Format {
  const { text, notes } = context
  const [first = ''] = /\S/.exec(text) ?? []
  if (first === '') {
    notes.error(
      'document-empty',
      0,
      'the document is empty; nothing was written, or nothing was served',
    )
    return 'unknown'
  }
  const isHtml =
    /^(?:\s|<!--(?:(?!-->)[\s\S]){0,2000}-->|<\?xml[^>]{0,200}\?>)*<(?:!doctype\s+html|html)\b/i.test(
      text,
    )
  if (isHtml) return noteHtml(context)
  const isJson = first === '{' || first === '['
  if (isJson) {
    if (marked)
      notes.error('bom', 0, 'a byte order mark stands before the JSON (RFC 8259); remove it')
    return checkJson(context)
  }
  if (marked)
    notes.warn(
      'bom',
      0,
      'a byte order mark stands before the XML, over which some readers stumble; remove it',
    )
  if (first === '<') return checkXml(context)
  const at = text.indexOf(first)
  notes.error('format-unknown', at, 'this is neither XML nor JSON; a feed begins with < or {')
  return 'unknown'
}

function noteHtml({ text, notes, url }: Context): Format {
  const links = feedLinks(text).map((href) => URL.parse(href, url)?.href ?? href)
  const remedy =
    links.length > 0 ? `its feeds are ${links.join(', ')}` : 'give the address of its feed'
  notes.error('format-html', 0, `this is a web page and no feed; ${remedy}`)
  return 'html'
}

function checkJson(context: Context): Format {
  const { text, notes } = context
  try {
    JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const what = reason.replace(/ in JSON at position.*$|, ?(?:\.\.\.)?"[\s\S]*$/s, '').trim()
    const at = jsonFaultAt(text)
    notes.error('json-malformed', at, `this is not JSON: ${what}; readers show nothing of it`)
    return 'json'
  }
  const root = readJson(text)
  if (root.kind === 'object') checkJsonFeed(root, context)
  else notes.error('format-unknown', root.at, `a JSON feed is an object, not ${show(root.kind)}`)
  return 'json'
}

/** `JSON.parse` tells the place of some faults only: it is that of the shortest beginning with a fault besides its end. */
function jsonFaultAt(text: string): number {
  const isFaulty = (length: number) => {
    try {
      JSON.parse(text.slice(0, length))
      return false
    } catch (error) {
      const reason = String(error)
      const at = Number(/at position (\d+)/.exec(reason)?.[1] ?? -1)
      return !/end of JSON|Unterminated/.test(reason) && at < length
    }
  }
  let [sound, faulty] = [0, text.length + 1]
  while (faulty - sound > 1) {
    const middle = Math.floor((sound + faulty) / 2)
    if (isFaulty(middle)) faulty = middle
    else sound = middle
  }
  return Math.min(sound, text.length)
}

function checkXml(context: Context): Format {
  const { text, notes } = context
  const [lead = ''] = /^\s+(?=<\?xml\s)/.exec(text) ?? []
  if (lead !== '') {
    const message =
      'white space stands before <?xml …?>, which makes the document unreadable; remove it'
    notes.error('space-before-xml', 0, message)
  }
  // Blanked out, so that the rest can be read and stands where it stood.
  const readable =
    lead === ''
      ? text
      : text.replace(/<\?xml\s[\s\S]{0,200}?\?>/, (found) => found.replace(/\S/g, ' '))
  const root = readXml(readable, notes)
  return root ? checkRoot(root, context) : formatOfBroken(text)
}

function checkRoot(root: XmlElement, context: Context): Format {
  const { local, uri, name, at } = root
  const { notes } = context
  if (local === 'rss' && uri === '') {
    checkRss(root, context)
    return 'rss'
  }
  if ((local === 'feed' || local === 'entry') && uri === atom) {
    checkAtom(root, context)
    return 'atom'
  }
  if (local === 'opml' && uri === '') {
    checkOpml(root, context)
    return 'opml'
  }
  if (local === 'RDF') {
    const message = 'RSS 1.0 is checked for being well-formed only; publish RSS 2.0 or Atom as well'
    notes.warn('version-obsolete', at, message)
    return 'rdf'
  }
  if (local === 'feed' || local === 'rss') {
    const wanted = local === 'feed' ? `xmlns="${atom}"` : 'no xmlns'
    const found = uri === '' ? 'no namespace' : `namespace ${show(uri)}`
    const old = /purl\.org\/atom/.test(uri)
      ? 'Atom 0.3, which nobody reads any more'
      : `in ${found}`
    notes.error('namespace-wrong', at, `<${name}> is ${old}; write <${local}> with ${wanted}`)
    return local === 'feed' ? 'atom' : 'rss'
  }
  notes.error('format-unknown', at, `<${name}> begins no feed; a feed begins with <rss> or <feed>`)
  return 'unknown'
}

/** What a document was meant to be that cannot be read. */
function formatOfBroken(text: string): Format {
  const [, name = ''] =
    /<(?:[\w-]+:)?(rss|feed|RDF|opml|entry)[\s>]/.exec(text.slice(0, 5000)) ?? []
  const formats: Readonly<Record<string, Format>> = { rss: 'rss', RDF: 'rdf', opml: 'opml' }
  return name === '' ? 'unknown' : (formats[name] ?? 'atom')
}

/** Characters that nobody types: the remains of a wrong conversion. */
function checkCharacters(text: string, notes: Notes) {
  const remedy = 'the text was converted wrongly; convert it again from its source'
  for (const { 0: found, index } of text.matchAll(
    /[\u0080-\u0084\u0086-\u009f\ufffd\ufffe\uffff]/g,
  )) {
    const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    notes.warn('characters-bad', index, `the character U+${code} stands here: ${remedy}`)
  }
}

/** How many there are of each severity. */
export function countSeverities(findings: readonly { readonly severity: Severity }[]) {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return { errors, warnings: findings.length - errors }
}
