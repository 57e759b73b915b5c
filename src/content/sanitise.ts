import { type Attributes, attribute, keepAttributes, type Place, prefixedId } from './attributes.ts'
import {
  allowed,
  breakouts,
  dropped,
  flowContainers,
  renamed,
  tableOnly,
  voids,
} from './elements.ts'
import { embedLink } from './embeds.ts'
import { escapeText } from './escape.ts'
import { keepImage, lateSources, withLateSources } from './image.ts'
import {
  closeElement,
  newTree,
  openElement,
  openUnseen,
  parentOf,
  type Tree,
  writeText,
  writeVoid,
} from './tree.ts'

/** A start tag as it was found. */
export interface StartTag {
  /** in lower case */
  readonly name: string
  /** names in lower case, the first of each; values decoded */
  readonly attributes: Attributes
  /** where the tag stands in the source */
  readonly start: number
  readonly end: number
  readonly isSelfClosing: boolean
}

/** Everything from this start tag to its end tag is left out. */
export interface Skip extends StartTag {
  /** how many elements of the same name are open, itself included */
  depth: number
  /** foreign content holds HTML here and there, which does not end it */
  inner: number
  /** the words that stand for a drawing or formula */
  readonly heard: Heard | undefined
}

/** What is heard of foreign content that says of itself nothing in an attribute. */
interface Heard {
  /** the text of a formula's symbols */
  symbols: string
  /** the title of a drawing, or a formula as its author wrote it */
  title: string
  /** what the text is of that comes now; undefined: of nothing that counts */
  part: 'title' | 'symbol' | undefined
}

/** How far the reading of one article's HTML has come. */
export interface Reading {
  readonly place: Place
  readonly tree: Tree
  /** as they stand in the output */
  readonly ids: Set<string>
  skip: Skip | undefined
  isPreStart: boolean
  noscripts: number
  lastImage: string
  /** whether a formula has just been written, which KaTeX draws once more for sighted readers */
  hasFormula: boolean
}

export function newReading(place: Place): Reading {
  return {
    place,
    tree: newTree(),
    ids: new Set(),
    skip: undefined,
    isPreStart: false,
    noscripts: 0,
    lastImage: '',
    hasFormula: false,
  }
}

export function textRun(reading: Reading, text: string): void {
  if (reading.skip !== undefined) {
    hear(reading.skip, text)
    return
  }
  const shown = reading.isPreStart && text.startsWith('\n') ? text.slice(1) : text
  reading.isPreStart = false
  if (shown === '') return
  const escaped = shown === '\n' ? shown : escapeText(shown)
  if (escaped !== '') writeText(reading.tree, escaped, isBlank(escaped))
}

export function startTag(reading: Reading, tag: StartTag): void {
  const { name, attributes } = tag
  if (reading.skip !== undefined && !endsSkip(reading, name)) {
    if (reading.skip.heard) reading.skip.heard.part = partOf(reading.skip.name, tag)
    return
  }
  reading.isPreStart = false
  if (isLeftOut(tag) || (reading.hasFormula && isDrawnAgain(tag))) leaveOut(reading, tag)
  else if (name === 'iframe' || name === 'object' || name === 'embed') embed(reading, tag)
  else if (name === 'img' || name === 'image') image(reading, attributes)
  else if (name === 'input') task(reading, attributes)
  else if (name === 'source') mediaSource(reading, attributes)
  else if (name === 'a') anchor(reading, attributes)
  else if (!voids.has(name)) element(reading, name, attributes)
  else if (allowed.has(name))
    writeVoid(reading.tree, name, `<${name}${kept(reading, name, attributes)}>`)
}

const innerHtml = /^(?:foreignobject|desc|title|annotation-xml)$/

