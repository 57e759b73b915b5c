import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMail, type Verdict } from '../../src/bounces/read-mail.ts'
import { arf, dsn, letter, sentHead } from './letters.ts'

const token = `${'a'.repeat(26)}${'b'.repeat(8)}20261101`

async function verdicts(bytes: Uint8Array): Promise<readonly Verdict[]> {
  const reading = await readMail(bytes)
  if (reading.kind !== 'report') throw new Error(`is read as ${JSON.stringify(reading)}`)
  return reading.verdicts
}

const daemon = {
  'Return-Path': '<>',
  From: 'MAILER-DAEMON@mx.example.net',
  Subject: 'failure notice',
}

describe('reports in words alone', () => {
  it.each([
    [
      'qmail',
      daemon,
      `Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ann@example.org>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 <ann@example.org>: User unknown
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Return-Path: <bounces@example.org>
Subject: our spam policy, blocked`,
      { kind: 'hard', status: '5.1.1' },
    ],
    [
      'Exim',
      {
        From: 'Mail Delivery System <Mailer-Daemon@mx.example.net>',
        'X-Failed-Recipients': 'ann@example.org',
        'Auto-Submitted': 'auto-replied',
        Subject: 'Mail delivery failed: returning message to sender',
      },
      `This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ann@example.org
    host mx.example.org [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<ann@example.org>:
    552 Mailbox full, try again in a year

------ This is a copy of the message, including all the headers. ------
`,
      { kind: 'soft', status: '' },
    ],
    [
      'Domino',
      {
        From: 'Postmaster@example.org',
        Subject: 'DELIVERY FAILURE: User Ann (ann@example.org) not listed in Domino Directory',
      },
      `Your message

  Subject: An edition

was not delivered to:

  ann@example.org

because:

  User Ann (ann@example.org) not listed in Domino Directory`,
      { kind: 'hard', status: '' },
    ],
    [
      'GMX and web.de',
      {
        From: 'GMX Mailer Daemon <mailer-daemon@example.net>',
        Subject: 'Mail delivery failed: returning message to sender',
      },
      `This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of
its recipients. The following addresses failed:

"ann@example.org":
SMTP error from remote server after RCPT command:
host: mx.example.org
5.1.1 <ann@example.org>... Unknown recipient

--- The header of the original message is following. ---

Received: from example.org`,
      { kind: 'hard', status: '5.1.1' },
    ],
    [
      'Office 365',
      { From: 'postmaster@example.org', Subject: 'Undeliverable: An edition' },
      `Delivery has failed to these recipients or groups:

ann@example.org<mailto:ann@example.org>
Your message wasn't delivered. Despite repeated attempts to contact the recipient's email system it didn't respond.

Diagnostic information for administrators:
Generating server: mx.example.net
ann@example.org
Remote Server returned '550 5.4.316 Message expired, connection refused(Socket error code 10061)'`,
      { kind: 'soft', status: '5.4.316' },
    ],
    [
      'a provider that takes it for spam',
      daemon,
      `<ann@example.org>: 554 5.7.1 Your message was considered unsolicited bulk e-mail (UBE)`,
      { kind: 'policy', status: '5.7.1' },
    ],
    [
      'mail.ru',
      {
        From: 'mailer-daemon@example.ru',
        'X-Failed-Recipients': 'ann@example.org',
        Subject: '=?utf-8?B?0J3QtSDQtNC+0YHRgtCw0LLQu9C10L3Qvg==?=',
      },
      `Это письмо создано автоматически.\n\n  ann@example.org\n  550 Message was not accepted -- invalid mailbox. Local mailbox ann@example.org is unavailable: user not found`,
      { kind: 'hard', status: '' },
    ],
    [
      'a warning of delay',
      { ...daemon, Subject: 'Warning: could not send message for past 4 hours' },
      `The message could not be delivered yet. It will be retried.\n\n<ann@example.org>: 451 4.4.1 timed out`,
      { kind: 'delayed', status: '4.4.1' },
    ],
  ])('%s', async (_, head, body, expected) => {
    const [verdict] = await verdicts(letter(head, body))
    expect(verdict).toMatchObject(expected)
    expect(verdict?.recipients).toContain('ann@example.org')
  })
})

