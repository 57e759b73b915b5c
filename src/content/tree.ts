import {
  blocks,
  cells,
  closesParagraph,
  formatting,
  headings,
  tableOnly,
  tableParts,
} from './elements.ts'

/** An element that is open. */
export interface Entry {
  /** as its end tag will call it */
  readonly name: string
  /** what it is in the output; empty when it left no tag there */
  readonly out: string
  readonly tag: string
  /** of a cell: what waited to be opened again outside of it */
  readonly outside: readonly Entry[] | undefined
  /** its end tag has come, but a block within it is still open */
  ended: boolean
}

/** Deep enough for any article, and for the recursion of whoever reads the output; browsers stop at 512. */
const deepest = 150
const mostPending = 8

/**
 * Balanced HTML, written from tags in any order, so that a browser's parser makes of it the very tree that its tags
 * say: where HTML's tree construction (13.2.6) would close, imply, move or repair something, this has done it.
 */
export interface Tree {
  readonly pieces: string[]
  readonly stack: Entry[]
  /** marks that the end of a block closed before their own end tag: opened again with the next words */
  pending: Entry[]
  /** how many of those that are asked about most are open: most questions end here */
  readonly opened: { a: number; p: number; table: number }
  /** elements too deep to be written, whose end tags must not close others */
  overflow: number
}

export function newTree(): Tree {
  return { pieces: [], stack: [], pending: [], opened: { a: 0, p: 0, table: 0 }, overflow: 0 }
}

/** @param html escaped */
export function writeText(tree: Tree, html: string, isBlank: boolean): void {
  const { pieces } = tree
  if (!isBlank) {
    makeRoomForContent(tree)
    reopen(tree)
  }
  // A parser drops the first line end of a `pre`: one that is meant has to be written twice
  const isFirstInPre = html.startsWith('\n') && (pieces.at(-1)?.startsWith('<pre') ?? false)
  pieces.push(isFirstInPre ? `\n${html}` : html)
}

/**
 * @param name as the end tag will call it
 * @param tag the whole start tag of `out`, attributes escaped
 */
export function openElement(tree: Tree, name: string, out: string, tag: string): void {
  if (tree.stack.length >= deepest) {
    tree.overflow++
    return
  }
  if (!makeRoomFor(tree, out)) return
  if (!blocks.has(out)) reopen(tree)
  push(tree, name, out, tag)
}

/** An element that leaves no tag, but whose end tag must find its own. */
export function openUnseen(tree: Tree, name: string): void {
  if (tree.stack.length >= deepest) tree.overflow++
  else tree.stack.push({ name, out: '', tag: '', outside: undefined, ended: false })
}

export function closeElement(tree: Tree, name: string): void {
  const { stack } = tree
  if (tree.overflow > 0) {
    tree.overflow--
    return
  }
  const index = stack.at(-1)?.name === name ? stack.length - 1 : indexOfEnd(tree, name)
  const entry = stack[index]
  if (entry === undefined) {
    if (tree.pending.length > 0)
      tree.pending = tree.pending.filter((waiting) => waiting.name !== name)
  } else if (entry.out === '') {
    stack.splice(index, 1)
  } else if (!blocks.has(entry.out) && hasBlockFrom(tree, index)) {
    entry.ended = true
  } else {
    popThrough(tree, index)
  }
}

/** @param tag of a void element */
export function writeVoid(tree: Tree, out: string, tag: string): void {
  makeRoomForContent(tree)
  if (out === 'hr') closeParagraph(tree)
  else if (out !== 'source') reopen(tree)
  tree.pieces.push(tag)
}

/** The element in which the next thing will stand; empty at the top. */
export function parentOf({ stack }: Tree): string {
  for (let index = stack.length - 1; index >= 0; index--) {
    const out = stack[index]?.out
    if (out) return out
  }
  return ''
}

/** Closes what is open. */
export function finishTree(tree: Tree): string {
  while (tree.stack.length > 0) pop(tree, false)
  return tree.pieces.join('')
}

function note({ opened }: Tree, out: string, change: 1 | -1): void {
  if (out === 'p' || out === 'a' || out === 'table') opened[out] += change
}

function push(tree: Tree, name: string, out: string, tag: string): void {
  const outside = cells.has(out) ? tree.pending : undefined
  if (outside !== undefined) tree.pending = []
  tree.pieces.push(tag)
  note(tree, out, 1)
  tree.stack.push({ name, out, tag, outside, ended: false })
}

function pop(tree: Tree, keepsFormatting: boolean): void {
  const entry = tree.stack.pop()
  if (entry === undefined) return
  if (entry.out !== '') {
    note(tree, entry.out, -1)
    writeEnd(tree, entry)
  }
  if (entry.outside !== undefined) tree.pending = [...entry.outside]
  if (keepsFormatting && formatting.has(entry.out) && !entry.ended) {
    tree.pending = [entry, ...tree.pending].slice(0, mostPending)
  }
}

/** A paragraph or a mark with nothing in it, as misnested tags leave behind, is not written. */
function writeEnd({ pieces }: Tree, { out, tag }: Entry): void {
  const isEmpty = pieces.at(-1) === tag && (out === 'p' || formatting.has(out))
  if (isEmpty && !tag.includes(' id=')) pieces.pop()
  else pieces.push(`</${out}>`)
}

