import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openMailer } from '../../src/mail/open-mailer.ts'
import { messageTo } from '../contracts/mailer.ts'
import { startRelay } from './relay.ts'

describe('openMailer', () => {
  it('puts a Maildir below the root', async () => {
    const root = await mkdtemp(join(tmpdir(), 'tidings-'))
    const mailer = openMailer('maildir:out/outbox', { root, connections: 1 })
    await mailer.submit(messageTo('ana@example.net'))
    expect(await readdir(join(root, 'out', 'outbox', 'new'))).toHaveLength(1)
    await rm(root, { recursive: true })
  })

  it('connects to a relay', async () => {
    await using relay = await startRelay()
    const mailer = openMailer(relay.url, { root: '/', connections: 1 })
    await mailer.submit(messageTo('ana@example.net'))
    await mailer.close()
    expect(relay.messages).toHaveLength(1)
  })

  it.each([
    '',
    'maildir:',
    'sendmail:',
    'mail.example.org',
    'ana:s3cret@mail.example.org',
    'smtp://',
  ])('refuses %j', (transport) => {
    const open = () => openMailer(transport, { root: '/', connections: 1 })
    expect(open).toThrow(/^mail\.transport: /)
    expect(open).not.toThrow(/s3cret/)
  })
})
