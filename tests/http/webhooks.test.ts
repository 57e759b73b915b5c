import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { httpsText } from '../../src/http/fetch-text.ts'
import type { FetchText } from '../../src/http/webhooks/sns.ts'
import { messageIdFor } from '../../src/mail/message.ts'
import { bounceToken } from '../../src/mail/return-path.ts'
import { Fault } from '../../src/model/fault.ts'
import type { Subscriber } from '../../src/model/subscriber.ts'
import { edition, minutesAfter } from '../contracts/store.ts'
import { now, startSite } from './site.ts'

const topic = 'arn:aws:sns:eu-west-1:123456789012:bounces'
const snsHost = 'https://sns.eu-west-1.amazonaws.com'
const snsKey = readFileSync(join(import.meta.dirname, 'sns/sns.key'), 'utf8')
const snsCertificate = readFileSync(join(import.meta.dirname, 'sns/sns.pem'), 'utf8')
const tls = (name: string) =>
  readFileSync(join(import.meta.dirname, '../mail/tls', `localhost.${name}`), 'utf8')
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const sendgrid = curve.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
const keys = {
  ...{ ses: topic, postmark: 'postmark:a long password', mailgun: 'key-1', sendgrid },
}
const address = 'ann@example.org'
const [day, sentAt] = ['one', new Date('2026-10-30T12:00:00Z')]

