import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clientAddress, isNetwork } from '../../src/http/client-address.ts'
import { startSite } from './site.ts'

const trusted = ['127.0.0.1', '10.0.0.0/8', '2001:db8:1::/48']

function ask(peer: string | undefined, headers: Readonly<Record<string, string>> = {}) {
  return clientAddress(trusted)(peer, (name) => headers[name])
}

it.each([
  ['203.0.113.9', {}, '203.0.113.9'],
  ['::ffff:203.0.113.9', {}, '203.0.113.9'],
  [undefined, { 'x-forwarded-for': '198.51.100.1' }, ''],
  // Who is no proxy of ours may say what he likes
  ['203.0.113.9', { 'x-forwarded-for': '198.51.100.1' }, '203.0.113.9'],
  ['127.0.0.1', { 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
  ['::ffff:127.0.0.1', { 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
  ['127.0.0.1', { 'x-forwarded-for': '6.6.6.6, 198.51.100.1, 10.1.2.3' }, '198.51.100.1'],
  ['127.0.0.1', { 'x-forwarded-for': '10.9.9.9, 10.1.2.3' }, '10.9.9.9'],
  ['127.0.0.1', { 'x-forwarded-for': 'nonsense, 10.1.2.3' }, '10.1.2.3'],
  ['127.0.0.1', { 'x-forwarded-for': '6.6.6.6, nonsense' }, '127.0.0.1'],
  ['127.0.0.1', { 'x-forwarded-for': '' }, '127.0.0.1'],
  ['127.0.0.1', { 'x-forwarded-for': '198.51.100.1:4711' }, '198.51.100.1'],
  ['2001:db8:1::1', { 'x-forwarded-for': '[2001:db8:2::7]:4711' }, '2001:db8:2::7'],
  ['127.0.0.1', { forwarded: 'for=198.51.100.1;proto=https' }, '198.51.100.1'],
  ['127.0.0.1', { forwarded: 'proto=https; For="[2001:DB8:2::7]:4711"' }, '2001:db8:2::7'],
  ['127.0.0.1', { forwarded: 'for=6.6.6.6, for=unknown' }, '127.0.0.1'],
  ['127.0.0.1', { forwarded: 'for=6.6.6.6, for=198.51.100.1, by=x' }, '127.0.0.1'],
  // One of the two headers is the client's own
  ['127.0.0.1', { forwarded: 'for=6.6.6.6', 'x-forwarded-for': '198.51.100.1' }, '127.0.0.1'],
  [
    '127.0.0.1',
    { forwarded: 'for=198.51.100.1', 'x-forwarded-for': '198.51.100.1' },
    '198.51.100.1',
  ],
] as const)('from %s with %j: the client is %s', (peer, headers, client) => {
  expect(ask(peer, headers)).toBe(client)
})

it('lets nobody become another by what he writes in front of a proxy of ours', () => {
  fc.assert(
    fc.property(fc.string(), (forged) => {
      const value = `${forged}, 203.0.113.9`
      expect(ask('127.0.0.1', { 'x-forwarded-for': value })).toBe('203.0.113.9')
    }),
  )
})

it('is through with a million spaces in no time', () => {
  const forwarded = `for=a${' '.repeat(1_000_000)}b`
  expect(ask('127.0.0.1', { forwarded })).toBe('127.0.0.1')
})

it('trusts nobody where nobody is named', () => {
  expect(clientAddress([])('127.0.0.1', () => '198.51.100.1')).toBe('127.0.0.1')
})

it.each([
  ['192.0.2.7', true],
  ['10.0.0.0/8', true],
  ['2001:db8::/32', true],
  ['::1', true],
  ['10.0.0.0/33', false],
  ['10.0.0.0/', false],
  ['10.0.0.0/8/8', false],
  ['10.0.0.0/x', false],
  ['proxy.example.org', false],
  ['', false],
])('takes %j for a network: %s', (text, is) => {
  expect(isNetwork(text)).toBe(is)
})

it('knows the client of a request that comes through a proxy', async () => {
  await using site = await startSite({}, { trustedProxies: ['127.0.0.1'] })
  site.app.notFound((c) => c.text(c.get('client')))
  expect(await (await site.get('who')).text()).toBe('127.0.0.1')
  const headers = { 'X-Forwarded-For': '6.6.6.6, 198.51.100.1' }
  expect(await (await site.get('who', { headers })).text()).toBe('198.51.100.1')
})
