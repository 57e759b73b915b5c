import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { describe, expect, it } from 'vitest'
import { relaxLines } from '../../src/mail/dkim.ts'
import { readDkimKey } from '../../src/mail/dkim-key.ts'
import { composeMessage, type MessageInput, messageIdFor } from '../../src/mail/message.ts'
import { Fault } from '../../src/model/fault.ts'
import { ed25519, rsa2048, rsaPair } from './dkim-keys.ts'
import { nasty } from './hostile.ts'

const input: MessageInput = {
  messageId: messageIdFor('2026-11-23', 's1', 'example.org'),
  date: new Date('2026-11-23T08:05:09Z'),
  from: { name: 'The Daily', address: 'news@example.org' },
  to: { name: 'Ana', address: 'ana@example.net' },
  replyTo: { name: '', address: 'desk@example.org' },
  subject: 'All quiet',
  text: 'Good  morning,\t \nall \n\n\n',
  html: '<p>Good   morning</p>\n\n',
  list: { id: 'daily.example.org', name: 'The Daily' },
  unsubscribeUrls: ['https://example.org/u/t0ken', 'mailto:news@example.org?subject=unsubscribe'],
  feedbackId: '2026-11-23:daily.example.org:example',
}

const pairs = { rsa: rsa2048, ed: ed25519 }
const keys = Object.entries(pairs).map(([selector, { privateKey }]) =>
  readDkimKey({ domain: 'example.org', selector, privateKey }, 'mail.dkim'),
)

const signed = async (changes: Partial<MessageInput> = {}) =>
  Buffer.from((await composeMessage({ ...input, ...changes }, keys)).bytes).toString()

/** The DNS of example.org. */
async function resolver(name: string, type: string) {
  const [, selector] = /^(\w+)\._domainkey\.example\.org$/.exec(name) ?? []
  const pair = selector && Object.entries(pairs).find(([key]) => key === selector)?.[1]
  if (!pair || type !== 'TXT') throw Object.assign(new Error(name), { code: 'ENOTFOUND' })
  return [[pair.record]]
}

async function verdicts(raw: string) {
  const { results } = await dkimVerify(Buffer.from(raw), { resolver })
  return results.map(({ selector, algo, format, status }) =>
    [selector, algo, format, status.result].join(' '),
  )
}

const passed = ['rsa rsa-sha256 relaxed/relaxed pass', 'ed ed25519-sha256 relaxed/relaxed pass']
const failed = passed.map((verdict) => verdict.replace('pass', 'fail'))

describe('a signature', () => {
  it('verifies, by RSA and by Ed25519, whatever the message holds', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (name, text, subject) => {
        const raw = await signed({ to: { name, address: 'josé@example.net' }, subject, text })
        expect(await verdicts(raw)).toEqual(passed)
        const head = raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n')
        expect(Math.max(...head.map((line) => line.length))).toBeLessThanOrEqual(78)
      }),
      { numRuns: 100 },
    )
  })

  it('is the same for the same message', async () => {
    expect(await signed()).toBe(await signed())
  })

  it('covers every header field, and both parts', async () => {
    const raw = await signed()
    const unsigned = Buffer.from((await composeMessage(input)).bytes).toString()
    const head = unsigned.slice(0, unsigned.indexOf('\r\n\r\n')).replace(/\r\n\s/g, ' ')
    const fields = head.split('\r\n').map((line) => `\r\n${line.slice(0, line.indexOf(':'))}: `)
    expect(fields).toHaveLength(12)
    for (const place of [...fields, 'morning,', 'morning</p>']) {
      const altered = await verdicts(raw.replace(place, `${place}x`))
      expect(altered.filter((verdict) => verdict.endsWith('pass'))).toEqual([])
    }
  })

  it.each([
    'From: x@example.com',
    'To: x@example.com',
    'Cc: x@example.com',
    'Reply-To: x@example.com',
    'Subject: x',
    'Date: Mon, 30 Nov 2026 08:05:09 +0000',
    'Content-Type: text/html',
    'List-Unsubscribe: <https://example.com/>',
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
  ])('breaks when somebody adds %s', async (field) => {
    const { replyTo: _, ...withoutReplyTo } = input
    const { bytes } = await composeMessage(withoutReplyTo, keys)
    const raw = Buffer.from(bytes).toString()
    expect(await verdicts(raw)).toEqual(passed)
    expect(await verdicts(`${field}\r\n${raw}`)).toEqual(failed)
    expect(await verdicts(raw.replace('\r\n\r\n', `\r\n${field}\r\n\r\n`))).toEqual(failed)
  })

  it('survives what relays do: trace fields, a Feedback-ID of theirs, other folding, more spaces', async () => {
    const raw = await signed()
    const relayed = `Received: from example.org\r\nFeedback-ID: 1:relay\r\n${raw}`
      .replace('Subject: ', 'SUBJECT:  ')
      .replace('List-Id: The ', 'List-Id: The\r\n\t')
      .replace('All quiet', 'All \t quiet \t')
      .replace('<p>Good', '<p>Good \t')
    expect(await verdicts(`${relayed}\r\n\r\n`)).toEqual(passed)
  })
})

describe('relaxLines', () => {
  it('is the canonical form of the example of RFC 6376 §3.4.5', () => {
    expect(relaxLines(' C \r\nD \t E\r\n')).toBe(' C\r\nD E\r\n')
  })
})

describe('readDkimKey', () => {
  const read = (changes: object) =>
    readDkimKey(
      { domain: 'example.org', selector: 's1', privateKey: rsa2048.privateKey, ...changes },
      'tidings.config.ts: mail.dkim',
    )

  it('takes PKCS #1, line ends written as \\n, and domains in any script', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' })
    expect(read({ privateKey: pkcs1 }).algorithm).toBe('rsa-sha256')
    const oneLine = ed25519.privateKey.replaceAll('\n', '\\n')
    expect(read({ privateKey: oneLine }).algorithm).toBe('ed25519-sha256')
    expect(read({ domain: 'Bücher.example.', selector: 'S1.Mail' })).toMatchObject({
      domain: 'xn--bcher-kva.example',
      selector: 's1.mail',
    })
  })

  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
  const publicPem = ec.publicKey.export({ type: 'spki', format: 'pem' })
  const locked = ec.privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'open' })

  it.each([
    ['a damaged key', { privateKey: rsa2048.privateKey.replace(/\n.{20}/, '\n') }, 'damaged'],
    ['a short key', { privateKey: rsaPair(768).privateKey }, '768 bits are too few'],
    ['a public key', { privateKey: publicPem }, 'is the public key'],
    ['the record of a key', { privateKey: ed25519.record }, 'is the public key'],
    ['a locked key', { privateKey: locked }, 'passphrase'],
    ['a key of another kind', { privateKey: ec.privateKey.export(pkcs8) }, 'DKIM knows RSA'],
    ['a path', { privateKey: 'dkim.pem' }, 'file:PATH'],
    ['no domain', { domain: 'example' }, 'mail.dkim.domain'],
    ['a domain that would end its tag', { domain: 'example.org; i=x' }, 'mail.dkim.domain'],
    ['no selector', { selector: 's1._domainkey.' }, 'mail.dkim.selector'],
  ])('refuses %s, naming the key of the configuration and a remedy', (_, changes, words) => {
    const refused = () => read(changes)
    expect(refused).toThrow(Fault)
    expect(refused).toThrow(words)
    expect(refused).toThrow('tidings.config.ts: mail.dkim.')
    expect(refused).not.toThrow(/BEGIN PRIVATE KEY-----\s/)
  })
})
