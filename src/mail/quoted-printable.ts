import { encode as encodeAny, wrap } from 'nodemailer/lib/qp'

/** Of a line with its soft line break (RFC 2045 §6.7). */
export const lineLength = 76
/** A line is broken after one of `breaks` among so many of its last characters, where there is one. */
const margin = Math.floor(lineLength / 3)
const breaks = ' \t.,!?'

const ascii = /^[\t\r\n -~]*$/
const spaceAtEnd = /[ \t](?=[\r\n]|$)/
const spacesAtEnd = new RegExp(spaceAtEnd, 'g')
const escapeOfAscii = /=[0-7][\dA-F]$/
const escapeOfOther = /=[89A-F][\dA-F]$/
const otherLines = '\r\n'.repeat(lineLength / 2 + 1)

/** Text in quoted-printable: the octets that Nodemailer gives, in a third of the time where all of it is ASCII. */
export function encode(text: string): string {
  if (!ascii.test(text)) return encodeAny(text)
  const escaped = text.replaceAll('=', '=3D')
  return spaceAtEnd.test(escaped) ? escaped.replace(spacesAtEnd, escapeSpace) : escaped
}

function escapeSpace(space: string): string {
  return space === ' ' ? '=20' : '=09'
}

/**
 * Breaks the lines of an encoded text as Nodemailer does, and so wherever in a text they stand; what it does with a
 * text that is shorter than a line is up to the caller. Each recipient has some lines to be broken.
 */
export function breakLines(text: string): string {
  let lines = ''
  for (let at = 0; at < text.length; ) {
    const end = Math.min(at + lineLength, text.length)
    const feed = text.indexOf('\n', at)
    if (feed >= 0 && feed < end) {
      if (feed === at || text[feed - 1] !== '\r') return lines + breakByNodemailer(text, at)
      lines += text.slice(at, feed + 1)
      at = feed + 1
      continue
    }
    let cut = afterBreak(text, at, end)
    if (cut === 0) {
      cut = beforeCutEscape(text, end)
      const tail = text.slice(cut - 3, cut)
      // of a character of several octets, which stay together
      if (cut === at || escapeOfOther.test(tail)) return lines + breakByNodemailer(text, at)
      if (cut - at === lineLength && cut < text.length) cut -= escapeOfAscii.test(tail) ? 3 : 1
    } else if (cut - at === lineLength && cut < text.length) cut -= 1
    lines += text.slice(at, cut)
    if (cut < text.length) lines += '=\r\n'
    at = cut
  }
  return lines
}

/** @returns 0 where there is none */
function afterBreak(text: string, at: number, end: number): number {
  if (end - at <= lineLength - margin) return 0
  for (let cut = end; cut > end - margin; cut -= 1) {
    if (breaks.includes(text.charAt(cut - 1))) return cut
  }
  return 0
}

/** The end, or where an escape begins that would be cut apart there. */
function beforeCutEscape(text: string, end: number): number {
  if (text[end - 1] === '=') return end - 1
  return text[end - 2] === '=' ? end - 2 : end
}

/** What is rare and long to say. */
function breakByNodemailer(text: string, at: number): string {
  // lest it leave a text shorter than a line as it is
  return wrap(otherLines + text.slice(at)).slice(otherLines.length)
}
