import type { Mailbox } from './address.ts'

/** RFC 5322 §2.1.1 recommends 78, RFC 2047 §2 demands 76 of a line with an encoded word. */
const lineLength = 76

/** What no header may contain, and what nobody sees: becomes a space. */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu
const atomsAndSpaces = /^[\w!#$%&'*+\-/=?^`{|}~ ]*$/
const plainLine = /^[!-~]+(?: [!-~]+)*$/
const printable = /^[ -~]*$/

/**
 * Plain text fit for a header: control characters and line ends become spaces, runs of spaces one space.
 * What a reader's program shows is exactly this.
 */
export function oneLine(text: string): string {
  if (plainLine.test(text)) return text
  return text.toWellFormed().replace(unprintable, ' ').replace(/ {2,}/g, ' ').trim()
}

/** An unstructured header field (RFC 5322 §2.2.1), folded, encoded where it has to be (RFC 2047). */
export function textHeader(name: string, text: string): string {
  const line = oneLine(text)
  return foldWords(name, isSafe(line) ? line.split(' ') : encodedWords(line, name.length + 2))
}

/** An address header field (RFC 5322 §3.6.2). A UTF-8 local part stays as it is (RFC 6532). */
export function mailboxHeader(name: string, { name: person, address }: Mailbox): string {
  return foldWords(name, [...phrase(person, name.length + 2), person ? `<${address}>` : address])
}

/** A List-Id (RFC 2919): `id` has the form of a domain name. */
export function listIdHeader(title: string, id: string): string {
  return foldWords('List-Id', [...phrase(title, 'List-Id: '.length), `<${id}>`])
}

/** A header field of words that must not be broken apart, such as URLs. */
export function foldWords(name: string, words: readonly string[]): string {
  let field = `${name}:`
  let column = field.length
  for (const [index, word] of words.entries()) {
    const fits = index === 0 || column + 1 + word.length <= lineLength
    field += fits ? ` ${word}` : `\r\n ${word}`
    column = fits ? column + 1 + word.length : 1 + word.length
  }
  return field.trimEnd()
}

/** A display name as the words of a phrase (RFC 5322 §3.2.5). */
function phrase(text: string, indent: number): readonly string[] {
  const line = oneLine(text)
  if (line === '') return []
  if (!isSafe(line)) return encodedWords(line, indent)
  if (atomsAndSpaces.test(line)) return line.split(' ')
  // folding inside a quoted string is allowed and badly supported
  const quoted = `"${line.replace(/["\\]/g, '\\$&')}"`
  return indent + quoted.length <= lineLength ? [quoted] : encodedWords(line, indent)
}

/** Whether it can stand as it is: ASCII, nothing a reader would take for an encoded word, and no endless one. */
function isSafe(line: string): boolean {
  if (!printable.test(line) || line.includes('=?')) return false
  return line.split(' ').every((word) => word.length < lineLength - 16)
}

/**
 * Encoded words (RFC 2047) of at most 75 octets, no character split between two of them; the shorter of the Q and B
 * encodings for the text as a whole.
 *
 * @param indent columns taken on the first line
 */
function encodedWords(text: string, indent: number): readonly string[] {
  const asQ = toQ(text).length <= Math.ceil(Buffer.byteLength(text) / 3) * 4
  const encode = asQ ? toQ : toB
  const wrap = (part: string) => `=?UTF-8?${asQ ? 'Q' : 'B'}?${encode(part)}?=`
  const words: string[] = []
  let part = ''
  for (const character of text) {
    const room = words.length === 0 ? lineLength - indent : lineLength - 1
    if (part !== '' && wrap(part + character).length > room) {
      words.push(wrap(part))
      part = ''
    }
    part += character
  }
  return [...words, wrap(part)]
}

function toQ(text: string): string {
  const octets = Buffer.from(text)
  return Array.from(octets, (octet) => {
    const character = String.fromCharCode(octet)
    if (character === ' ') return '_'
    return /[A-Za-z0-9!*+\-/]/.test(character)
      ? character
      : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

function toB(text: string): string {
  return Buffer.from(text).toString('base64')
}
