const longest = 200

/** What is clean already: printable ASCII without a space too many. */
const plain = /^(?:[!-~]+(?: [!-~]+)*)?$/

/** Tabs, line ends and other white space excepted, which become a space. */
const unwanted = /(?!\s)[\p{Cc}\p{Noncharacter_Code_Point}\uFFFD\u202A-\u202E\u2066-\u2069]/gu

/**
 * A person's name as it may go into a header, a page and a message: plain text in NFC on one line, at most 200
 * characters, without control characters, noncharacters and the marks that turn the direction of what follows. What
 * is clean stays as it is: a name that is written out and read again is the same name.
 */
export function cleanName(text: string): string {
  if (text.length <= longest && plain.test(text)) return text
  const line = text
    .toWellFormed()
    .replace(unwanted, '')
    // only now: what stood on both sides of it may be two spaces, or a letter and its accent
    .replace(/\s+/gu, ' ')
    .normalize()
    .trim()
  return Array.from(line).slice(0, longest).join('').trim()
}
