import { describe, expect, it } from 'vitest'
import { readSmtpUrl } from '../../src/mail/smtp-url.ts'

describe('readSmtpUrl', () => {
  it.each([
    ['smtp://localhost', { host: 'localhost', port: 25, tls: 'optional' }],
    ['smtp://127.0.0.1:2525/', { host: '127.0.0.1', port: 2525, tls: 'optional' }],
    ['smtp://[::1]', { host: '::1', port: 25, tls: 'optional', shown: 'smtp://[::1]:25' }],
    ['smtp://localhost?tls=required', { tls: 'required' }],
    ['smtp://Mail.Example.org', { host: 'mail.example.org', port: 25, tls: 'required' }],
    ['smtp://bücher.example', { host: 'xn--bcher-kva.example' }],
    ['smtp://mail.example.org?tls=optional', { tls: 'optional' }],
    ['smtp://a:b@mail.example.org?tls=optional', { port: 587, tls: 'required' }],
    ['smtps://a:b@mail.example.org', { port: 465, tls: 'implicit', user: 'a', password: 'b' }],
    [
      'smtp://a%40example.org:%2F%23%25@mail.example.org',
      { user: 'a@example.org', password: '/#%' },
    ],
  ])('reads %s', (url, relay) => {
    expect(readSmtpUrl(url)).toMatchObject(relay)
  })

  it.each([
    'smtp://',
    'smtp:localhost',
    'http://ana:s3cret@example.org',
    'smtp://ana:s3cret/x@mail.example.org',
    'smtp://ana:s3cret#x@mail.example.org',
    'smtp://ana:s3cret%@mail.example.org',
    'smtp://ana@mail.example.org',
    'smtp://:s3cret@mail.example.org',
    'smtp://ana:s3cret@mail.example.org/path',
    'smtp://ana:s3cret@mail.example.org?tls=maybe',
    'smtp://ana:s3cret@mail.example.org?pool=true',
    'smtp://ana:s3cret@mail.example.org:99999',
  ])('refuses %s, naming the key and not the password', (url) => {
    const read = () => readSmtpUrl(url)
    expect(read).toThrow(expect.objectContaining({ code: 'config-invalid' }))
    expect(read).toThrow(/^mail\.transport: /)
    expect(read).not.toThrow(/s3cret/)
  })
})
