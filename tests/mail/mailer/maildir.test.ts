import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { maildirMailer } from '../../../src/mail/mailer/maildir.ts'
import { describeMailer, messageTo } from '../../contracts/mailer.ts'

async function openMaildir() {
  const root = await mkdtemp(join(tmpdir(), 'tidings-maildir-'))
  const dir = join(root, 'out', 'outbox')
  const read = async (folder: string) => {
    const files = await readdir(join(dir, folder))
    return Promise.all(files.map((file) => readFile(join(dir, folder, file), 'utf8')))
  }
  return {
    dir,
    mailer: maildirMailer(dir),
    stored: () => read('new'),
    received: async () => (await read('new')).map((text) => text.replaceAll('\n', '\r\n')),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  }
}

describeMailer('Maildir', openMaildir)

describe('maildirMailer', () => {
  it('stores a message with LF line ends after its envelope, and leaves nothing in tmp', async () => {
    await using outbox = await openMaildir()
    await outbox.mailer.submit(messageTo('ana@example.net'))
    const [text = ''] = await outbox.stored()
    expect(text).toMatch(/^Return-Path: <news@example.org>\nDelivered-To: ana@example.net\nFrom: /)
    expect(text).not.toContain('\r')
    expect(await readdir(join(outbox.dir, 'tmp'))).toEqual([])
  })

  it('does not deliver a message again that is there, read or unread', async () => {
    await using outbox = await openMaildir()
    const message = messageTo('ana@example.net')
    await outbox.mailer.submit(message)
    expect(await outbox.mailer.submit(message)).toEqual({
      kind: 'submitted',
      reply: 'already there',
    })

    const [file = ''] = await readdir(join(outbox.dir, 'new'))
    await rename(join(outbox.dir, 'new', file), join(outbox.dir, 'cur', `${file}:2,S`))
    const later = maildirMailer(outbox.dir)
    expect(await later.submit(message)).toEqual({ kind: 'submitted', reply: 'already there' })
    expect(await readdir(join(outbox.dir, 'new'))).toEqual([])
  })

  it('says what is wrong with a folder that is a file', async () => {
    await using outbox = await openMaildir()
    await outbox.mailer.submit(messageTo('ana@example.net'))
    const file = join(outbox.dir, 'file')
    await writeFile(file, '')
    await expect(maildirMailer(file).submit(messageTo('b@example.net'))).rejects.toMatchObject({
      name: 'Fault',
      code: 'unavailable',
      message: expect.stringContaining(`maildir:${file}: `),
    })
  })
})