/** A server of HTTPS in place of Amazon's. */
async function startAmazon(answers: Readonly<Record<string, string>>) {
  const asked: string[] = []
  const server = createServer({ key: tls('key'), cert: tls('pem') }, (request, response) => {
    asked.push(request.url ?? '')
    const path = (request.url ?? '').split('?')[0] ?? ''
    response.statusCode = Object.hasOwn(answers, path) ? 200 : 404
    response.end(answers[path])
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`
  const fetchText = httpsText({ ca: tls('pem') })
  return {
    asked,
    /** asks the server here for what is asked of Amazon's host */
    fetchText: (url: string) => fetchText(url.replace(/^https:\/\/[^/]+/, origin)),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** A site that hears all four, with an edition sent to one reader. */
async function startHooked(options: { keys?: object; fetchText?: FetchText } = {}) {
  const amazon = await startAmazon({ '/cert.pem': snsCertificate, '/': '<ok/>', '/bad.pem': 'x' })
  const { fetchText } = amazon
  const site = await startSite({}, { webhooks: { keys, fetchText, ...options } })
  const ann = await site.join(address)
  const { ledger, feedback } = site.store
  await ledger.open({ ...edition(day), createdAt: sentAt })
  const terms = { now: sentAt, leaseUntil: minutesAfter(sentAt, 9), most: 9 }
  for (const claim of await ledger.claim(day, terms)) {
    await ledger.submitting(claim, sentAt)
    await ledger.record(claim, { kind: 'submitted', reply: '250 Ok' }, { now: sentAt })
  }
  const post = async (name: string, body: string, headers: Record<string, string> = {}) =>
    (await site.get(`webhooks/${name}`, { method: 'POST', body, headers })).status
  return {
    ...{ site, ann, amazon, post },
    told: () => feedback.of(address),
    status: () => site.statusOf(address),
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]()
      await amazon[Symbol.asyncDispose]()
    },
  }
}

function sns(message: object, more: Record<string, string> = {}, key = snsKey): string {
  const fields: Record<string, string> = {
    Type: 'Notification',
    MessageId: '22b80b92',
    TopicArn: topic,
    Message: JSON.stringify(message),
    Timestamp: '2026-10-31T12:00:00.000Z',
    SignatureVersion: '2',
    SigningCertURL: `${snsHost}/cert.pem`,
    ...more,
  }
  const order = [
    'Message',
    'MessageId',
    'Subject',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ]
  const text = order
    .filter((name) => fields[name] !== undefined)
    .map((name) => `${name}\n${fields[name]}\n`)
    .join('')
  const hash = fields.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256'
  return JSON.stringify({
    Signature: sign(hash, Buffer.from(text), key).toString('base64'),
    ...fields,
  })
}

function sesBounce(more: object = {}, mail: object = {}) {
  return {
    notificationType: 'Bounce',
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [
        { emailAddress: address, status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
      ],
      timestamp: '2026-10-31T12:00:00.000Z',
      feedbackId: 'f-1',
      ...more,
    },
    mail: { messageId: 'm-1', source: 'news@example.org', destination: [address], ...mail },
  }
}

describe('Amazon SES', () => {
  it.each(['1', '2'])('is believed by its signature of version %s', async (SignatureVersion) => {
    await using hooked = await startHooked()
    expect(await hooked.post('ses', sns(sesBounce(), { SignatureVersion, Subject: 'x' }))).toBe(200)
    expect(await hooked.status()).toBe('suppressed')
    expect(await hooked.told()).toMatchObject([
      { edition: day, kind: 'hard', status: '5.1.1', source: 'ses', isProven: true },
    ])
    expect(await hooked.post('ses', sns(sesBounce(), { MessageId: 'again' }))).toBe(200)
    expect(await hooked.told()).toHaveLength(1)
    expect(hooked.amazon.asked).toEqual(['/cert.pem'])
  })

  it('names the reader by the return path, too', async () => {
    await using hooked = await startHooked()
    const source = `bounces+${bounceToken('2026-10-30', hooked.ann)}@example.org`
    const complaint = {
      eventType: 'Complaint',
      complaint: { complainedRecipients: [{ emailAddress: 'other@example.org' }], feedbackId: 'c' },
      mail: { messageId: 'm-2', source },
    }
    await hooked.post('ses', sns(complaint))
    expect(await hooked.status()).toBe('unsubscribed')
  })

  it.each([
    ['of another topic', { TopicArn: `${topic}x` }],
    ['of a certificate of somebody else', { SigningCertURL: 'https://sns.example.org/cert.pem' }],
    [
      'of a host that ends alike',
      { SigningCertURL: 'https://xsns.eu-west-1.amazonaws.com.example.org/cert.pem' },
    ],
    ['of a bucket at Amazon', { SigningCertURL: 'https://s3.eu-west-1.amazonaws.com/cert.pem' }],
    [
      'of a certificate without TLS',
      { SigningCertURL: 'http://sns.eu-west-1.amazonaws.com/cert.pem' },
    ],
    [
      'of a port of its own',
      { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com:444/cert.pem' },
    ],
    ['of what is no certificate', { SigningCertURL: `${snsHost}/bad.pem` }],
    ['of an unknown version', { SignatureVersion: 'toString' }],
    ['of an unknown type', { Type: 'constructor' }],
  ])('is refused without a word: %s', async (_, more) => {
    await using hooked = await startHooked()
    expect(await hooked.post('ses', sns(sesBounce(), more))).toBe(403)
    expect(await hooked.told()).toEqual([])
    expect(hooked.amazon.asked.filter((path) => path !== '/bad.pem')).toEqual([])
  })

  it('is refused when anything was changed, or another key signed it', async () => {
    await using hooked = await startHooked()
    const changed = sns(sesBounce()).replace('f-1', 'f-2')
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const forged = sns(sesBounce(), {}, other.export({ format: 'pem', type: 'pkcs8' }).toString())
    for (const body of [changed, forged, '', 'null', '[]', '{"Type":{}}']) {
      expect(await hooked.post('ses', body)).toBe(403)
    }
    expect(await hooked.status()).toBe('active')
  })

  it('has its subscription confirmed at its own host only', async () => {
    await using hooked = await startHooked()
    const ask = (SubscribeURL: string) =>
      hooked.post('ses', sns({}, { Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL }))
    expect(await ask('https://internal.example.org/?Action=ConfirmSubscription')).toBe(200)
    expect(hooked.amazon.asked).toEqual(['/cert.pem'])
    expect(await ask(`${snsHost}/?Action=ConfirmSubscription&Token=t`)).toBe(200)
    expect(hooked.amazon.asked[1]).toBe('/?Action=ConfirmSubscription&Token=t')
  })

  it('is to try again when the certificate cannot be had', async () => {
    await using hooked = await startHooked()
    const gone = sns(sesBounce(), { SigningCertURL: `${snsHost}/gone.pem` })
    expect(await hooked.post('ses', gone)).toBe(503)
  })

  it('makes us ask few hosts at a time', async () => {
    const failing: ((why: Fault) => void)[] = []
    const fetchText = () => new Promise<string>((_, fail) => failing.push(fail))
    await using hooked = await startHooked({ fetchText })
    const told: number[] = []
    const posts = Array.from({ length: 12 }, async (_, n) => {
      const SigningCertURL = `https://sns.made-up-${n}.amazonaws.com/a.pem`
      told.push(await hooked.post('ses', sns(sesBounce(), { SigningCertURL })))
    })
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(7)
    expect(failing).toHaveLength(5)
    for (const fail of failing) fail(new Fault('unavailable', 'gone'))
    await Promise.all(posts)
    expect(told).toEqual(Array(12).fill(503))
  })
})