export function endTag(reading: Reading, name: string): void {
  const { skip, tree } = reading
  reading.isPreStart = false
  if (skip !== undefined) {
    if (skip.heard) skip.heard.part = undefined
    if (skip.name === name && --skip.depth === 0) {
      reading.skip = undefined
      if (skip.heard) tell(reading, skip.name, skip.heard)
    } else if (innerHtml.test(name)) skip.inner--
  } else if (name === 'br') {
    writeVoid(tree, 'br', '<br>')
  } else {
    if (name === 'noscript' && reading.noscripts > 0) reading.noscripts--
    closeElement(tree, name)
  }
}

function endsSkip(reading: Reading, name: string): boolean {
  const { skip } = reading
  if (skip === undefined) return true
  if (name === skip.name) skip.depth++
  else if (innerHtml.test(name)) skip.inner++
  const isForeign = skip.name === 'svg' || skip.name === 'math'
  if (!isForeign || skip.inner > 0 || !breakouts.has(name)) return false
  reading.skip = undefined
  return true
}

function isLeftOut({ name, attributes }: StartTag): boolean {
  if (dropped.has(name) || name === 'plaintext') return true
  if (attributes.size === 0) return false
  const hidden = attributes.get('hidden')
  if (hidden !== undefined && hidden !== 'until-found') return true
  const style = attributes.get('style')
  if (style !== undefined && /display\s*:\s*none/i.test(style)) return true
  const classes = attributes.get('class')
  if (classes === undefined) return false
  return /(?:^|\s)(?:sr-only|visually-hidden|screen-reader-text)(?:\s|$)/.test(classes)
}

/** A formula that KaTeX has drawn beside its MathML. */
function isDrawnAgain({ attributes }: StartTag): boolean {
  return /(?:^|\s)katex-html(?:\s|$)/.test(attributes.get('class') ?? '')
}

/** Formulas and drawings leave the words that stand for them. */
function leaveOut(reading: Reading, tag: StartTag): void {
  const { name, attributes, isSelfClosing } = tag
  const isForeign = name === 'svg' || name === 'math'
  const words = attributes.get(name === 'math' ? 'alttext' : 'aria-label') ?? ''
  if (isForeign && words !== '') tell(reading, name, { title: words, symbols: '' })
  if (voids.has(name) || (isForeign && isSelfClosing)) return
  const isSilent = !isForeign || words !== '' || attributes.get('aria-hidden') === 'true'
  const heard = isSilent ? undefined : { symbols: '', title: '', part: undefined }
  reading.skip = { ...tag, depth: 1, inner: 0, heard }
}

/** The title of a drawing, and of a formula its source: `<annotation encoding="application/x-tex">`. */
function partOf(within: string, { name, attributes }: StartTag): Heard['part'] {
  if (within === 'svg') return name === 'title' ? 'title' : undefined
  if (/^m(?:[ions]|text)$/.test(name)) return 'symbol'
  const isSource = name === 'annotation' && attributes.get('encoding') === 'application/x-tex'
  return isSource ? 'title' : undefined
}

function hear({ heard }: Skip, text: string): void {
  if (heard?.part === 'title') heard.title += text
  else if (heard?.part === 'symbol') heard.symbols += text
}

function tell(
  reading: Reading,
  name: string,
  { title, symbols }: Pick<Heard, 'title' | 'symbols'>,
): void {
  const words = (title.trim() || symbols).replace(/\s+/g, ' ').trim()
  if (words !== '') textRun(reading, words)
  reading.hasFormula = name === 'math' && words !== ''
}

function embed(reading: Reading, tag: StartTag): void {
  const { name, attributes } = tag
  const title = attributes.get('title') ?? attributes.get('aria-label') ?? ''
  const link = [name === 'object' ? 'data' : 'src', ...lateSources]
    .map((source) => embedLink(attributes.get(source) ?? '', title, reading.place.url))
    .find((found) => found !== undefined)
  if (link !== undefined) writeLink(reading.tree, link)
  // Without an address, what an object holds is all there is
  const isReplaced = name === 'iframe' || (name === 'object' && link !== undefined)
  if (isReplaced) reading.skip = { ...tag, depth: 1, inner: 0, heard: undefined }
}