describe('delivery status notifications', () => {
  it('are read in UTF-8 (RFC 6533), and with a code that says less than the words', async () => {
    const global = dsn({ recipient: 'zo\\x{EB}@example.org', status: '5.0.0' })
      .toString()
      .replaceAll('rfc822;', 'utf-8;')
      .replace('message/delivery-status', 'message/global-delivery-status')
    const [verdict] = await verdicts(Buffer.from(global))
    expect(verdict).toMatchObject({ kind: 'hard', status: '5.1.1' })
    expect(verdict?.recipients).toContain('zoë@example.org')
  })

  it('are read where boundaries were lost, or lines end in a carriage return alone', async () => {
    const broken = dsn().toString().replace('boundary="=_b/mx"', 'boundary="other"')
    const old = dsn().toString().replaceAll('\r\n', '\r')
    for (const text of [broken, old]) {
      expect(await verdicts(Buffer.from(text))).toMatchObject([{ kind: 'hard', status: '5.1.1' }])
    }
  })

  it('give up what was tried for days as soft', async () => {
    const expired = dsn({ status: '4.4.7', diagnostic: 'smtp; delivery temporarily suspended' })
    expect(await verdicts(expired)).toMatchObject([{ kind: 'soft', status: '4.4.7' }])
  })
})

describe('complaints', () => {
  it.each([
    ['abuse', 'complaint'],
    ['fraud', 'complaint'],
    ['opt-out', 'unsubscribe'],
  ])('of type %s', async (type, kind) => {
    expect(await verdicts(arf({ type }))).toMatchObject([{ kind }])
  })

  it.each(['not-spam', 'auth-failure'])('are none of type %s', async (type) => {
    expect(await readMail(arf({ type }))).toMatchObject({ kind: 'nothing' })
  })

  it('are known without the part that says so', async () => {
    const junk = arf()
      .toString()
      .replace(
        /--part\r\nContent-Type: message\/feedback-report[\s\S]*?(?=--part\r\nContent-Type: message\/rfc822)/,
        '',
      )
      .replace('feedback@example.com', 'staff@hotmail.example')
      .replace('FW: An edition', 'complaint about message from 192.0.2.1')
    expect(await verdicts(Buffer.from(junk))).toMatchObject([{ kind: 'complaint' }])
  })
})

describe('what is no report', () => {
  it.each([
    ['a vacation notice', { From: 'ann@example.org', Subject: 'Out of Office: An edition' }],
    [
      'a vacation notice of Exchange',
      { From: 'ann@example.org', Subject: 'Automatische Antwort: x', 'Return-Path': '<>' },
    ],
    [
      'an automatic reply',
      {
        From: 'ann@example.org',
        Subject: 'Thank you',
        'Auto-Submitted': 'auto-replied',
        'Return-Path': '<>',
      },
    ],
    ['an old autoresponder', { From: 'ann@example.org', Subject: 'Thanks', 'X-Autoreply': 'yes' }],
    ['a challenge', { From: 'ann@example.org', Subject: 'Please confirm your message to Ann' }],
  ])('%s', async (_, head) => {
    expect(await readMail(letter(head, 'I am away until Monday.'))).toMatchObject({
      kind: 'nothing',
    })
  })

  it('a letter of a person, for somebody to read, even about things not delivered', async () => {
    const head = {
      From: 'ann@example.org',
      Subject: 'Your letter was not delivered to my neighbour',
    }
    expect(await readMail(letter(head, 'Please look.'))).toMatchObject({ kind: 'unclear' })
    expect(await readMail(Buffer.from('nothing like a message'))).toMatchObject({ kind: 'unclear' })
  })
})

