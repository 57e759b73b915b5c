import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isEverybodys, mailboxOf, mailCounters } from '../../src/subscribers/mailbox.ts'

it.each([
  ['A.n.n+news@GoogleMail.com', 'ann@gmail.com'],
  ['ann+a+b@example.org', 'ann@example.org'],
  ['a.nn@example.org', 'a.nn@example.org'],
  ['+ann@example.org', '+ann@example.org'],
  ['a-n.n_@pm.me', 'ann@proton.me'],
  ['ann-shop@yahoo.co.uk', 'ann@yahoo.co.uk'],
  ['anything@ann.fastmail.com', 'ann@fastmail.com'],
  ['Zoë+x@bücher.example', 'zoë@xn--bcher-kva.example'],
  ['"a b"@example.org', '"a b"@example.org'],
])('takes %s for the mailbox %s', (address, mailbox) => {
  expect(mailboxOf(address)).toBe(mailbox)
})

it('counts by domain where a domain has few mailboxes, and gives nothing away', () => {
  const { mailbox, domain } = mailCounters('ann@example.org', 'key')
  expect(domain).not.toBe(mailbox)
  expect(mailCounters('bob@example.org', 'key').domain).toBe(domain)
  expect(mailCounters('ann@example.org', 'other').mailbox).not.toBe(mailbox)
  expect(mailCounters('ann@outlook.de', 'key').domain).toBeUndefined()
  expect(isEverybodys('outlook.example.org')).toBe(false)
})

it('is the same for what is the same already, whatever the address', () => {
  fc.assert(
    fc.property(fc.oneof(fc.emailAddress(), fc.string()), (address) => {
      expect(mailboxOf(mailboxOf(address))).toBe(mailboxOf(address))
    }),
  )
})
