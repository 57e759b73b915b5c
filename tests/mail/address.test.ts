import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressKey, parseAddress, readAddress } from '../../src/mail/address.ts'

describe('parseAddress', () => {
  it.each([
    ['ana@example.org', 'ana@example.org', ''],
    ['News <news@Example.ORG>', 'news@example.org', 'News'],
    ['"Doe, Jane" <j@example.org>', 'j@example.org', 'Doe, Jane'],
    ['Doe, Jane <j@example.org>', 'j@example.org', 'Doe, Jane'],
    ['"a \\"b\\" c" <j@example.org>', 'j@example.org', 'a "b" c'],
    ['  <j@example.org> ', 'j@example.org', ''],
    ['josé@bücher.example', 'josé@xn--bcher-kva.example', ''],
    ['用户@例え.test', '用户@xn--r8jz45g.test', ''],
    ['"a b"@example.org', '"a b"@example.org', ''],
    ['"needless"@example.org', 'needless@example.org', ''],
    ['N <"a>b@c"@example.org>', '"a>b@c"@example.org', 'N'],
    ['root@localhost', 'root@localhost', ''],
  ])('reads %s', (text, address, name) => {
    expect(parseAddress(text)).toEqual({ address, name })
  })

  it('takes a local part of 64 octets and an address of 254, and no more', () => {
    const domain = (octets: number) =>
      `${'d'.repeat(63)}.${'e'.repeat(63)}.${'f'.repeat(octets)}.test`
    expect(parseAddress(`${'a'.repeat(64)}@b.test`)).toBeDefined()
    expect(parseAddress(`${'a'.repeat(65)}@b.test`)).toBeUndefined()
    expect(parseAddress(`${'é'.repeat(33)}@b.test`)).toBeUndefined()
    expect(parseAddress(`${'a'.repeat(64)}@${domain(56)}`)?.address).toHaveLength(254)
    expect(parseAddress(`${'a'.repeat(64)}@${domain(57)}`)).toBeUndefined()
  })

  it.each([
    ['', 'there is no address'],
    ['ana', "'ana' has no @"],
    ['ana@', 'there is nothing after the @'],
    ['@example.org', 'there is nothing before the @'],
    ['ana@gmail', "'gmail' after the @ is not a full domain name"],
    ['ana@example..org', "'example..org' after the @ is not a domain name"],
    ['ana@exa%6dple.org', "'exa%6dple.org' after the @ is not a domain name"],
    ['ana@127.0.0.1', "'127.0.0.1' after the @ is not a domain name"],
    ['ana@0x7f.1', "'0x7f.1' after the @ is not a domain name"],
    ['ana@[127.0.0.1]', "'[127.0.0.1]' after the @ is not a domain name"],
    ['a..b@example.org', "'a..b' before the @ is not a mailbox name"],
    ['a@b@example.org', "'a@b' before the @ is not a mailbox name"],
    ['a\u200Bb@example.org', 'before the @ has a space or an invisible character in it'],
    ['ana@example.org\r\nBcc: x@example.org', 'has a control character or a line break in it'],
    ['a@example.org, b@example.org', 'has a space or an invisible character in it'],
  ])('says why %j is none', (text, reason) => {
    expect(readAddress(text)).toEqual({ reason: expect.stringContaining(reason) })
  })

  it('never lets a line break, an angle bracket outside quotes or a space outside quotes through', () => {
    const piece = fc.constantFrom(
      'a',
      '"',
      '\\',
      '<',
      '>',
      '@',
      ' ',
      '\r',
      '\n',
      '\0',
      '.',
      'é',
      ',',
    )
    const text = fc.oneof(fc.string({ unit: piece }), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(text, text, (local, name) => {
        for (const given of [`${local}@example.org`, `${name} <${local}@example.org>`, local]) {
          const mailbox = parseAddress(given)
          if (!mailbox) continue
          expect(mailbox.address.replace(/"(?:[^"\\]|\\.)*"/gu, '')).not.toMatch(/[\s<>",\\]/)
          expect(mailbox.address).toMatch(/^[^\r\n\0]+@[a-z0-9.-]+$/)
          expect(parseAddress(mailbox.address)?.address).toBe(mailbox.address)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('answers at once to a text made to be slow', () => {
    expect(parseAddress(`${'"\\'.repeat(4000)}<a@b.test>`)).toBeUndefined()
    expect(parseAddress('a'.repeat(10_000_000))).toBeUndefined()
  })
})

describe('addressKey', () => {
  it.each([
    ['Ana@Example.ORG', 'ana@example.org'],
    ['ana@bücher.example', 'ana@XN--BCHER-KVA.example'],
    ['jose\u0301@example.org', 'JOSÉ@example.org'],
    ['"ana"@example.org', 'ana@example.org'],
    [' ana@example.org', 'Ana <ana@example.org>'],
  ])('takes %j and %j for one', (one, other) => {
    expect(addressKey(one)).toBe(addressKey(other))
  })

  it('keeps different mailboxes apart', () => {
    const keys = ['ana@example.org', 'a.na@example.org', 'ana+x@example.org', 'ana@example.net']
    expect(new Set(keys.map(addressKey)).size).toBe(keys.length)
  })

  it('is the key of itself, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: 'binary' })), (text) => {
        expect(addressKey(addressKey(text))).toBe(addressKey(text))
      }),
      { numRuns: 1000 },
    )
  })
})
