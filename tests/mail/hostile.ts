import fc from 'fast-check'

/** What people paste into names and titles, and what attackers do. */
export const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        ...['\r\n', '\n', '\r', '\0', '"', '\\', ',', ';', '<', '>', '@', '(', ')', ':', '\t'],
        ...[
          '=?UTF-8?Q?a?=',
          '=?',
          '?=',
          '_',
          '=',
          ' ',
          '.',
          '\uFDD0name\uFDD1',
          '\uD800',
          '\u2028',
        ],
        ...['📰', '👩‍👩‍👧', 'é', 'عربى', '漢字', 'Bcc: x@example.com'],
        ...['word', 'x'.repeat(300), 'word '.repeat(200)],
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme-ascii', minLength: 5000, maxLength: 5000 }),
)
