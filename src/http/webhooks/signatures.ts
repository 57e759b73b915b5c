import { createHmac, createPublicKey, hash, timingSafeEqual, verify } from 'node:crypto'
import { textAt } from '../../bounces/provider-event.ts'

/** Signatures of Mailgun are good for so long, in milliseconds: it tries again for eight hours. */
export const mailgunWindow = 12 * 60 * 60 * 1000

/**
 * Whether a webhook of Mailgun was signed with our key, not too long ago (documentation.mailgun.com, "Securing Webhooks").
 * What is signed is a time and a token, not the rest: who takes the token for used up keeps others from using it.
 *
 * @param signature `{timestamp, token, signature}`
 */
export function isSignedByMailgun(signature: unknown, key: string, now: Date): boolean {
  const timestamp = textAt(signature, 'timestamp')
  const token = textAt(signature, 'token')
  if (!/^\d{1,12}$/.test(timestamp) || !/^[\w-]{20,100}$/.test(token)) return false
  const own = createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex')
  const age = Math.abs(now.getTime() - Number(timestamp) * 1000)
  return isSame(textAt(signature, 'signature').toLowerCase(), own) && age <= mailgunWindow
}

/**
 * Whether a webhook of SendGrid was signed (docs.sendgrid.com, "Event Webhook Security Features"): ECDSA over P-256 of
 * the time and the body as it was sent.
 *
 * @param key SPKI, DER in base64
 */
export function isSignedBySendgrid(
  body: Uint8Array,
  { timestamp, signature }: { timestamp: string; signature: string },
  key: string,
): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false
  const publicKey = createPublicKey({
    ...{ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' },
  })
  const signed = Buffer.concat([Buffer.from(timestamp), body])
  try {
    return verify('sha256', signed, publicKey, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

/**
 * Whether a request brings the user and password of ours (RFC 7617).
 *
 * @param own `USER:PASSWORD`
 */
export function hasCredentials(authorization: string, own: string): boolean {
  const [, given = ''] = /^basic +([\w+/=-]{1,1000})$/i.exec(authorization) ?? []
  return isSame(Buffer.from(given, 'base64').toString(), own)
}

/** In a time that tells nothing of how much of it was right, nor how long it is. */
function isSame(given: string, own: string): boolean {
  const digest = (text: string) => Buffer.from(hash('sha256', text), 'hex')
  return timingSafeEqual(digest(given), digest(own))
}
