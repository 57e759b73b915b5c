import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeReply, replyLine, type Stage } from '../../src/mail/reply.ts'

const stage = fc.constantFrom<Stage>('mail', 'rcpt', 'data', 'dot')

describe('replyLine', () => {
  it.each([
    ['250-2.0.0 one\r\n250-2.0.0 two\n250 2.0.0 three', '250 2.0.0 one two three'],
    ['550-no\r\n550 such user', '550 no such user'],
    ['550 5.1.1 <ana@example.org>:\t\x1B[31m unknown', '550 5.1.1 <ana@example.org>: [31m unknown'],
    ['250', '250'],
    ['', ''],
  ])('makes one line of %j', (response, line) => {
    expect(replyLine(response)).toBe(line)
  })

  it('is printable and at most 500 characters, whatever the relay says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000, size: 'max' }), (response) => {
        const line = replyLine(response)
        expect(line.length).toBeLessThanOrEqual(500)
        expect(line).not.toMatch(/\p{Cc}/u)
      }),
    )
  })
})

describe('judgeReply', () => {
  it('rejects nobody for good who was not refused for good', () => {
    fc.assert(
      fc.property(stage, fc.integer({ min: 0, max: 499 }), fc.string(), (at, code, words) => {
        expect(judgeReply(at, `${code} ${words}`).kind).not.toBe('rejected')
      }),
    )
  })

  it('holds the fate of a message for unknown only when all of it was sent', () => {
    fc.assert(
      fc.property(stage, fc.string({ unit: 'binary' }), (at, response) => {
        const { kind } = judgeReply(at, response)
        if (!/^[45]\d\d/.test(response.trim()))
          expect(kind).toBe(at === 'dot' ? 'uncertain' : 'deferred')
        else expect(kind).not.toBe('uncertain')
      }),
    )
  })

  it.each([
    ['mail', '421 closing', 'busy'],
    ['mail', '450 4.7.1 too much mail', 'busy'],
    ['mail', '452 4.3.1 no space', 'deferred'],
    ['mail', '550 5.6.7 no such characters', 'rejected'],
    ['rcpt', '552 5.2.2 full', 'rejected'],
    ['rcpt', '501 5.1.3 bad address', 'rejected'],
    ['rcpt', '503 5.5.1 need MAIL', 'stop'],
    ['rcpt', '550 relaying denied', 'deferred'],
    ['rcpt', '550 5.1.1 no relay-operator here', 'rejected'],
    [
      'rcpt',
      '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using x.test',
      'deferred',
    ],
    ['rcpt', '554 5.7.1 relay access denied', 'deferred'],
    ['rcpt', '552 mailbox full', 'rejected'],
    ['rcpt', '550 5.1.8 <news@example.org>: Sender address rejected: Domain not found', 'stop'],
    ['rcpt', '550 5.7.23 SPF says no', 'stop'],
    ['rcpt', '550 5.7.1 members only', 'deferred'],
    ['data', '554 5.7.1 no', 'stop'],
    ['dot', '550 5.1.1 no such user', 'rejected'],
    ['dot', '552 5.3.4 too big', 'stop'],
    ['dot', '554 5.6.0 cannot be read', 'rejected'],
  ] as const)('at %s takes %j for %s', (at, response, kind) => {
    expect(judgeReply(at, response).kind).toBe(kind)
  })
})