describe('Postmark', () => {
  const authorization = (text: string) => ({
    Authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  })
  const bounce = JSON.stringify({
    ...{ RecordType: 'Bounce', ID: 42, Type: 'HardBounce', Email: address },
    ...{ Details: 'smtp;550 5.1.1 unknown', BouncedAt: '2026-10-31T12:00:00Z' },
  })

  it('is believed by its password', async () => {
    await using hooked = await startHooked()
    for (const given of ['', 'postmark:', 'postmark:wrong password', 'x:a long password']) {
      expect(await hooked.post('postmark', bounce, authorization(given))).toBe(403)
    }
    expect(await hooked.post('postmark', bounce)).toBe(403)
    expect(await hooked.told()).toEqual([])
    expect(await hooked.post('postmark', bounce, authorization(keys.postmark))).toBe(200)
    expect(await hooked.told()).toMatchObject([{ edition: day, kind: 'hard', source: 'postmark' }])
    expect(await hooked.post('postmark', '{', authorization(keys.postmark))).toBe(400)
    const deep = `${'['.repeat(40_000)}${']'.repeat(40_000)}`
    expect(await hooked.post('postmark', deep, authorization(keys.postmark))).toBe(400)
  })
})

describe('Mailgun', () => {
  const signature = (token: string, at = now, key = keys.mailgun) => {
    const timestamp = String(Math.floor(at.getTime() / 1000))
    const mac = createHmac('sha256', key)
      .update(timestamp + token)
      .digest('hex')
    return { timestamp, token, signature: mac }
  }
  const event = (id: string, more: object = {}) => ({
    ...{ event: 'complained', id, recipient: address, timestamp: 1793448000, ...more },
  })
  const body = (signed: object, told: object) =>
    JSON.stringify({ signature: signed, 'event-data': told })

  it('is believed by its signature, by each only once', async () => {
    await using hooked = await startHooked()
    const token = 'a'.repeat(50)
    const delivered = body(signature(token), event('1', { event: 'delivered' }))
    expect(await hooked.post('mailgun', delivered)).toBe(200)
    const swapped = body(signature(token), event('2'))
    expect(await hooked.post('mailgun', swapped)).toBe(200)
    expect(await hooked.told()).toMatchObject([{ kind: 'delivered' }])
    expect(await hooked.post('mailgun', body(signature('b'.repeat(50)), event('2')))).toBe(200)
    expect(await hooked.status()).toBe('unsubscribed')
  })

  it('is refused when it is signed by another, too old, or not at all', async () => {
    await using hooked = await startHooked()
    const bodies = [
      body(signature('c'.repeat(50), now, 'key-2'), event('1')),
      body(signature('c'.repeat(50), new Date('2026-10-30T12:00:00Z')), event('1')),
      body({ ...signature('c'.repeat(50)), token: 'd'.repeat(50) }, event('1')),
      body({ ...signature('c'.repeat(50)), timestamp: { a: 1 } }, event('1')),
      JSON.stringify({ 'event-data': event('1') }),
      'signature',
    ]
    for (const one of bodies) expect(await hooked.post('mailgun', one)).toBe(403)
    expect(await hooked.told()).toEqual([])
  })

  it('tells the edition by the Message-ID', async () => {
    await using hooked = await startHooked()
    const messageId = messageIdFor(day, hooked.ann.id, 'example.org').slice(1, -1)
    const status = { code: 552, message: '5.2.2 mailbox full' }
    const failed = event('3', {
      ...{ event: 'failed', severity: 'permanent', 'delivery-status': status },
      message: { headers: { 'message-id': messageId } },
    })
    await hooked.post('mailgun', body(signature('e'.repeat(50)), failed))
    expect(await hooked.told()).toMatchObject([{ kind: 'soft', edition: day, status: '5.2.2' }])
  })
})

