import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { simpleParser } from 'mailparser'
import { expect, it } from 'vitest'
import { readBounceToken } from '../../src/mail/return-path.ts'
import { ed25519, rsa2048 } from '../mail/dkim-keys.ts'
import { startRelay } from '../mail/relay.ts'
import { newPublication, newsletter, publication, tidings } from './cli.ts'

const server = { url: 'https://news.example.org/' }
const november = ['--now', '2026-11-01T09:00:00Z']
const files = {
  'keys/rsa.pem': rsa2048.privateKey,
  'content/first.md': `---\ntitle: First — día\ndate: 2026-01-01\n---\n\n${'.\n\nA  text. '.repeat(400)}\n`,
  'content/subscribers.csv':
    'email,name\nann@example.org,"Ann, Reader"\njosé@example.net,José 🌻\n',
}
const dkim = [
  { domain: 'example.org', selector: 'rsa', privateKey: 'file:keys/rsa.pem' },
  { domain: 'example.org', selector: 'ed', privateKey: 'env:ED_KEY' },
]
const env = { ED_KEY: ed25519.privateKey.replaceAll('\n', '\\n') }

const resolver = async (name: string) => [
  [name.startsWith('rsa.') ? rsa2048.record : ed25519.record],
]

it('signs each message with every key, and gives each a return path and an identity of its own', async () => {
  await using relay = await startRelay({ extensions: ['PIPELINING', 'SMTPUTF8', 'DSN'] })
  const folder = await newPublication(files, {
    publication,
    newsletter: { ...newsletter, bounces: 'bounces@example.org' },
    server,
    mail: { transport: relay.url, dkim },
  })
  const { status, stderr } = await tidings(['send', '-C', folder, ...november], { env })
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('unsigned')])
  expect(relay.messages).toHaveLength(2)

  for (const { raw, from, parameters } of relay.messages) {
    const { results } = await dkimVerify(Buffer.from(raw), { resolver })
    expect(results.map(({ status }) => status.result)).toEqual(['pass', 'pass'])
    expect(readBounceToken(from)).toMatchObject({ edition: '2026-11-01' })
    const token = from.replace(/^bounces\+|@example\.org$/g, '')
    expect(parameters).toContain(`RET=HDRS ENVID=${token}`)
    const { headers } = await simpleParser(raw)
    expect(headers.get('feedback-id')).toMatch(/^2026-11-01:newsletter\.example\.org:\w{5,15}$/)
  }
  const [one, two] = relay.messages.map(({ from }) => readBounceToken(from)?.subscriber)
  expect(one).not.toBe(two)
})

it('greets each reader in the subject, by what the list says of them', async () => {
  await using relay = await startRelay()
  const subject =
    '{{ reader.firstName | default: "Reader" }} in {{ reader.fields.town | default: "“town”" }}'
  const list = 'email,name,fields.town\nann@example.org,"Ann Day",Ávila\nbob@example.org,,\n'
  const folder = await newPublication(
    { ...files, 'content/subscribers.csv': list },
    { publication, newsletter: { ...newsletter, subject }, server, mail: { transport: relay.url } },
  )
  expect((await tidings(['send', '-C', folder, ...november])).status).toBe(0)
  const mails = await Promise.all(relay.messages.map(({ raw }) => simpleParser(raw)))
  expect(mails.map((mail) => mail.subject).sort()).toEqual(['Ann in Ávila', 'Reader in “town”'])
  const told = await tidings(['status', '-C', folder])
  expect(told.stdout).toContain('Reader in “town”')
})

it.each([
  ['missing', { privateKey: 'file:keys/none.pem' }, 'mail.dkim.privateKey'],
  ['cut off', { privateKey: rsa2048.privateKey.slice(0, 300) }, 'mail.dkim.privateKey'],
  ['not a name', { domain: 'example org' }, 'mail.dkim.domain'],
])('sends nothing, and says why, when a key is %s', async (_, changes, words) => {
  await using relay = await startRelay()
  const mail = { transport: relay.url, dkim: { ...dkim[0], ...changes } }
  const folder = await newPublication(files, { publication, newsletter, server, mail })
  const { status, stderr } = await tidings(['publish', '-C', folder, ...november])
  expect(status).toBe(2)
  expect(stderr).toContain(words)
  expect(stderr).not.toContain('MII')
  expect(relay.sessions).toBe(0)
  await expect(access(join(folder, '.tidings/tidings.db'))).rejects.toThrow('ENOENT')
})

it('refuses an address for bounces that has no room for what each message adds', async () => {
  const bounces = 'mail-that-came-back-to-us@example.org'
  const folder = await newPublication(files, {
    publication,
    newsletter: { ...newsletter, bounces },
  })
  const { status, stderr } = await tidings(['send', '-C', folder, ...november])
  expect([status, stderr]).toEqual([2, expect.stringContaining('newsletter.bounces')])
})