function popThrough(tree: Tree, index: number): void {
  const { stack } = tree
  while (stack.length > index) pop(tree, stack.length > index + 1)
  while (stack.at(-1)?.ended) pop(tree, false)
}

type Test = (entry: Entry) => boolean

const isScope: Test = ({ out }) => cells.has(out) || out === 'table'
const isTable: Test = ({ out }) => out === 'table'
const isParagraph: Test = ({ out }) => out === 'p'
const isHeading: Test = ({ out }) => headings.has(out)
const isLink: Test = ({ out }) => out === 'a'
const isRuby: Test = ({ out }) => out === 'ruby'
const isSeen: Test = ({ out }) => out !== ''
const isListOrScope: Test = (entry) => isScope(entry) || entry.out === 'ul' || entry.out === 'ol'
const never: Test = () => false
const endsItems: Test = ({ out }) =>
  blocks.has(out) && out !== 'address' && out !== 'div' && out !== 'p'

/** The index of the nearest open element that is `wanted`, unless one that makes us `stop` is nearer; -1 if none. */
function nearest({ stack }: Tree, wanted: Test, stop: Test): number {
  for (let index = stack.length - 1; index >= 0; index--) {
    const entry = stack[index]
    if (entry === undefined || wanted(entry)) return index
    if (stop(entry)) return -1
  }
  return -1
}

function hasBlockFrom({ stack }: Tree, index: number): boolean {
  for (let at = index; at < stack.length; at++) {
    if (blocks.has(stack[at]?.out ?? '')) return true
  }
  return false
}

function closeParagraph(tree: Tree): void {
  if (tree.opened.p === 0) return
  const index = nearest(tree, isParagraph, isScope)
  if (index !== -1) popThrough(tree, index)
}

function closeItem(tree: Tree, names: readonly string[]): void {
  const index = nearest(tree, ({ out }) => names.includes(out), endsItems)
  if (index !== -1) popThrough(tree, index)
}

const partParents: Readonly<Record<string, readonly string[]>> = {
  tr: ['tbody', 'thead', 'tfoot'],
  td: ['tr'],
  th: ['tr'],
}

/** Closes up to the part of the nearest table in which `out` may stand, and opens what is missing on the way. */
function makeRoomInTable(tree: Tree, out: string): boolean {
  const table = tree.opened.table === 0 ? -1 : nearest(tree, isTable, never)
  if (table === -1) return false
  const parents = partParents[out]
  const index = parents ? nearest(tree, (entry) => parents.includes(entry.out), isTable) : table
  popThrough(tree, (index === -1 ? table : index) + 1)
  if (index === -1) openPart(tree, out === 'tr' ? 'tbody' : 'tr')
  return true
}

function openPart(tree: Tree, out: string): void {
  makeRoomInTable(tree, out)
  push(tree, out, out, `<${out}>`)
}

/** Text and what is not part of a table goes into a cell, in its place, where browsers put it before the table. */
function makeRoomForContent(tree: Tree): void {
  if (tree.opened.table > 0 && tableParts.has(parentOf(tree))) openPart(tree, 'td')
}

function reopen(tree: Tree): void {
  if (tree.pending.length === 0) return
  const again = tree.pending
  tree.pending = []
  for (const { name, out, tag } of again) {
    if (tree.stack.length < deepest) push(tree, name, out, tag.replace(/ id="[^"]*"/, ''))
  }
}

function makeRoomFor(tree: Tree, out: string): boolean {
  if (tableOnly.has(out)) return makeRoomInTable(tree, out)
  makeRoomForContent(tree)
  if (out === 'li') closeItem(tree, ['li'])
  else if (out === 'dd' || out === 'dt') closeItem(tree, ['dd', 'dt'])
  else if (out === 'rt' || out === 'rp') return makeRoomInRuby(tree)
  else if (out === 'a') return makeRoomForLink(tree)
  if (closesParagraph.has(out)) closeParagraph(tree)
  if (headings.has(out) && headings.has(parentOf(tree)))
    popThrough(tree, nearest(tree, isHeading, never))
  return true
}

function makeRoomInRuby(tree: Tree): boolean {
  if (nearest(tree, isRuby, isScope) === -1) return false
  while (['p', 'li', 'dd', 'dt', 'rt', 'rp'].includes(parentOf(tree))) {
    popThrough(tree, nearest(tree, isSeen, never))
  }
  return true
}

/** No link stands in a link: one that was never closed ends here, one around whole blocks stays the only one. */
function makeRoomForLink(tree: Tree): boolean {
  if (tree.pending.length > 0) tree.pending = tree.pending.filter((entry) => !isLink(entry))
  if (tree.opened.a === 0) return true
  const outer = nearest(tree, isLink, never)
  if (hasBlockFrom(tree, outer)) return false
  popThrough(tree, outer)
  return true
}

function indexOfEnd(tree: Tree, name: string): number {
  if (headings.has(name)) return nearest(tree, (entry) => headings.has(entry.name), isScope)
  const isWanted = (entry: Entry) => entry.name === name
  if (name === 'table') return nearest(tree, isWanted, never)
  if (tableOnly.has(name)) return nearest(tree, isWanted, isTable)
  return nearest(tree, isWanted, name === 'li' ? isListOrScope : isScope)
}
