import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type SmtpOptions, smtpMailer } from '../../../src/mail/mailer/smtp.ts'
import { MessageTooBig } from '../../../src/mail/mailer.ts'
import { describeMailer, messageTo } from '../../contracts/mailer.ts'
import { type RelayOptions, startRelay } from '../relay.ts'

const ana = messageTo('ana@example.net')
const big = messageTo('ana@example.net', `${'x'.repeat(70)}\r\n`.repeat(500_000))

async function openSmtp(options: RelayOptions & Partial<Omit<SmtpOptions, 'url'>> = {}) {
  const relay = await startRelay(options)
  const { connections = 4, messagesPerConnection = 500, replyWithin } = options
  const mailer = smtpMailer({
    url: relay.url,
    connections,
    messagesPerConnection,
    ...(replyWithin && { replyWithin }),
  })
  return {
    relay,
    mailer,
    received: async () => relay.messages.map(({ raw }) => raw),
    async [Symbol.asyncDispose]() {
      await mailer.close()
      await relay[Symbol.asyncDispose]()
    },
  }
}

describeMailer('SMTP', openSmtp)
describeMailer('SMTP without PIPELINING', () => openSmtp({ extensions: ['SMTPUTF8'] }))

/** What a fresh mailer makes of one message. */
async function outcomeOf(options: Parameters<typeof openSmtp>[0], message = ana) {
  await using it = await openSmtp(options)
  return await it.mailer.submit(message)
}

