import { expect, it } from 'vitest'
import { replyKind } from '../../src/mail/reply-kind.ts'

it.each([
  ['250 2.0.0 Ok: queued as 4XyZ12', '250 2.0.0 Ok: queued as …'],
  ['250 2.0.0 Ok: queued as ABCDEF', '250 2.0.0 Ok: queued as …'],
  ['250 2.0.0 OK 1700000000 a1-2002b.5 - gsmtp', '250 2.0.0 OK … - gsmtp'],
  ['550 5.1.1 <ann@example.org>: User unknown', '550 5.1.1 … User unknown'],
  ['451 4.7.1 Greylisted, try again in 300 s', '451 4.7.1 Greylisted, try again in … s'],
  ['gave up after 7 attempts: 451 4.7.1 later', 'gave up after 7 attempts: 451 4.7.1 later'],
  ['new/0a1b.tidings', 'new/…'],
  ['connection lost: ECONNRESET', 'connection lost: ECONNRESET'],
  ['', ''],
])('keeps what many replies have in common of %j', (reply, kind) => {
  expect(replyKind(reply)).toBe(kind)
  expect(replyKind(kind)).toBe(kind)
})
