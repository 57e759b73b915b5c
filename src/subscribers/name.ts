const longest = 200

/**
 * A person's name as it may go into a header, a page and a message: plain text in NFC on one line, at most 200
 * characters, without control characters, noncharacters and the marks that turn the direction of what follows.
 */
export function cleanName(text: string): string {
  const line = text
    .toWellFormed()
    .normalize()
    .replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cc}\p{Noncharacter_Code_Point}\uFEFF\uFFFD\u202A-\u202E\u2066-\u2069]/gu, '')
    .trim()
  return Array.from(line).slice(0, longest).join('').trim()
}
