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
interface Entry {
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
 * Writes balanced HTML from tags in any order, so that a browser's parser makes of the output the very tree that its
 * tags say: where HTML's tree construction (13.2.6) would close, imply, move or repair something, this has done it.
 */
export interface Tree {
  /** @param html escaped */
  text(html: string, isBlank: boolean): void
  /** @param tag the whole start tag of `out`, attributes escaped */
  open(name: string, out: string, tag: string): void
  /** An element that leaves no tag, but whose end tag must find its own. */
  openUnseen(name: string): void
  close(name: string): void
  /** @param tag of a void element */
  single(out: string, tag: string): void
  /** the element in which the next thing will stand; empty at the top */
  parent(): string
  isIn(out: 'a' | 'table'): boolean
  /** Closes what is open. */
  finish(): string
}

export function openTree(): Tree {
  const pieces: string[] = []
  const stack: Entry[] = []
  let pending: Entry[] = []
  // How many of those that are asked about most are open: most questions end here
  const opened = { a: 0, p: 0, table: 0 }
  let overflow = 0

  function note(out: string, change: 1 | -1): void {
    if (out === 'p' || out === 'a' || out === 'table') opened[out] += change
  }

  function top(): string {
    for (let index = stack.length - 1; index >= 0; index--) {
      const out = stack[index]?.out
      if (out) return out
    }
    return ''
  }

  function push(name: string, out: string, tag: string): void {
    const outside = cells.has(out) ? pending : undefined
    if (outside !== undefined) pending = []
    pieces.push(tag)
    note(out, 1)
    stack.push({ name, out, tag, outside, ended: false })
  }

  function pop(keepsFormatting: boolean): void {
    const entry = stack.pop()
    if (entry === undefined) return
    if (entry.out !== '') {
      note(entry.out, -1)
      writeEnd(entry)
    }
    if (entry.outside !== undefined) pending = [...entry.outside]
    if (keepsFormatting && formatting.has(entry.out) && !entry.ended) {
      pending.unshift(entry)
      pending.length = Math.min(pending.length, mostPending)
    }
  }

  /** A paragraph or a mark with nothing in it, as misnested tags leave behind, is not written. */
  function writeEnd({ out, tag }: Entry): void {
    const isEmpty = pieces.at(-1) === tag && (out === 'p' || formatting.has(out))
    if (isEmpty && !tag.includes(' id=')) pieces.pop()
    else pieces.push(`</${out}>`)
  }

  function popThrough(index: number): void {
    while (stack.length > index) pop(stack.length > index + 1)
    while (stack.at(-1)?.ended) pop(false)
  }

  /** The index of the nearest open element that `wanted` accepts, unless `stop` meets one before it; -1 if none. */
  function nearest(wanted: (entry: Entry) => boolean, stop: (entry: Entry) => boolean): number {
    for (let index = stack.length - 1; index >= 0; index--) {
      const entry = stack[index]
      if (entry === undefined || wanted(entry)) return index
      if (stop(entry)) return -1
    }
    return -1
  }

  const isScope = ({ out }: Entry) => cells.has(out) || out === 'table'
  const isTable = ({ out }: Entry) => out === 'table'
  const never = () => false

  function closeParagraph(): void {
    if (opened.p === 0) return
    const index = nearest(({ out }) => out === 'p', isScope)
    if (index !== -1) popThrough(index)
  }

  function closeItem(names: readonly string[]): void {
    const index = nearest(
      ({ out }) => names.includes(out),
      ({ out }) => blocks.has(out) && out !== 'address' && out !== 'div' && out !== 'p',
    )
    if (index !== -1) popThrough(index)
  }

  /** Closes up to the part of the nearest table in which `out` may stand, and opens what is missing on the way. */
  function makeRoomInTable(out: string): boolean {
    const table = nearest(isTable, never)
    if (table === -1) return false
    const parents: Readonly<Record<string, readonly string[]>> = {
      tr: ['tbody', 'thead', 'tfoot'],
      td: ['tr'],
      th: ['tr'],
    }
    const parent = parents[out]
    const index = parent ? nearest((entry) => parent.includes(entry.out), isTable) : table
    popThrough((index === -1 ? table : index) + 1)
    if (index === -1 && out !== 'tr') openPart('tr')
    else if (index === -1) openPart('tbody')
    return true
  }

  function openPart(out: string): void {
    makeRoomInTable(out)
    push(out, out, `<${out}>`)
  }

  /** Text and what is not part of a table goes into a cell, in its place, where browsers put it before the table. */
  function makeRoomForContent(): void {
    if (opened.table > 0 && tableParts.has(top())) openPart('td')
  }

  function reopen(): void {
    if (pending.length === 0) return
    const again = pending
    pending = []
    for (const { name, out, tag } of again) {
      if (stack.length < deepest) push(name, out, tag.replace(/ id="[^"]*"/, ''))
    }
  }

  function makeRoomFor(out: string): boolean {
    if (tableOnly.has(out)) return makeRoomInTable(out)
    makeRoomForContent()
    if (out === 'li') closeItem(['li'])
    if (out === 'dd' || out === 'dt') closeItem(['dd', 'dt'])
    if (closesParagraph.has(out)) closeParagraph()
    if (headings.has(out)) closeHeading()
    if (out === 'rt' || out === 'rp') return makeRoomInRuby()
    if (out === 'a') return makeRoomForLink()
    return true
  }

  function closeHeading(): void {
    if (headings.has(top())) popThrough(nearest(({ out }) => headings.has(out), never))
  }

  function makeRoomInRuby(): boolean {
    if (nearest(({ out }) => out === 'ruby', isScope) === -1) return false
    while (['p', 'li', 'dd', 'dt', 'rt', 'rp'].includes(top())) {
      popThrough(nearest(({ out }) => out === top(), never))
    }
    return true
  }

  /** No link stands in a link: one that was never closed ends here, one around whole blocks stays the only one. */
  function makeRoomForLink(): boolean {
    if (pending.length > 0) pending = pending.filter(({ out }) => out !== 'a')
    if (opened.a === 0) return true
    const outer = nearest(({ out }) => out === 'a', never)
    if (outer === -1) return true
    if (stack.slice(outer).some(({ out }) => blocks.has(out))) return false
    popThrough(outer)
    return true
  }

  function indexOfEnd(name: string): number {
    if (headings.has(name)) return nearest((entry) => headings.has(entry.name), isScope)
    const isWanted = (entry: Entry) => entry.name === name
    if (name === 'table') return nearest(isWanted, never)
    if (tableOnly.has(name)) return nearest(isWanted, isTable)
    if (name === 'li') {
      return nearest(
        isWanted,
        (entry) => isScope(entry) || entry.out === 'ul' || entry.out === 'ol',
      )
    }
    return nearest(isWanted, isScope)
  }

  return {
    text(html, isBlank) {
      if (!isBlank) {
        makeRoomForContent()
        reopen()
      }
      // A parser drops the first line end of a `pre`: one that is meant has to be written twice
      const isFirstInPre = html.startsWith('\n') && (pieces.at(-1)?.startsWith('<pre') ?? false)
      pieces.push(isFirstInPre ? `\n${html}` : html)
    },

    open(name, out, tag) {
      if (stack.length >= deepest) {
        overflow++
        return
      }
      if (!makeRoomFor(out)) return
      if (!blocks.has(out)) reopen()
      push(name, out, tag)
    },

    openUnseen(name) {
      if (stack.length >= deepest) overflow++
      else stack.push({ name, out: '', tag: '', outside: undefined, ended: false })
    },

    close(name) {
      if (overflow > 0) {
        overflow--
        return
      }
      const index = stack.at(-1)?.name === name ? stack.length - 1 : indexOfEnd(name)
      const entry = stack[index]
      if (entry === undefined) {
        pending = pending.filter((waiting) => waiting.name !== name)
      } else if (entry.out === '') {
        stack.splice(index, 1)
      } else if (!blocks.has(entry.out) && stack.slice(index).some(({ out }) => blocks.has(out))) {
        entry.ended = true
      } else {
        popThrough(index)
      }
    },

    single(out, tag) {
      makeRoomForContent()
      if (out === 'hr') closeParagraph()
      else if (out !== 'source') reopen()
      pieces.push(tag)
    },

    parent: top,
    isIn: (wanted) => opened[wanted] > 0,

    finish() {
      while (stack.length > 0) pop(false)
      return pieces.join('')
    },
  }
}
