import { expect, it } from 'vitest'
import { signalOf } from '../../src/delivery/signal.ts'

it.each([
  ['slow', '421 4.3.2 Service shutting down'],
  ['slow', '421 too many connections'],
  ['slow', '450 4.7.1 You are sending too fast'],
  ['slow', '451 4.3.2 System not accepting messages'],
  ['slow', '454 Throttling failure: Maximum sending rate exceeded.'],
  ['slow', '452 4.3.1 Too many messages in a row'],
  ['failed', '451 4.4.1 connection to mx.example.net timed out'],
  ['failed', '451 Requested action aborted: local error'],
  ['failed', 'connection lost: read ECONNRESET'],
  ['none', '451 4.7.1 Greylisting in action, please come back later'],
  ['none', '450 4.2.0 <ann@example.net>: Recipient address rejected: Greylisted'],
  ['none', '452 4.2.2 mailbox full'],
  ['none', '450 mailbox busy'],
  ['none', '450 4.1.8 sender domain not found'],
  ['none', '550 5.7.1 not from you'],
] as const)('takes for %s: %s', (signal, reply) => {
  expect(signalOf({ kind: 'deferred', reply }).kind).toBe(signal)
})

it('takes a refusal of one recipient for a destination that works', () => {
  expect(signalOf({ kind: 'rejected', reply: '550 5.1.1 no such user' }).kind).toBe('took')
  expect(signalOf({ kind: 'submitted', reply: '250 2.0.0 ok' }).kind).toBe('took')
  expect(signalOf({ kind: 'uncertain', reason: 'hung up' }).kind).toBe('failed')
})

it('takes a word about our account for one of the relay, whoever the recipient', () => {
  const reply = '454 Throttling failure: Daily message quota exceeded.'
  expect(signalOf({ kind: 'deferred', reply })).toEqual({ kind: 'slow', of: 'relay' })
})
