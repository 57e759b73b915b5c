import { verify, X509Certificate } from 'node:crypto'
import { dig, textAt } from '../../bounces/provider-event.ts'
import { Fault } from '../../model/fault.ts'

/** Fetches a text over HTTPS; follows no redirect. @throws {Fault} 'unavailable' when it cannot be had */
export type FetchText = (url: string) => Promise<string>

/** What Amazon SNS sent, verified. */
export type SnsMessage =
  | { readonly kind: 'notification'; readonly told: string }
  /** it asks whether we want its messages: whoever opens the URL says yes */
  | { readonly kind: 'confirmation'; readonly subscribeUrl: string }
  | { readonly kind: 'other' }

/** What is signed, in the order of signing (docs.aws.amazon.com/sns, "Verifying the signatures"). */
const signed: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: subscription(),
  UnsubscribeConfirmation: subscription(),
}

const hashes = new Map([
  ['1', 'RSA-SHA1'],
  ['2', 'RSA-SHA256'],
])
const host = /^sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?$/
const subject = /^CN=sns(?:\.[a-z0-9-]{1,40})?\.amazonaws\.com(?:\.cn)?$/m
const cachedFor = 24 * 60 * 60 * 1000
const mostCached = 20
/** Fetches at a time: anybody who knows the topic can name hosts that Amazon may have, and wait for none. */
const mostFetches = 5

/**
 * Makes the check of messages of Amazon SNS: for our topic, and signed (version 1 or 2) by a certificate that Amazon's
 * own hosts give out over HTTPS.
 *
 * @returns undefined for what is forged, or not for us
 */
export function snsVerifier(topic: string, fetchText: FetchText, clock: () => Date) {
  const certificates = new Map<string, { certificate: X509Certificate; until: number }>()
  let fetches = 0

  async function fetchOne(url: string): Promise<string> {
    if (fetches >= mostFetches) {
      throw new Fault('unavailable', 'webhooks/ses: too many certificates are asked for at once')
    }
    fetches += 1
    try {
      return await fetchText(url)
    } finally {
      fetches -= 1
    }
  }

  async function certificateAt(url: string): Promise<X509Certificate | undefined> {
    const now = clock().getTime()
    const known = certificates.get(url)
    if (known && known.until > now) return known.certificate
    const certificate = readCertificate(await fetchOne(url))
    if (!certificate || !isGood(certificate, clock())) return undefined
    if (certificates.size >= mostCached) certificates.clear()
    certificates.set(url, { certificate, until: now + cachedFor })
    return certificate
  }

  return async (message: unknown): Promise<SnsMessage | undefined> => {
    const type = textAt(message, 'Type')
    const fields = Object.hasOwn(signed, type) ? (signed[type] ?? []) : []
    const hash = hashes.get(textAt(message, 'SignatureVersion'))
    const url = textAt(message, 'SigningCertURL')
    if (fields.length === 0 || !hash || textAt(message, 'TopicArn') !== topic) return undefined
    // Before anything is fetched: nobody may make us ask hosts of their own
    if (!isAmazon(url) || !new URL(url).pathname.endsWith('.pem')) return undefined
    const certificate = await certificateAt(url)
    if (!certificate) return undefined
    const signature = Buffer.from(textAt(message, 'Signature'), 'base64')
    const text = canonical(message, fields)
    if (!verify(hash, Buffer.from(text), certificate.publicKey, signature)) return undefined
    if (type === 'Notification') return { kind: 'notification', told: textAt(message, 'Message') }
    const subscribeUrl = textAt(message, 'SubscribeURL')
    return type === 'SubscriptionConfirmation' && isAmazon(subscribeUrl)
      ? { kind: 'confirmation', subscribeUrl }
      : { kind: 'other' }
  }
}

function subscription(): readonly string[] {
  return ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
}

function canonical(message: unknown, fields: readonly string[]): string {
  return fields
    .filter((field) => dig(message, field) !== undefined)
    .map((field) => `${field}\n${textAt(message, field)}\n`)
    .join('')
}

function isAmazon(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null &&
    url.protocol === 'https:' &&
    host.test(url.hostname) &&
    url.port === '' &&
    url.username === '' &&
    url.password === ''
  )
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

function isGood(certificate: X509Certificate, now: Date): boolean {
  return (
    subject.test(certificate.subject) &&
    certificate.publicKey.asymmetricKeyType === 'rsa' &&
    certificate.validFromDate <= now &&
    now <= certificate.validToDate
  )
}
