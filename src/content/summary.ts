import { unescapeText } from './escape.ts'

/** About this many characters, as a reader counts them. */
const longest = 300

/** What says nothing as running text. */
const left = new Set([
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'pre',
  'table',
  'figure',
  'audio',
  'video',
  'sup',
  'rt',
  'rp',
  'nav',
  'details',
])
const inline = new Set([
  'a',
  'abbr',
  'b',
  'bdi',
  'bdo',
  'cite',
  'code',
  'del',
  'dfn',
  'em',
  'i',
  'ins',
  'kbd',
  'mark',
  'q',
  'ruby',
  's',
  'samp',
  'small',
  'span',
  'strong',
  'sub',
  'time',
  'u',
  'var',
  'wbr',
])

/**
 * The beginning of an article as one paragraph of plain text: without headings, code blocks, tables, pictures and
 * notes' numbers; when it has to be cut, at the end of a sentence or of a word.
 *
 * @param html portable (see makePortable): every `<` begins a tag, every tag has its end
 */
export function summarise(html: string): string {
  return shorten(beginning(html, longest * 3))
}

/** One paragraph of at most about 300 characters; what had to be cut ends with an ellipsis or a whole sentence. */
export function shorten(text: string): string {
  const folded = text.replace(/\s+/gu, ' ').trim()
  if (folded.length <= longest) return folded
  return cut(folded)
}

function beginning(html: string, enough: number): string {
  let text = ''
  let skipped = ''
  let depth = 0
  const notes = html.indexOf('<section role="doc-endnotes">')
  const story = notes === -1 ? html : html.slice(0, notes)
  for (const [, end, name = '', run = ''] of story.matchAll(/<(\/?)([a-z0-9]+)[^>]*>|([^<]+)/g)) {
    if (run !== '') {
      if (skipped === '') text += unescapeText(run)
      if (text.length > enough) break
    } else if (skipped !== '') {
      if (name === skipped) depth += end === '' ? 1 : -1
      if (depth === 0) skipped = ''
    } else if (end === '' && left.has(name)) {
      skipped = name
      depth = 1
    } else if (!inline.has(name)) {
      text += ' '
    }
  }
  return text
}

function cut(text: string): string {
  const room = text.slice(0, longest - 1)
  const sentence =
    /^.*[.!?。！？…](?:["'”’»)\]」』]{0,3})(?=\s|$)|^.*[。！？](?:[」』”’]{0,2})/su.exec(room)?.[0]
  if (sentence !== undefined && sentence.length >= longest / 2) return sentence
  const space = room.lastIndexOf(' ')
  const end = space > longest * 0.8 ? space : lastBoundary(text)
  return `${text.slice(0, end).replace(/[\s,;:–—-]+$/u, '')}…`
}

/** Where a word, or at least a character, ends in scripts that put no spaces between words. */
function lastBoundary(text: string): number {
  const start = text.slice(0, longest + 100)
  let end = 0
  words ??= new Intl.Segmenter(undefined, { granularity: 'word' })
  for (const { index, segment, isWordLike } of words.segment(start)) {
    if (index + segment.length >= longest) break
    if (isWordLike) end = index + segment.length
  }
  if (end > 0) return end
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  for (const { index, segment } of graphemes.segment(start)) {
    if (index + segment.length >= longest) break
    end = index + segment.length
  }
  return end
}

// Made when first needed: it takes longer than all of an article
let words: Intl.Segmenter | undefined
let graphemes: Intl.Segmenter | undefined
