import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  bounceToken,
  isOurs,
  readBounceToken,
  returnPathFor,
  tokenOctets,
} from '../../src/mail/return-path.ts'

const random = () => randomBytes(16).toString('base64url')

it('finds edition and subscriber in the address that a bounce came to, in whatever letter case', () => {
  const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((octets) => {
    return Buffer.from(octets).toString('base64url')
  })
  const edition = fc
    .record({
      day: fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }),
      number: fc.integer({ min: 1, max: 999 }),
    })
    .map(({ day, number }) => day.toISOString().slice(0, 10) + (number > 1 ? `-${number}` : ''))
  fc.assert(
    fc.property(edition, id, fc.boolean(), (edition, id, shouting) => {
      const subscriber = { id, token: random() }
      const token = bounceToken(edition, subscriber) ?? ''
      expect(token.length).toBeLessThan(tokenOctets)
      const address = returnPathFor('bounces@example.org', token)
      expect(address).toMatch(/^bounces\+[a-z0-9-]+@example\.org$/)
      const found = readBounceToken(shouting ? address.toUpperCase() : address)
      expect(found).toMatchObject({ edition, subscriber: id })
      expect(found && isOurs(found, subscriber)).toBe(true)
    }),
  )
})

it('knows a token that was made up', () => {
  const subscriber = { id: random(), token: random() }
  const token = bounceToken('2026-11-23', subscriber) ?? ''
  for (const forged of [
    token.replace('20261123', '20261122'),
    bounceToken('2026-11-23', { ...subscriber, token: random() }) ?? '',
    bounceToken('2026-11-23', { ...subscriber, id: random() }) ?? '',
  ]) {
    const found = readBounceToken(`bounces+${forged}@example.org`)
    expect(found && isOurs(found, subscriber)).toBe(false)
  }
})

it('finds nothing in other addresses, and makes no token for a test', () => {
  for (const text of ['', 'bounces@example.org', 'bounces+x@example.org', 'a'.repeat(34), '@']) {
    expect(readBounceToken(text)).toBeUndefined()
  }
  expect(bounceToken('2026-11-23', { id: 'test a@example.org', token: 'test' })).toBeUndefined()
  expect(bounceToken('first', { id: random(), token: random() })).toBeUndefined()
})
