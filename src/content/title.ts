import { cleanLine } from './clean.ts'
import { plainInline } from './inline.ts'

/** A title found in a body. */
export interface FoundTitle {
  readonly text: string
  /** where the body goes on after it; absent when something that must stay comes before it or hangs on it */
  readonly end?: number
}

const longest = 120
const atx = /^ {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/
const underline = /^ {0,3}(?:=+|-+)[ \t]*$/
const fence = /^ {0,3}(`{3,}|~{3,})/
const notParagraph = /^(?: {4}|\t| {0,3}(?:[>|<]|[-*+][ \t]|\d{1,9}[.)][ \t]|(?:[-*_][ \t]*){3,}$))/
const html = /^\s*<h([1-6])\b[^>]*>([\s\S]*?)<\/h\1\s*>[ \t]*\n?/i

/** The heading that a Markdown body begins with, if it does. */
export function leadingHeading(source: string): FoundTitle | undefined {
  const start = skipBlank(source, 0)
  const line = lineAt(source, start)
  const heading = atx.exec(line.text)
  if (heading) return { text: plain(heading[1] ?? ''), end: line.next }
  const tag = html.exec(source.slice(start, start + 5000))
  if (tag) return { text: plain((tag[2] ?? '').replace(/\s+/g, ' ')), end: start + tag[0].length }
  const setext = setextAt(source, start)
  return setext && { text: setext.text, end: setext.next }
}

/** The first heading of a Markdown body wherever it is, code aside. */
export function firstHeading(source: string): FoundTitle | undefined {
  const leading = leadingHeading(source)
  if (leading && leading.text !== '') return leading
  let closing: RegExp | undefined
  for (let at = 0, blank = true; at < source.length; ) {
    const line = lineAt(source, at)
    const mark = fence.exec(line.text)?.[1]
    if (closing) {
      if (closing.test(line.text)) closing = undefined
    } else if (mark) closing = new RegExp(`^ {0,3}${mark.charAt(0)}{${mark.length},}[ \\t]*$`)
    else {
      const found = plain(atx.exec(line.text)?.[1] ?? '') || (blank && setextAt(source, at)?.text)
      if (found) return { text: found }
    }
    blank = line.text.trim() === '' && !closing
    at = line.next
  }
  return undefined
}

/**
 * The first line that has words, for a body without a heading. One that a Markdown paragraph goes on after is to stay
 * in the body.
 */
export function firstLine(source: string, format: 'markdown' | 'text'): FoundTitle | undefined {
  for (let at = format === 'text' ? 0 : skipBlank(source, 0); at < source.length; ) {
    const line = lineAt(source, at)
    const words =
      format === 'text'
        ? cleanLine(line.text)
        : plain(line.text.replace(/^(?:\s|>|\||[-*+](?=\s)|#{1,6}(?=\s)|\d{1,9}[.)](?=\s))+/, ''))
    if (/[\p{L}\p{N}]/u.test(words)) return titleLine(source, format, line, words)
    at = line.next
  }
  return undefined
}

/** Whether two titles say the same, whatever the quotes, dashes, case and spaces. */
export function sameTitle(a: string, b: string): boolean {
  return a === b || fold(a) === fold(b)
}

/** Drops what a body says again of its title at its beginning. @returns how much of `source` goes */
export function repeatedTitle(source: string, title: string, format: 'markdown' | 'text'): number {
  let end = 0
  for (let times = 0; times < 5; times++) {
    const rest = end === 0 ? source : source.slice(end)
    if (beginsOtherwise(rest, title)) return end
    const found = (format === 'markdown' && leadingHeading(rest)) || firstLine(rest, format)
    if (found?.end === undefined || !sameTitle(found.text, title)) return end
    end += found.end
  }
  return end
}

/** Whether the first letters alone show that the body does not begin with the title: they do for most bodies. */
function beginsOtherwise(source: string, title: string): boolean {
  const letters = skipMarks(source)
  if (lowerLetter(title, 0) !== undefined && lowerLetter(source, letters) !== undefined) {
    return partsInLetters(source, letters, title)
  }
  const start = skipBlank(source, 0)
  const [letter] = /^\p{L}/u.exec(source.slice(start, start + 2)) ?? []
  return letter !== undefined && fold(letter).charAt(0) !== fold(title.slice(0, 5)).charAt(0)
}

/** Past white space and marks of headings, lists, quotations, emphasis and code, which make no other letter of the next one. */
function skipMarks(source: string): number {
  let at = 0
  while (marks.has(source.charCodeAt(at))) at++
  return at
}

const marks: ReadonlySet<number> = new Set(
  Array.from('\t\n #>|*+-_`', (mark) => mark.charCodeAt(0)),
)

/** Whether one has another letter than the other before either has anything else than an ASCII letter. */
function partsInLetters(source: string, start: number, title: string): boolean {
  for (let at = 0; ; at++) {
    const a = lowerLetter(source, start + at)
    const b = lowerLetter(title, at)
    if (a === undefined || b === undefined) return false
    if (a !== b) return true
  }
}

/** An ASCII letter, by the code of its lower case. */
function lowerLetter(text: string, at: number): number | undefined {
  const code = text.charCodeAt(at) | 32
  return code >= 97 && code <= 122 && text.charCodeAt(at) < 128 ? code : undefined
}

function titleLine(
  source: string,
  format: 'markdown' | 'text',
  line: Line,
  words: string,
): FoundTitle {
  const below = lineAt(source, line.next)
  if (format === 'text') {
    if (source.slice(0, line.start).trim() !== '') return { text: words }
    const underlined = /^\s*(?:=+|-+|~+|\*+)\s*$/.test(below.text)
    return { text: words, end: underlined ? below.next : line.next }
  }
  const alone = below.text.trim() === '' && !notParagraph.test(line.text)
  return alone && skipBlank(source, 0) === line.start
    ? { text: words, end: line.next }
    : { text: words }
}

interface Line {
  readonly start: number
  readonly text: string
  readonly next: number
}

function lineAt(source: string, start: number): Line {
  const end = source.indexOf('\n', start)
  return end < 0
    ? { start, text: source.slice(start), next: source.length }
    : { start, text: source.slice(start, end), next: end + 1 }
}

function setextAt(source: string, start: number): { text: string; next: number } | undefined {
  const words: string[] = []
  for (let at = start; at < source.length && words.length < 5; ) {
    const line = lineAt(source, at)
    if (words.length > 0 && underline.test(line.text))
      return { text: plain(words.join(' ')), next: line.next }
    if (line.text.trim() === '' || notParagraph.test(line.text) || fence.test(line.text))
      return undefined
    if (atx.test(line.text)) return undefined
    words.push(line.text)
    at = line.next
  }
  return undefined
}

/** Past blank lines and comments. */
function skipBlank(source: string, start: number): number {
  for (let at = start; ; ) {
    const line = lineAt(source, at)
    const comment = /^[ \t]*<!--/.test(line.text) ? source.indexOf('-->', at) : -1
    if (comment >= 0) at = comment + 3
    else if (line.text.trim() === '' && line.next > at) at = line.next
    else return at
  }
}

function plain(markdown: string): string {
  return cleanLine(plainInline(markdown.slice(0, 5000)))
}

/** At most 120 characters, cut at a word. */
export function shortTitle(text: string): string {
  if (text.length <= longest) return text
  const space = text.lastIndexOf(' ', longest)
  const cut = space > longest / 2 ? text.slice(0, space) : [...text].slice(0, longest).join('')
  return `${cut.replace(/[\s,;:–—-]+$/, '')}…`
}

function fold(title: string): string {
  return title
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u201b`´]/g, "'")
    .replace(/[\u201c\u201d\u00ab\u00bb]/g, '"')
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.:]+$/, '')
    .toLowerCase()
}
