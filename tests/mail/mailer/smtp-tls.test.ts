import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { describe, expect, it } from 'vitest'
import { smtpMailer } from '../../../src/mail/mailer/smtp.ts'
import { messageTo } from '../../contracts/mailer.ts'
import { startRelay } from '../relay.ts'

const read = (name: string) => readFileSync(new URL(`../tls/${name}`, import.meta.url), 'utf8')
const cert = read('localhost.pem')
const password = 'p@ss/w#rd%'
const account = `ana:${encodeURIComponent(password)}@`

/** A real submission server that lets one account in. */
async function startServer(options: SMTPServerOptions = {}) {
  const received: { raw: string; user: unknown; secure: boolean }[] = []
  const server = new SMTPServer({
    key: read('localhost.key'),
    cert,
    onAuth: (auth, _session, done) => {
      const known = auth.username === 'ana' && auth.password === password
      if (known) done(null, { user: auth.username })
      else done(Object.assign(new Error(`Invalid login ${auth.password}`), { responseCode: 535 }))
    },
    onData: (stream, session, done) => {
      text(stream).then((raw) => {
        received.push({ raw, user: session.user, secure: session.secure })
        done(null)
      }, done)
    },
    ...options,
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    received,
    address: `localhost:${(server.server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

async function submit(url: string, ca?: string, message = messageTo('ana@example.net')) {
  const mailer = smtpMailer({ url, connections: 1, ...(ca ? { ca } : {}) })
  try {
    return await mailer.submit(message)
  } finally {
    await mailer.close()
  }
}

const messageOf = (url: string, ca?: string) =>
  submit(url, ca).then(String, ({ message }) => message)

describe('a relay with accounts', () => {
  it('gets user and password over STARTTLS, decoded', async () => {
    await using server = await startServer()
    const url = `smtp://${account}${server.address}?tls=required`
    expect((await submit(url, cert)).kind).toBe('submitted')
    expect(server.received).toMatchObject([{ user: 'ana', secure: true }])
  })

  it('gets them over TLS from the first byte', async () => {
    await using server = await startServer({ secure: true })
    expect((await submit(`smtps://${account}${server.address}`, cert)).kind).toBe('submitted')
    expect(server.received).toMatchObject([{ user: 'ana', secure: true }])
  })

  it.each(['PLAIN', 'LOGIN', 'CRAM-MD5'])('is asked in the manner of %s', async (method) => {
    await using relay = await startRelay({
      extensions: [`AUTH ${method}`],
      replies: { auth: '535 5.7.8 no' },
    })
    await messageOf(relay.url.replace('//', `//${account}`))
    expect(relay.commands[1]).toMatch(new RegExp(`^AUTH ${method}`))
  })

  it('that knows them not stops the run, and the password is shown nowhere', async () => {
    await using server = await startServer({ secure: true })
    const url = `smtps://ana:${encodeURIComponent('wr0ng/secret')}@${server.address}`
    const error = await submit(url, cert).catch((fault) => fault)
    expect(error).toMatchObject({ name: 'Fault', code: 'unavailable' })
    expect(error.message).toContain("does not let 'ana' in: 535 Invalid login ***")
    expect(error.message).toContain('check user and password in mail.transport')
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toContain('wr0ng')
  })

  it('that lets nobody in for now is left alone, with its own words', async () => {
    const auth = '454 4.7.0 directory is away'
    await using relay = await startRelay({ extensions: ['AUTH PLAIN'], replies: { auth } })
    const url = relay.url.replace('//', `//${account}`)
    expect(await submit(url)).toEqual({ kind: 'busy', reply: auth })
  })

  it('is not sent them in the clear, whatever the URL says', async () => {
    await using relay = await startRelay({ extensions: ['AUTH PLAIN'] })
    // 0.0.0.0 is this machine too, and not a loopback address
    const url = `smtp://${account}0.0.0.0:${relay.port}?tls=optional`
    expect(await messageOf(url)).toContain('add ?tls=optional where plain text will do')
    expect(relay.commands.filter((line) => line.startsWith('AUTH'))).toEqual([])
  })
})

describe('encryption', () => {
  it('is used where offered, also when it is not required', async () => {
    await using server = await startServer({ authOptional: true })
    expect((await submit(`smtp://${server.address}`)).kind).toBe('submitted')
    expect(server.received).toMatchObject([{ secure: true }])
  })

  it('is done without on loopback', async () => {
    await using relay = await startRelay()
    expect((await submit(relay.url)).kind).toBe('submitted')
  })

  it('that is required and not offered stops the run before a message is sent', async () => {
    await using relay = await startRelay()
    expect(await messageOf(`${relay.url}?tls=required`)).toContain('no encrypted connection')
    expect(await messageOf(`smtp://0.0.0.0:${relay.port}`)).toContain('no encrypted connection')
    expect(relay.commands.filter((line) => line.startsWith('MAIL'))).toEqual([])
  })

  it.each([
    ['STARTTLS', {}, 'smtp', '?tls=required'],
    ['TLS', { secure: true }, 'smtps', ''],
  ])(
    'by %s with a certificate that does not verify stops the run with a remedy',
    async (_, options, scheme, query) => {
      await using server = await startServer({ authOptional: true, ...options })
      const message = await messageOf(`${scheme}://${server.address}${query}`)
      expect(message).toMatch(/certificate does not verify; .*NODE_EXTRA_CA_CERTS/)
      expect(server.received).toEqual([])
    },
  )

  it('with a certificate that has expired stops the run, and says whose business it is', async () => {
    const expired = read('expired.pem')
    await using server = await startServer({ secure: true, authOptional: true, cert: expired })
    const message = await messageOf(`smtps://${server.address}`, expired)
    expect(message).toMatch(/certificate has expired; its owner has to renew it/)
    expect(server.received).toEqual([])
  })

  it('changes nothing about what is known of a message when the relay hangs up', async () => {
    const tls = { key: read('localhost.key'), cert }
    await using early = await startRelay({ tls, hangUp: 'data' })
    const big = messageTo('ana@example.net', `${'x'.repeat(70)}\r\n`.repeat(500_000))
    expect((await submit(early.url, cert, big)).kind).toBe('deferred')
    await using late = await startRelay({ tls, hangUp: 'dot' })
    expect((await submit(late.url, cert)).kind).toBe('uncertain')
  })

  it('that is not spoken where it is expected stops the run', async () => {
    await using relay = await startRelay()
    const message = await messageOf(relay.url.replace('smtp:', 'smtps:'))
    expect(message).toMatch(/is out of reach: .*; it does not speak TLS from the first octet/)
  })
})
