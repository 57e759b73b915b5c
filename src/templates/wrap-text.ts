import { characters } from './plain-text.ts'

/** Columns of a line of the text part: what a terminal of 80 shows, quoted once or twice. */
export const textWidth = 72

const wide =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\uFE0F/u
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u
// a slot is filled later; an e-mail address is what mostly stands in a sentence
const slot = /\uFDD0\w+\uFDD1/gu
const slotWidth = 26

/** How many columns of a terminal the text takes: wide scripts and emoji two, combining marks none. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7E]*$/.test(text)) return text.length
  let width = 0
  for (const character of characters(text.replace(slot, ' '.repeat(slotWidth)))) {
    width += characterWidth(character)
  }
  return width
}

function characterWidth(character: string): number {
  if (invisible.test(character)) return 0
  return wide.test(character) ? 2 : 1
}

/**
 * Wraps each line at `width` columns. What a line begins with is kept for the lines that follow it: quotation
 * marks as they are, an indentation, list marks as spaces. Only an address on the web or of e-mail may be longer.
 */
export function wrapText(text: string, width: number = textWidth): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line.trimEnd(), width))
    .join('\n')
}

function wrapLine(line: string, width: number): string {
  if (displayWidth(line) <= width) return line
  const [start = ''] = line.match(/^(?:> ?)*\s*(?:(?:[*•–-]|\d{1,3}\.|\[\d{1,3}\])\s+)?/u) ?? []
  // so deep a nesting leaves no room for words: flatten it
  const lead = displayWidth(start) > width / 2 ? '' : start
  const [quote = ''] = lead.match(/^(?:> ?)*/u) ?? []
  const hang = quote + ' '.repeat(displayWidth(lead.slice(quote.length)))
  const lines: string[] = []
  let current = lead
  let used = displayWidth(lead)
  const indent = used
  for (const { piece, spaced } of pieces(line.slice(start.length), width - indent)) {
    const size = displayWidth(piece)
    const gap = spaced && used > indent ? 1 : 0
    if (used > indent && used + gap + size > width) {
      lines.push(current.trimEnd())
      current = hang + piece
      used = indent + size
    } else {
      current += (gap ? ' ' : '') + piece
      used += gap + size
    }
  }
  return [...lines, current].join('\n')
}

interface Piece {
  readonly piece: string
  /** a space stands before it in the text */
  readonly spaced: boolean
}

function* pieces(text: string, room: number): Generator<Piece> {
  // not \s: a no-break space keeps its words together
  for (const word of text.split(/[ \t]+/)) {
    let spaced = true
    for (const piece of splitWord(word, room)) {
      yield { piece, spaced }
      spaced = false
    }
  }
}

const notAtStart = /^[\p{Pe}\p{Pf}、。，．：；！？ー々…]/u

/** Where a word may be broken: after any wide character, else only when no line could hold it. */
function splitWord(word: string, room: number): readonly string[] {
  if (/^[\x20-\x7E]*$/.test(word) && word.length <= room) return [word]
  if (/:\/\/|@|\uFDD0/u.test(word)) return [word]
  const split: string[] = []
  let piece = ''
  let used = 0
  let breakable = false
  for (const character of characters(word)) {
    const size = characterWidth(character)
    const isWide = size === 2
    const mayBreak = (breakable || isWide) && !notAtStart.test(character)
    if (piece !== '' && (mayBreak || used + size > room)) {
      split.push(piece)
      piece = ''
      used = 0
    }
    piece += character
    used += size
    breakable = isWide
  }
  return piece === '' ? split : [...split, piece]
}

/** A line of `mark` as wide as the text, at most a full line. */
export function underline(text: string, mark: string): string {
  return mark.repeat(Math.min(Math.max(displayWidth(text), 1), textWidth))
}

/** Takes away what made the template readable and the text part ugly: trailing spaces, more than two empty lines. */
export function tidyText(text: string): string {
  return `${text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{4,}/g, '\n\n\n')
    .trim()}\n`
}
