const longest = 200

/** What is clean already: printable ASCII without a space too many. */
const plain = /^(?:[!-~]+(?: [!-~]+)*)?$/

/**
 * A person's name as it may go into a header, a page and a message: plain text in NFC on one line, at most 200
 * characters, without control characters, noncharacters and the marks that turn the direction of what follows.
 */
export function cleanName(text: string): string {
  if (text.length <= longest && plain.test(text)) return text
  const line = text
    .toWellFormed()
    .normalize()
    .replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cc}\p{Noncharacter_Code_Point}\uFEFF\uFFFD\u202A-\u202E\u2066-\u2069]/gu, '')
    .trim()
  return Array.from(line).slice(0, longest).join('').trim()
}
