const loose = /[^\S ]| {2}|^ | $/
/** Most lines: there is nothing to be done about them. */
const plainLine = /^(?:[!-~]+(?: [!-~]+)*)?$/
const plain = /^[\t\n\x20-\x7e]*$/
// Noncharacters must not pass in particular: the slots of an edition are made of them.
// Ten times faster than `unwanted`, and true of all that it is true of: surrogates stand for the other planes.
const suspect = /[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd]/
const unwanted = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u{feff}]/gu

/**
 * Text of several lines, fit for every format that leaves the house: NFC, lines ended by `\n`, without control
 * characters (but tab and line feed), noncharacters, lone surrogates and byte order marks. The number of lines stays.
 */
export function cleanText(text: string): string {
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  if (plain.test(lines)) return lines
  const composed = lines.normalize('NFC')
  return suspect.test(composed) ? composed.replace(unwanted, replacement) : composed
}

/** The same as one line: every run of white space is one space, none at the ends. */
export function cleanLine(text: string): string {
  // It remembers every word, and a line may have millions
  if (text.length < 1000 && plainLine.test(text)) return text
  const clean = cleanText(text)
  return loose.test(clean) ? clean.replace(/\s+/g, ' ').trim() : clean
}

function replacement(char: string): string {
  if (char === '\t' || char === '\n') return char
  const code = char.charCodeAt(0)
  const separates =
    code === 0x0b || code === 0x0c || (code >= 0x1c && code <= 0x1f) || code === 0x85
  return separates ? ' ' : ''
}
