import { escapeAttribute, escapeText } from './escape.ts'

const address = /\bhttps?:\/\/[^\s<>"'`“”‘’«»(){}[\]|\\^]+/g

/**
 * Plain text as HTML. Blank lines part paragraphs. Within a paragraph, lines are joined where they look wrapped at
 * some width, and kept apart where they look like lines on purpose (verse, an address, a list).
 */
export function renderText(source: string): string {
  return paragraphs(source)
    .map((lines) => `<p>${lines.map(withLinks).join(isWrapped(lines) ? '\n' : '<br>\n')}</p>\n`)
    .join('')
}

/** The paragraphs of a plain text as lines, without the blank lines between them. */
export function paragraphs(source: string): readonly (readonly string[])[] {
  const found: string[][] = []
  let isOpen = false
  for (const raw of source.split(/\r\n?|[\n\u2028\u2029\f]/)) {
    const line = raw.trim()
    if (line === '') {
      isOpen = false
    } else if (isOpen) {
      found.at(-1)?.push(line)
    } else {
      found.push([line])
      isOpen = true
    }
  }
  return found
}

/**
 * Whether lines were broken by a program rather than by the author: a program breaks a line only when the next word
 * would not have fitted, so each line but the last, with the next one's first word, is longer than the longest line.
 * Lines under 40 characters are never taken for wrapped, a single line always is.
 */
function isWrapped(lines: readonly string[]): boolean {
  const width = lines.reduce((longest, line) => Math.max(longest, line.length), 0)
  if (lines.length > 1 && width < 40) return false
  return lines.slice(0, -1).every((line, index) => {
    const [word = ''] = (lines[index + 1] ?? '').split(/\s/, 1)
    return line.length + 1 + word.length > width
  })
}

function withLinks(line: string): string {
  let html = ''
  let at = 0
  for (const match of line.matchAll(address)) {
    const url = match[0].replace(/[.,;:!?…*_~]+$/, '')
    if (!URL.canParse(url)) continue
    html += `${escapeText(line.slice(at, match.index))}<a href="${escapeAttribute(url)}">${escapeText(url)}</a>`
    at = match.index + url.length
  }
  return html + escapeText(line.slice(at))
}