describe('an outcome', () => {
  it('keeps what the relay said, on one line', async () => {
    const dot = '250-2.0.0 queued\r\n250-2.0.0 as 4fX\x07\r\n250 2.0.0 thanks'
    expect(await outcomeOf({ replies: { dot } })).toEqual({
      kind: 'submitted',
      reply: '250 2.0.0 queued as 4fX thanks',
    })
  })

  it('is uncertain when the relay hangs up after the final dot', async () => {
    expect((await outcomeOf({ hangUp: 'dot' })).kind).toBe('uncertain')
  })

  it('is uncertain when the reply to the final dot makes no sense', async () => {
    expect((await outcomeOf({ replies: { dot: 'hello' } })).kind).toBe('uncertain')
    expect((await outcomeOf({ replies: { dot: '354 go on' } })).kind).toBe('uncertain')
  })

  it.each(['mail', 'rcpt'] as const)(
    'is deferred when the relay hangs up at %s',
    async (hangUp) => {
      expect((await outcomeOf({ hangUp })).kind).toBe('deferred')
      expect((await outcomeOf({ hangUp, extensions: [] })).kind).toBe('deferred')
    },
  )

  it('is known however long a relay drips its reply', async () => {
    const replyWithin = 200
    expect(await outcomeOf({ drips: 'mail', extensions: [], replyWithin })).toEqual({
      kind: 'deferred',
      reply: 'connection lost: the relay does not end its reply',
    })
    expect((await outcomeOf({ drips: 'dot', replyWithin })).kind).toBe('uncertain')
    await expect(outcomeOf({ drips: 'ehlo', replyWithin })).rejects.toThrow(
      'is out of reach: it takes too long to answer',
    )
  })

  it('is deferred when the relay hangs up in the midst of the message', async () => {
    expect((await outcomeOf({ hangUp: 'data' }, big)).kind).toBe('deferred')
  })

  it.each([
    ['deferred', { rcpt: '451 4.7.1 greylisted' }],
    ['deferred', { rcpt: '421 4.7.28 slow down' }],
    ['deferred', { mail: '451 4.1.8 who?' }],
    ['deferred', { data: '451 4.3.0 later' }],
    ['deferred', { dot: '421 4.3.2 going down' }],
    ['rejected', { rcpt: '550 5.1.1 no such user' }],
    ['rejected', { rcpt: '550 no such user' }],
    ['deferred', { rcpt: '550 5.7.1 this list takes mail of its members only' }],
    ['rejected', { dot: '552 5.2.2 mailbox full' }],
  ] as const)('is %s on %j', async (kind, replies) => {
    for (const extensions of [['PIPELINING'], []]) {
      expect(await outcomeOf({ replies, extensions })).toEqual({
        kind,
        reply: Object.values(replies)[0],
      })
    }
  })

  it.each([
    { greeting: '421 4.3.2 too busy' },
    { mail: '421 4.7.0 too many messages' },
    { mail: '450 4.3.2 not now' },
  ])('is nobody’s on %j: the relay wants a rest', async (replies) => {
    const reply = Object.values(replies)[0]
    expect(await outcomeOf({ replies })).toEqual({ kind: 'busy', reply })
  })

  it.each([
    { greeting: '554 5.7.1 you are on a list' },
    { mail: '550 5.7.1 sender refused' },
    { mail: '552 5.3.4 too big' },
    { rcpt: '530 5.7.0 authentication required' },
    { dot: '550 5.7.1 looks like spam' },
    { dot: '554 refused' },
    { dot: '552 too big' },
  ])('is none on %j: the run stops, and the reply is shown', async (replies) => {
    await expect(outcomeOf({ replies })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(Object.values(replies)[0] ?? ''),
    })
  })

  it('is none for a message bigger than the relay announces, or says at MAIL: the run stops', async () => {
    const relay = { extensions: ['SIZE 1000'] }
    await expect(outcomeOf(relay, big)).rejects.toThrow('no message as big')
    const replies = { mail: '552 5.3.4 too big' }
    await expect(outcomeOf({ replies })).rejects.toThrow('552 5.3.4 too big')
  })

  it('is rejected for a UTF-8 address where the relay knows none', async () => {
    await using it = await openSmtp({ extensions: [] })
    const outcome = await it.mailer.submit(messageTo('josé@example.net'))
    expect(outcome).toEqual({
      kind: 'rejected',
      reply: "the relay has no SMTPUTF8, which 'josé@example.net' needs",
    })
    expect(it.relay.commands.filter((line) => line.startsWith('MAIL'))).toEqual([])
  })

  it.each(['a\r\nRCPT TO:<x@example.com>', '"a<b"@example.net', ''])(
    'is rejected for %j, which SMTP cannot carry',
    async (address) => {
      await using it = await openSmtp()
      expect((await it.mailer.submit(messageTo(address))).kind).toBe('rejected')
      expect(it.relay.commands.filter((line) => !line.startsWith('EHLO'))).toEqual([])
    },
  )

  it('asks for SMTPUTF8 only where it is needed', async () => {
    await using it = await openSmtp()
    await it.mailer.submit(ana)
    await it.mailer.submit(messageTo('josé@example.net'))
    expect(it.relay.messages.map(({ parameters }) => parameters.includes('SMTPUTF8'))).toEqual([
      false,
      true,
    ])
  })

  it('is none when nobody listens: the run stops and names the relay', async () => {
    const relay = await startRelay()
    await relay[Symbol.asyncDispose]()
    const mailer = smtpMailer({ url: relay.url, connections: 2 })
    const fault = { code: 'unavailable', message: expect.stringContaining(relay.url) }
    const tries = Array.from({ length: 5 }, () => mailer.submit(ana))
    for (const result of await Promise.allSettled(tries)) {
      expect(result).toMatchObject({ status: 'rejected', reason: fault })
    }
  })

  it('is nobody’s of many when the relay greets nobody', async () => {
    await using it = await openSmtp({ replies: { greeting: '421 4.3.2 too busy' }, connections: 5 })
    const tries = Array.from({ length: 20 }, () => it.mailer.submit(ana))
    for (const result of await Promise.allSettled(tries)) {
      expect(result).toMatchObject({ status: 'fulfilled', value: { kind: 'busy' } })
    }
  })

  it('is none when the relay hangs up instead of greeting', async () => {
    await expect(outcomeOf({ hangUp: 'greeting' })).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('connections', () => {
  it('are used again, also after a refusal', async () => {
    const rcpt = (line: string) => (line.includes('nobody') ? '550 5.1.1 no' : '250 ok')
    await using it = await openSmtp({ replies: { rcpt } })
    const kinds = []
    for (const to of ['a@example.net', 'nobody@example.net', 'b@example.net']) {
      kinds.push((await it.mailer.submit(messageTo(to))).kind)
    }
    expect(kinds).toEqual(['submitted', 'rejected', 'submitted'])
    expect(it.relay.sessions).toBe(1)
  })

  it('are no more than allowed', async () => {
    await using it = await openSmtp({ connections: 3 })
    await Promise.all(
      Array.from({ length: 60 }, (_, i) => it.mailer.submit(messageTo(`r${i}@example.net`))),
    )
    expect(it.relay.sessions).toBe(3)
  })

  it('are replaced without a word when the relay has closed them in the meantime', async () => {
    await using it = await openSmtp({ messagesPerSession: 1, connections: 1 })
    for (const to of ['a@example.net', 'b@example.net', 'c@example.net']) {
      expect((await it.mailer.submit(messageTo(to))).kind).toBe('submitted')
    }
    expect(it.relay.messages).toHaveLength(3)
  })

  it('are replaced when the relay has had enough messages of one', async () => {
    let messages = 0
    const mail = () => (++messages % 3 === 0 ? '421 4.7.0 enough for one session' : '250 ok')
    await using it = await openSmtp({ replies: { mail }, connections: 1 })
    for (let i = 0; i < 8; i += 1) {
      expect((await it.mailer.submit(messageTo(`r${i}@example.net`))).kind).toBe('submitted')
    }
    expect(it.relay.messages).toHaveLength(8)
  })

  it('are replaced after as many messages as we allow them', async () => {
    await using it = await openSmtp({ messagesPerConnection: 2, connections: 1 })
    for (let i = 0; i < 4; i += 1) await it.mailer.submit(messageTo(`r${i}@example.net`))
    expect(it.relay.sessions).toBe(2)
  })

  it.each(['421 4.7.0 too many connections', ''])(
    'become fewer when the relay greets more with %j, and everybody is still mailed',
    async (full) => {
      const greeting = (_: string, session: number) => (session > 2 ? full : '220 hi')
      await using it = await openSmtp({ replies: { greeting }, connections: 8 })
      const tries = Array.from({ length: 40 }, (_, i) =>
        it.mailer.submit(messageTo(`r${i}@example.net`)),
      )
      const kinds = new Set((await Promise.all(tries)).map(({ kind }) => kind))
      expect(kinds).toEqual(new Set(['submitted']))
      expect(it.relay.messages).toHaveLength(40)
    },
  )

  it('are not taken for stale when they break after the final dot: nobody is mailed twice', async () => {
    let messages = 0
    const dot = () => (++messages > 1 ? '' : '250 ok')
    await using it = await openSmtp({ replies: { dot }, connections: 1 })
    expect((await it.mailer.submit(messageTo('a@example.net'))).kind).toBe('submitted')
    expect((await it.mailer.submit(messageTo('b@example.net'))).kind).toBe('uncertain')
    expect(messages).toBe(2)
  })

  it('end with QUIT, and only after the message in flight', async () => {
    await using it = await openSmtp()
    const inFlight = it.mailer.submit(ana)
    await it.mailer.close()
    expect((await inFlight).kind).toBe('submitted')
    expect(it.relay.commands.at(-1)).toBe('QUIT')
    await expect(it.mailer.submit(ana)).rejects.toThrow('closed')
  })
})

describe('the message after', () => {
  const names = ['a', 'nobody', 'b'].map((name) => messageTo(`${name}@example.net`))
  const [first = ana, nobody = ana, last = ana] = names

  it('is announced with the end of the one before, and waits for its own leave', async () => {
    await using it = await openSmtp({ connections: 1 })
    expect((await it.mailer.submit(first, { next: () => last })).kind).toBe('submitted')
    const announced = ['MAIL FROM', 'RCPT TO', 'DATA']
    await expect.poll(() => it.relay.commands.slice(-3).map(verb)).toEqual(announced)
    expect(it.relay.messages).toHaveLength(1)
    expect((await it.mailer.submit(last)).kind).toBe('submitted')
    expect(it.relay.commands.map(verb)).toEqual(['EHLO', ...announced, ...announced])
    expect(it.relay.messages.map(({ to }) => to[0])).toEqual(['a@example.net', 'b@example.net'])
  })

  it('is refused for itself alone', async () => {
    const rcpt = (line: string) => (line.includes('nobody') ? '550 5.1.1 no' : '250 ok')
    await using it = await openSmtp({ replies: { rcpt }, connections: 1 })
    const kinds = []
    for (const [index, message] of names.entries()) {
      kinds.push((await it.mailer.submit(message, { next: () => names[index + 1] })).kind)
    }
    expect(kinds).toEqual(['submitted', 'rejected', 'submitted'])
    expect(it.relay.sessions).toBe(1)
  })

  it('is sent over another connection when the relay hangs up on the announced one', async () => {
    await using it = await openSmtp({ messagesPerSession: 1, connections: 1 })
    for (const [index, message] of names.entries()) {
      const attempt = it.mailer.submit(message, { next: () => names[index + 1] })
      expect((await attempt).kind).toBe('submitted')
    }
    expect(it.relay.messages).toHaveLength(3)
  })

  it('does not take its announcement for the reply to the one before', async () => {
    const dot = '554 5.6.0 what a message'
    await using it = await openSmtp({ replies: { dot }, connections: 1 })
    expect((await it.mailer.submit(first, { next: () => nobody })).kind).toBe('rejected')
    expect((await it.mailer.submit(nobody)).kind).toBe('rejected')
    expect(it.relay.messages).toEqual([])
  })

  it('that never comes does not keep the connection from ending, nor is it sent', async () => {
    await using it = await openSmtp({ connections: 1 })
    expect((await it.mailer.submit(first, { next: () => last })).kind).toBe('submitted')
    await it.mailer.close()
    expect(it.relay.messages).toHaveLength(1)
  })

  it('is not announced to a relay without PIPELINING', async () => {
    await using it = await openSmtp({ extensions: [], connections: 1 })
    await it.mailer.submit(first, { next: () => last })
    expect(it.relay.commands.map(verb)).toEqual(['EHLO', 'MAIL FROM', 'RCPT TO', 'DATA'])
  })
})

function verb(line: string): string {
  return /^[A-Z]+(?: FROM| TO)?/.exec(line)?.[0] ?? ''
}

describe('connections', () => {
  const later = (good: string, bad: string) => (_: string, session: number) =>
    session === 1 ? good : bad
  const welcome = '235 2.7.0 welcome'

  it.each<[string, RelayOptions['replies']]>([
    ['hang-ups at AUTH', { auth: later(welcome, '') }],
    ['refusals at AUTH', { auth: later(welcome, '535 5.7.8 no') }],
    ['refusals at the greeting', { greeting: later('220 hello', '554 5.7.0 too many') }],
    ['a hang-up of the first', { auth: (_, session) => (session === 1 ? '' : welcome) }],
  ])('that are open go on in spite of %s', async (_, replies) => {
    const relay = await startRelay({ extensions: ['AUTH PLAIN', 'PIPELINING'], replies })
    const url = relay.url.replace('//', '//ana:secret@')
    const mailer = smtpMailer({ url, connections: 3 })
    const messages = Array.from({ length: 12 }, (_, n) => messageTo(`r${n}@example.net`))
    const outcomes = await Promise.all(messages.map((message) => mailer.submit(message)))
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['submitted']))
    expect(relay.messages).toHaveLength(12)
    await mailer.close()
    await relay[Symbol.asyncDispose]()
  })

  it('that are never let in end with what was said, and without the password', async () => {
    await using relay = await startRelay({ extensions: ['AUTH PLAIN'], replies: { auth: '' } })
    const url = relay.url.replace('//', '//ana:secret@')
    const mailer = smtpMailer({ url, connections: 3 })
    const { message, cause } = await mailer.submit(ana).catch((error) => error)
    expect(message).toMatch(/does not let 'ana' in: .*; run it again later$/)
    expect(message + JSON.stringify(cause) + String(cause)).not.toContain('secret')
    await mailer.close()
  })

  it('of which none is let in end with the gravest word, whatever came last', async () => {
    const auth = (_: string, session: number) =>
      session <= 5 ? '535 5.7.8 no' : '454 4.7.0 too many login attempts'
    await using relay = await startRelay({ extensions: ['AUTH PLAIN'], replies: { auth } })
    const url = relay.url.replace('//', '//ana:secret@')
    const mailer = smtpMailer({ url, connections: 10 })
    const attempts = Array.from({ length: 10 }, () => mailer.submit(ana))
    const said = new Set<string>()
    for (const one of await Promise.allSettled(attempts))
      said.add(one.status === 'rejected' ? one.reason.message : one.value.kind)
    expect([...said]).toEqual([
      expect.stringContaining('535 5.7.8 no; check user and password in mail.transport'),
    ])
    expect(relay.sessions).toBeLessThanOrEqual(10)
    await mailer.close()
  })

  it('that are being made are given up on the signal', async () => {
    const server = createServer(() => undefined)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const stop = new AbortController()
    const url = `smtp://127.0.0.1:${port}`
    const mailer = smtpMailer({ url, connections: 2, signal: stop.signal })
    const attempts = [mailer.submit(ana), mailer.submit(ana), mailer.submit(ana)]
    setTimeout(() => stop.abort(), 50)
    for (const one of await Promise.allSettled(attempts))
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'interrupted' } })
    await mailer.close()
    server.close()
  })
})

it.each<[string, RelayOptions]>([
  ['by what it announces', { extensions: ['SIZE 9999'] }],
  ['by its reply', { extensions: ['SIZE'], replies: { mail: '552 5.3.4 too big' } }],
])('says that a message is too big, %s', async (_, options) => {
  await using it = await openSmtp(options)
  const bigger = messageTo('bea@example.net', 'x\r\n'.repeat(5_000))
  const error = await it.mailer.submit(bigger).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(MessageTooBig)
  expect(error.message).toContain("'tidings cancel EDITION'")
})

describe('a message on the wire', () => {
  it('cannot end early or smuggle commands in by a bare CR or LF', async () => {
    await using it = await openSmtp()
    const body = 'a\n.\nMAIL FROM:<x@example.com>\r.\rb\r\n.\r\nc\n.\r\nd'
    expect((await it.mailer.submit(messageTo('ana@example.net', body))).kind).toBe('submitted')
    expect(it.relay.messages).toHaveLength(1)
    expect(it.relay.messages[0]?.raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(it.relay.commands.filter((line) => line.startsWith('MAIL'))).toHaveLength(1)
  })
})