describe('any bytes', () => {
  it('are read no further than the beginning of a long message', async () => {
    const lines = (n: number) => `${'\r\n'.repeat(n)}550 5.1.1 <ann@example.org>: User unknown\r\n`
    const { recipients } = (await verdicts(letter(daemon, lines(3000))))[0] ?? {}
    expect(recipients).toEqual(['ann@example.org'])
    const [far] = await verdicts(letter(daemon, lines(6000)))
    expect(far).toMatchObject({ kind: 'soft', recipients: [] })
  })

  it('of a sender put nothing on a terminal but letters', async () => {
    const from = '"\x1b]0;mine\x07\x9b31m" <ann\x1b[31m@example.org>'
    const reading = await readMail(Buffer.from(`From: ${from}\r\nSubject: unsubscribe\r\n\r\nx`))
    expect(reading).toMatchObject({ kind: 'leave', from: expect.stringContaining('ann') })
    expect(JSON.stringify(reading)).not.toMatch(/\\u00[01]|[\x7f-\x9f]/)
  })

  it('have a reading', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
        expect(await readMail(bytes)).toHaveProperty('kind')
      }),
    )
  })

  it('of a report that was damaged anywhere have a reading', async () => {
    const bounce = dsn({ to: `bounces+${token}@example.org` })
    const cut = fc.tuple(fc.nat(bounce.length), fc.nat(200), fc.uint8Array({ maxLength: 60 }))
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 4 }), async (cuts) => {
        let bytes: Uint8Array = bounce
        for (const [at, length, put] of cuts) {
          bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + length)])
        }
        expect(await readMail(bytes)).toHaveProperty('kind')
      }),
    )
  })

  it('of headers and words that anyone can write have a reading', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('(', '<a@', '550 5.1.1 ', 'unsubscribe ', '>'.repeat(99), 'a.'.repeat(99)),
    )
    await fc.assert(
      fc.asyncProperty(text, text, text, fc.array(text), async (from, subject, type, lines) => {
        const head = { From: from, Subject: subject, 'Content-Type': type, 'Return-Path': '<>' }
        expect(await readMail(letter(head, lines.join('\n')))).toHaveProperty('kind')
      }),
    )
  })

  it.each([
    ['10 MB on one line', `From: a@b.example\r\n\r\n${'550 mailbox '.repeat(900_000)}`],
    ['a header of 5 MB', `Subject: ${'not delivered '.repeat(370_000)}\r\n\r\nx`],
    ['100,000 header fields', `${'X-A: b\r\n'.repeat(100_000)}\r\nx`],
    [
      '100,000 parts',
      `Content-Type: multipart/report; boundary=a\r\n\r\n${'--a\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n'.repeat(30_000)}`,
    ],
    ['parts 2,000 deep', deep(2000)],
    ['messages in messages', 'Content-Type: message/rfc822\r\n\r\n'.repeat(20_000)],
    [
      '100,000 recipients',
      dsn()
        .toString()
        .replace(
          /Final-Recipient[\s\S]*?\r\n\r\n/,
          'Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n'.repeat(30_000),
        ),
    ],
    ['100,000 tokens', `From: mailer-daemon@b.example\r\n\r\n${`${token} `.repeat(40_000)}`],
    [
      'open tags',
      `From: mailer-daemon@b.example\r\nContent-Type: text/html\r\n\r\n${'<p '.repeat(600_000)}`,
    ],
    [
      'addresses without an end',
      `From: mailer-daemon@b.example\r\n\r\n${'a'.repeat(100_000)}@${'b-'.repeat(100_000)}`,
    ],
  ])(
    'have one in no time: %s',
    async (_, text) => {
      expect(await readMail(Buffer.from(text))).toHaveProperty('kind')
    },
    30_000,
  )
})

function deep(levels: number): string {
  const open = Array.from(
    { length: levels },
    (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`,
  )
  return `From: ${sentHead()}\r\n${open.join('')}`
}
