// C0 and C1 controls save tab and line feed; noncharacters, among them the marks of a slot
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]|[\uFDD0-\uFDEF]|\p{Noncharacter_Code_Point}/gu

// embeddings and overrides would turn around what stands after them, up to the end of the line
const overrides = /[\u202A-\u202E]/gu

/** Most names and addresses: there is nothing to be done about them. */
const plainLine = /^[!-~]+(?: [!-~]+)*$/

/** The text without control characters, noncharacters and lone surrogates; line ends are `\n`. */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\u0085]/gu, '\n')
    .replace(unprintable, '')
}

/** As `plain`, on one line, with single spaces and without bidirectional overrides. */
export function oneLine(text: string): string {
  if (plainLine.test(text)) return text
  return plain(text).replace(overrides, '').replace(/\s+/gu, ' ').trim()
}

// Made when first needed: to open it takes longer than most texts
let graphemes: Intl.Segmenter | undefined

/** What a reader sees as single characters. */
export function* characters(text: string): Generator<string> {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  for (const { segment } of graphemes.segment(text)) yield segment
}

/**
 * Shortens to at most `most` UTF-16 units, an ellipsis included: at a word's end where there is one in the
 * second half, never inside a character that a reader sees as one.
 */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text
  let cut = ''
  for (const character of characters(text.slice(0, most + 64))) {
    if (cut.length + character.length > most - 1) break
    cut += character
  }
  const space = cut.search(/\s+\S*$/u)
  const whole = space > most / 2 ? cut.slice(0, space) : cut
  return `${whole.replace(/[\s,;:.…–—-]+$/u, '')}…`
}
