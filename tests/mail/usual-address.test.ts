import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readAddress } from '../../src/mail/address.ts'

it('an address is the same read by itself, where a quick look may do, and between brackets', () => {
  const part = fc.stringMatching(/^[a-zA-Z0-9_+.-]{1,12}$/)
  const label = fc.oneof(
    fc.stringMatching(/^[a-z0-9-]{1,8}$/),
    fc.constant('xn--bcher-kva'),
    fc.constant('xn--a'),
  )
  fc.assert(
    fc.property(part, fc.array(label, { minLength: 1, maxLength: 4 }), (local, labels) => {
      const text = `${local}@${labels.join('.')}`
      const quick = readAddress(text)
      const slow = readAddress(`<${text}>`)
      expect('mailbox' in quick ? quick.mailbox.address : undefined).toBe(
        'mailbox' in slow ? slow.mailbox.address : undefined,
      )
    }),
    { numRuns: 500 },
  )
})