describe('SendGrid', () => {
  const timestamp = '1793448000'
  const signed = (body: string, key = curve.privateKey) => ({
    'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
    'X-Twilio-Email-Event-Webhook-Signature': sign(
      'sha256',
      Buffer.from(timestamp + body),
      key,
    ).toString('base64'),
  })
  const batch = (reader?: Subscriber) =>
    JSON.stringify([
      { email: 'stranger@example.net', event: 'bounce', sg_event_id: '1', timestamp: 1793448000 },
      { email: address, event: 'open', sg_event_id: '2', timestamp: 1793448000 },
      {
        ...{ email: address, event: 'bounce', type: 'bounce', sg_event_id: '3', status: '5.0.0' },
        ...{ reason: '550 No such user', timestamp: 1793448000 },
        'smtp-id': reader && messageIdFor(day, reader.id, 'example.org'),
      },
      { ...{ email: address, event: 'processed' } },
      null,
      7,
    ])

  it('is believed by its signature of the whole batch as it was sent', async () => {
    await using hooked = await startHooked()
    const body = batch(hooked.ann)
    expect(await hooked.post('sendgrid', body, signed(body))).toBe(200)
    expect(await hooked.post('sendgrid', body, signed(body))).toBe(200)
    expect(await hooked.told()).toMatchObject([{ kind: 'hard', edition: day, source: 'sendgrid' }])
    expect(await hooked.status()).toBe('suppressed')
  })

  it('is refused when a space was added, or another key signed it', async () => {
    await using hooked = await startHooked()
    const body = batch()
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const attempts = [
      [`${body} `, signed(body)],
      [body, signed(body, other)],
      [body, { ...signed(body), 'X-Twilio-Email-Event-Webhook-Timestamp': '1' }],
      [body, { ...signed(body), 'X-Twilio-Email-Event-Webhook-Signature': 'AAAA' }],
      [body, {}],
    ] as const
    for (const [text, headers] of attempts) {
      expect(await hooked.post('sendgrid', text, { ...headers })).toBe(403)
    }
    expect(await hooked.told()).toEqual([])
  })
})

describe('webhooks', () => {
  it('are off unless their key is known, and take nothing but a POST of a sensible size', async () => {
    await using hooked = await startHooked({ keys: { mailgun: 'key-1' } })
    expect(await hooked.post('ses', sns(sesBounce()))).not.toBe(200)
    expect(await hooked.post('sendgrid', '[]')).toBe(405)
    expect((await hooked.site.get('webhooks/mailgun')).status).toBe(405)
    expect(await hooked.post('mailgun', 'x'.repeat(2 * 1024 * 1024 + 1))).toBe(413)
    const { log } = hooked.site
    expect(log.filter((line) => line.includes('webhooks/mailgun'))).not.toHaveLength(0)
    expect(log.join()).not.toContain(address)
  })

  it('are to be tried again while the store is away', async () => {
    await using hooked = await startHooked()
    await hooked.site.close()
    const bounce = JSON.stringify({
      RecordType: 'Bounce',
      ID: 1,
      Type: 'HardBounce',
      Email: address,
    })
    const headers = { Authorization: `Basic ${Buffer.from(keys.postmark).toString('base64')}` }
    expect(await hooked.post('postmark', bounce, headers)).toBeGreaterThanOrEqual(500)
  })
})
