import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a token is for: one made for one purpose is worth nothing for another. */
export type Purpose = 'confirm' | 'change-address' | 'form'

/** The first signs; every one of them verifies, so that a secret can be changed while tokens are on their way. */
export type Secrets = readonly [string, ...string[]]

// The last character of 32 octets has bits that mean nothing: one spelling only
const form = /^([\w-]{1,1400})\.([\w-]{42}[AEIMQUYcgkosw048])$/

/**
 * Makes a token that says something, until it expires: letters, digits, `-`, `_` and one dot, safe in a URL. Whoever
 * holds it can read what it says, and nobody without the secret can change it (HMAC-SHA-256, RFC 2104).
 *
 * @param says at most 1,000 octets as JSON
 */
export function signToken(
  purpose: Purpose,
  says: Readonly<Record<string, string>>,
  { secrets: [secret], expires }: { secrets: Secrets; expires: Date },
): string {
  const told = Buffer.from(JSON.stringify([Math.ceil(expires.getTime() / 1000), says]))
  if (told.byteLength > 1000) throw new Error(`a ${purpose} token of ${told.byteLength} octets`)
  const body = told.toString('base64url')
  return `${body}.${seal(purpose, body, secret).toString('base64url')}`
}

/**
 * Reads a token that somebody sent.
 *
 * @returns what it says, `expired` when that is all that is wrong with it, `forged` for everything else
 */
export function readToken(
  purpose: Purpose,
  token: string,
  { secrets, now }: { secrets: Secrets; now: Date },
): Readonly<Record<string, string>> | 'expired' | 'forged' {
  const [, body = '', mac = ''] = form.exec(token) ?? []
  const given = Buffer.from(mac, 'base64url')
  // Each is tried, whichever fits: how long it takes tells nothing
  const fits = secrets.filter((secret) => isSame(given, seal(purpose, body, secret)))
  if (fits.length === 0) return 'forged'
  const [expires, says] = JSON.parse(Buffer.from(body, 'base64url').toString())
  return now.getTime() < expires * 1000 ? says : 'expired'
}

function seal(purpose: Purpose, body: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`tidings ${purpose} ${body}`).digest()
}

function isSame(given: Buffer, own: Buffer): boolean {
  return given.byteLength === own.byteLength && timingSafeEqual(given, own)
}
