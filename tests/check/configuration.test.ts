import { expect, it } from 'vitest'
import { checkConfiguration, type Settings } from '../../src/check/configuration.ts'

const good: Settings = {
  publication: { url: 'https://example.org/' },
  newsletter: { from: 'News <news@mail.example.org>' },
  mail: { transport: 'smtps://relay.example.net', dkim: [{ domain: 'example.org' }] },
  server: { url: 'https://news.example.org/' },
}
const keysFor = (changes: Partial<Settings>) =>
  checkConfiguration({ ...good, ...changes }).map(({ key }) => key)

it('has nothing to say of a configuration that is legal and wise', () => {
  expect(keysFor({})).toEqual([])
  expect(
    keysFor({ newsletter: undefined, server: {}, mail: { transport: 'maildir:out' } }),
  ).toEqual([])
})

it.each<[string, Partial<Settings>, string]>([
  [
    'a publication without https',
    { publication: { url: 'http://example.org/' } },
    'publication.url',
  ],
  [
    'a publication on this machine',
    { publication: { url: 'http://localhost:8080/' } },
    'publication.url',
  ],
  ['a newsletter that nobody can leave by one click', { server: {} }, 'server.url'],
  [
    'subscription pages without https',
    { server: { url: 'http://news.example.org/' } },
    'server.url',
  ],
  [
    'letters in the name of a mailbox provider',
    { newsletter: { from: 'paper@gmail.com' }, mail: { transport: 'maildir:out' } },
    'newsletter.from',
  ],
  [
    'a signature of another domain',
    { mail: { transport: 'maildir:out', dkim: [{ domain: 'example.net' }] } },
    'mail.dkim',
  ],
  [
    'a relay that may be spoken to in the clear',
    { mail: { transport: 'smtp://relay.example.net/?tls=optional' } },
    'mail.transport',
  ],
])('advises against %s', (_, changes, key) => {
  expect(keysFor(changes)).toEqual([key])
})