function writeLink(tree: Tree, { href, text }: { href: string; text: string }): void {
  const words = escapeText(text)
  if (tree.opened.a > 0) {
    writeText(tree, words, false)
    return
  }
  const parent = parentOf(tree)
  const standsAlone = parent === '' || flowContainers.has(parent)
  if (standsAlone) openElement(tree, 'p', 'p', '<p>')
  openElement(tree, 'a', 'a', `<a${attribute('href', href)}>`)
  writeText(tree, words, false)
  closeElement(tree, 'a')
  if (standsAlone) closeElement(tree, 'p')
}

function image(reading: Reading, attributes: Attributes): void {
  const found = keepImage(attributes, reading.place)
  if (found.kind === 'none') {
    if (found.alt !== '') textRun(reading, found.alt)
    return
  }
  const source = found.attributes.get('src') ?? ''
  // What lazy loading repeats for those without scripts
  if (reading.noscripts > 0 && source === reading.lastImage) return
  reading.lastImage = source
  writeVoid(reading.tree, 'img', `<img${kept(reading, 'img', found.attributes)}>`)
}

function mediaSource(reading: Reading, attributes: Attributes): void {
  if (!['picture', 'video', 'audio'].includes(parentOf(reading.tree))) return
  const html = kept(reading, 'source', withLateSources(attributes))
  if (/ src(?:set)?=/.test(html)) writeVoid(reading.tree, 'source', `<source${html}>`)
}

/** A task list's box: inputs do not survive in feed readers, signs do. */
function task({ tree }: Reading, attributes: Attributes): void {
  if (attributes.get('type')?.toLowerCase() !== 'checkbox') return
  const isDone = attributes.has('checked')
  openElement(
    tree,
    'span',
    'span',
    `<span role="checkbox" aria-checked="${isDone}" aria-disabled="true">`,
  )
  writeText(tree, isDone ? '☑' : '☐', false)
  closeElement(tree, 'span')
}

function anchor(reading: Reading, attributes: Attributes): void {
  const { tree } = reading
  const name = attributes.get('name')
  const named =
    name === undefined || attributes.has('id') ? attributes : new Map([...attributes, ['id', name]])
  const html = kept(reading, 'a', named)
  if (html.includes(' href="')) openElement(tree, 'a', 'a', `<a${html}>`)
  else if (html.includes(' id="')) openElement(tree, 'a', 'span', `<span${html}>`)
  else openUnseen(tree, 'a')
}

function element(reading: Reading, name: string, attributes: Attributes): void {
  const { tree } = reading
  const out = renamed.get(name) ?? name
  if (name === 'noscript') reading.noscripts++
  if (!allowed.has(out)) return
  if (tableOnly.has(out) && tree.opened.table === 0) {
    writeText(tree, ' ', true)
    return
  }
  const isPlayer = out === 'audio' || out === 'video'
  const own = isPlayer ? withLateSources(attributes) : aligned(name, attributes)
  const html = kept(reading, out, own)
  const controls = isPlayer ? ' controls=""' : ''
  openElement(tree, name, out, `<${out}${html}${controls}>`)
  reading.isPreStart = out === 'pre'
}

function aligned(name: string, attributes: Attributes): Attributes {
  if (name === 'center') return new Map([...attributes, ['align', 'center']])
  const style = attributes.get('style')
  if (style === undefined) return attributes
  const [, align] = /(?:^|;)\s*text-align\s*:\s*(left|right|center)\s*(?:;|$)/i.exec(style) ?? []
  return align === undefined ? attributes : new Map([...attributes, ['align', align.toLowerCase()]])
}

function kept({ ids, place }: Reading, element: string, attributes: Attributes): string {
  const id = attributes.get('id')
  if (id !== undefined) ids.add(prefixedId(id, place.prefix))
  return keepAttributes(element, attributes, place)
}

function isBlank(text: string): boolean {
  return text === '\n' || /^[ \t\n]*$/.test(text)
}
