// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
const specialInText = /[&<>\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]/
const specialInAttribute = new RegExp(specialInText.source.replace('&<>', '&<>"'))
const unwanted = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u{feff}]/gu
const spacing = new Set('\v\f\r\x1c\x1d\x1e\x1f\x85')

/**
 * Plain text as HTML text. Control characters (but tab and line feed), noncharacters, lone surrogates and byte order
 * marks go: no feed may carry them, and the slots of an edition are made of noncharacters.
 */
export function escapeText(text: string): string {
  if (!specialInText.test(text)) return text
  return withoutControls(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** The same for an attribute's value between double quotes. */
export function escapeAttribute(value: string): string {
  if (!specialInAttribute.test(value)) return value
  return escapeText(value).replaceAll('"', '&quot;')
}

/** Undoes `escapeText` and `escapeAttribute`, and nothing else. */
export function unescapeText(html: string): string {
  if (!html.includes('&')) return html
  return html
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')
}

/** The text without what no format carries; the separators among the control characters become spaces. */
export function withoutControls(text: string): string {
  return text.replace(unwanted, (char) => {
    if (char === '\t' || char === '\n') return char
    return spacing.has(char) ? ' ' : ''
  })
}
