import { createHmac } from 'node:crypto'
import type { EditionId } from '../model/edition.ts'
import type { Subscriber, SubscriberId } from '../model/subscriber.ts'

/** Whom a bounce is about. */
export interface BounceToken {
  readonly edition: EditionId
  readonly subscriber: SubscriberId
  /** to be compared with that of `bounceToken`: anybody can write a token */
  readonly seal: string
}

/** What a token needs of the 64 octets that a local part may have (RFC 5321 §4.5.3.1.1), the `+` included. */
export const tokenOctets = 47

const day = /^(\d{4})-(\d\d)-(\d\d)(?:-(\d{1,3}))?$/
const sealed = /^([a-z2-7]{26})([a-z2-7]{8})(\d{4})(\d\d)(\d\d)(?:-(\d{1,3}))?$/i
const digits = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * Names one delivery to whoever sends a bounce back: in the return path (VERP), and as the envelope identifier
 * (RFC 3461 §4.4). Letters and digits only, and letter case does not count, since relays change it. Its seal is made
 * with the subscriber's own token, so that a forged bounce needs 2^39 guesses.
 *
 * @returns undefined for what is no edition or subscriber of the store, such as a test
 */
export function bounceToken(
  edition: EditionId,
  { id, token }: Pick<Subscriber, 'id' | 'token'>,
): string | undefined {
  const [, year, month, date, number] = day.exec(edition) ?? []
  const octets = Buffer.from(id, 'base64url')
  if (!year || octets.length !== 16 || octets.toString('base64url') !== id) return undefined
  const seal = createHmac('sha256', token).update(`bounce ${edition} ${id}`).digest()
  const which = `${year}${month}${date}${number ? `-${number}` : ''}`
  return base32(octets) + base32(seal.subarray(0, 5)) + which
}

/** Reads the token at the end of an address or local part `bounces+TOKEN@…`, or the bare token. */
export function readBounceToken(text: string): BounceToken | undefined {
  const local = text.replace(/@[^@]*$/, '')
  const found = sealed.exec(local.slice(local.lastIndexOf('+') + 1))
  const [, id = '', seal = '', year, month, date, number] = found ?? []
  if (!found) return undefined
  const subscriber = fromBase32(id.toLowerCase()).subarray(0, 16).toString('base64url')
  const edition = [year, month, date, number].filter((part) => part !== undefined).join('-')
  return { edition, subscriber, seal: seal.toLowerCase() }
}

/** Whether a token that came back is the one that was given out. */
export function isOurs(given: BounceToken, subscriber: Pick<Subscriber, 'id' | 'token'>): boolean {
  const token = bounceToken(given.edition, subscriber)
  const own = token === undefined ? undefined : readBounceToken(token)
  return own !== undefined && own.seal === given.seal && own.subscriber === given.subscriber
}

/** `bounces@example.org` and a token become `bounces+TOKEN@example.org`. */
export function returnPathFor(bounces: string, token: string): string {
  const at = bounces.lastIndexOf('@')
  return `${bounces.slice(0, at)}+${token}${bounces.slice(at)}`
}

function base32(octets: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const octet of octets) {
    value = (value << 8) | octet
    for (bits += 8; bits >= 5; bits -= 5) text += digits[(value >> (bits - 5)) & 31]
    value &= (1 << bits) - 1
  }
  return bits > 0 ? text + digits[(value << (5 - bits)) & 31] : text
}

function fromBase32(text: string): Buffer {
  const octets: number[] = []
  let bits = 0
  let value = 0
  for (const digit of text) {
    value = (value << 5) | digits.indexOf(digit)
    bits += 5
    if (bits >= 8) {
      bits -= 8
      octets.push(value >> bits)
      value &= (1 << bits) - 1
    }
  }
  return Buffer.from(octets)
}
