import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { beforeAll, describe, expect, it } from 'vitest'
import { arf, dsn, letter, sentHead } from '../bounces/letters.ts'
import { article, newPublication, newsletter, publication, start, tidings } from './cli.ts'

const november = ['--now', '2026-11-01T09:00:00Z']
const edition = '2026-11-01'
const list = 'email,name\nann@example.org,Ann\nbob@example.net,Bob\ncy@example.com,Cy\n'

/** An edition in a Maildir, with a return path for each reader. */
async function sent(bounces: string | undefined = 'bounces@example.org') {
  const folder = await newPublication(
    { 'content/first.md': article('First', '2026-01-01'), 'content/subscribers.csv': list },
    {
      publication,
      newsletter: { ...newsletter, ...(bounces && { bounces }) },
      server: { url: 'https://news.example.org/' },
      mail: { transport: 'maildir:outbox' },
    },
  )
  const run = (...args: string[]) => tidings([...args, '-C', folder])
  expect((await run('send', ...november)).status).toBe(0)
  const outbox = join(folder, 'outbox/new')
  const messages = await Promise.all(
    (await readdir(outbox)).map((name) => readFile(join(outbox, name), 'utf8')),
  )
  /** What a report brings back of one reader's message. */
  function message(address: string) {
    const text = messages.find((one) => one.includes(`Delivered-To: ${address}`)) ?? ''
    const field = (name: string) => new RegExp(`^${name}: <?(.*?)>?$`, 'm').exec(text)?.[1] ?? ''
    return {
      returnPath: field('Return-Path'),
      head: sentHead({
        to: address,
        messageId: `<${field('Message-ID')}>`,
        link: /https:[^>]*unsubscribe\/[\w-]+/.exec(text)?.[0] ?? '',
      }),
      token: /unsubscribe\/([\w-]{22})/.exec(text)?.[1] ?? '',
      messageId: field('Message-ID'),
    }
  }
  async function file(name: string, bytes: Buffer): Promise<string> {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), bytes)
    return name
  }
  async function statusOf(address: string) {
    const { stdout } = await run('status', '--recipient', address, '--json')
    return JSON.parse(stdout)
  }
  return { folder, run, message, file, statusOf }
}

describe('tidings bounces', () => {
  let given: Awaited<ReturnType<typeof sent>>
  beforeAll(async () => {
    given = await sent()
  })

  it('suppresses whose mailbox does not exist, and tells it in the history and the edition', async () => {
    const { run, message, file, statusOf } = given
    const { returnPath, head } = message('ann@example.org')
    expect(returnPath).toMatch(/^bounces\+\w/)
    const bounce = dsn({ to: returnPath, head })
    const first = await run('bounces', await file('one.eml', bounce))
    expect(first).toMatchObject({ status: 0 })
    expect(first.stdout).toMatch(/1 message: 1 of no such mailbox\n +suppressed +ann@example\.org/)
    expect(await statusOf('ann@example.org')).toMatchObject({
      recipient: { status: 'suppressed' },
      feedback: [{ edition, kind: 'hard', status: '5.1.1', isProven: true, source: 'mail' }],
    })
    const told = JSON.parse((await run('status', edition, '--json')).stdout)
    expect(told.editions[0].feedback).toMatchObject({ hard: 1, complaint: 0 })
    expect((await run('status', edition)).stdout).toContain('came back: 1 of no such mailbox')
    const history = (await run('status', '--recipient', 'ann@example.org')).stdout
    expect(history).toMatch(/2026-11-01T\S+ +2026-11-01 +hard +mail +550 5\.1\.1/)
  })

  it('reads a Maildir as mail programs keep it, each message once, and marks on request what it has read', async () => {
    const { run, message, file, folder } = given
    const { returnPath, head, token } = message('bob@example.net')
    const soft = dsn({
      ...{ to: returnPath, head, recipient: 'bob@example.net', status: '5.2.2' },
      diagnostic: 'smtp; 552 5.2.2 Mailbox full',
    })
    const fetched = Buffer.concat([Buffer.from('Received: by fetchmail\r\n'), soft])
    await file('Maildir/new/1.mx', soft)
    await file('Maildir/new/2.mx', Buffer.from('\0\xff'))
    await file('Maildir/cur/3.mx:2,FS', fetched)
    await file(
      'Maildir/cur/4.mx:2,R',
      letter({ From: 'x@example.net', Subject: `Re: unsubscribe ${token}` }, 'Sent from a phone'),
    )
    const unseen = await run('bounces', 'Maildir', '--unseen', '--json')
    expect(unseen.status).toBe(3)
    expect(JSON.parse(unseen.stdout)).toMatchObject({
      ...{ messages: 3, soft: 1, unsubscribe: 1, unsubscribed: 1, known: 0 },
      unclear: [
        { file: join(folder, 'Maildir/new/2.mx'), reason: expect.stringMatching(/no message/) },
      ],
    })
    expect(await readdir(join(folder, 'Maildir/new'))).toEqual(['2.mx'])
    expect((await readdir(join(folder, 'Maildir/cur'))).toSorted()).toEqual([
      ...['1.mx:2,S', '3.mx:2,FS', '4.mx:2,RS'],
    ])
    const again = await run('bounces', 'Maildir', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({
      messages: 4,
      known: 3,
      soft: 0,
      unsubscribe: 0,
    })
  })

  it('reads an mbox or a message from standard input, and keeps what it does not understand', async () => {
    const { folder, message, statusOf } = given
    const { returnPath, head } = message('cy@example.com')
    const mbox = Buffer.concat([
      Buffer.from('From MAILER-DAEMON  Sun Nov  1 09:00:00 2026\n'),
      letter(
        { From: 'dee@example.net', Subject: 'Hello' },
        '>From here to there,\nall is well\n\n',
      ),
      Buffer.from('From MAILER-DAEMON  Sun Nov  1 09:00:00 2026\n'),
      arf({ mailFrom: returnPath, head }),
    ])
    const { status, stdout } = await tidings(['bounces', '-', '--json', '-C', folder], {
      input: mbox,
    })
    expect(status).toBe(3)
    const told = JSON.parse(stdout)
    expect(told).toMatchObject({ messages: 2, complaint: 1, unsubscribed: 1 })
    const [kept] = told.unclear
    expect(kept.file).toContain(join(folder, '.tidings/unread/new'))
    expect(await readFile(kept.file, 'utf8')).toMatch(/\r\n\r\nFrom here to there,\r?\n/)
    expect((await statusOf('cy@example.com')).recipient.status).toBe('unsubscribed')
  })

  it('takes mail by SMTP while it serves, and says nothing of whom it is about', async () => {
    const { folder, message, statusOf } = given
    const { returnPath, head } = message('ann@example.org')
    const { child, ended } = start(['serve', '-C', folder, '--port', '0', '--bounces', '0'])
    const port = await new Promise<number>((done, fail) => {
      let said = ''
      child.stderr?.on('data', (data) => {
        said += data
        const [, found] = /^Taking mail that comes back at 127\.0\.0\.1:(\d+)/m.exec(said) ?? []
        if (found) done(Number(found))
      })
      void ended.then(({ stderr }) => fail(new Error(stderr)))
    })
    const client = createTransport({ host: '127.0.0.1', port, ignoreTLS: true })
    const send = (to: string, raw: Buffer) => client.sendMail({ envelope: { from: '', to }, raw })
    await send(
      returnPath,
      dsn({ head, id: 'by-smtp@example.net', status: '4.4.1', action: 'delayed' }),
    )
    await send('news@example.org', letter({ From: 'eve@example.net', Subject: 'Hello' }, 'To read'))
    await expect(send('eve@example.net', dsn())).rejects.toMatchObject({ responseCode: 550 })
    client.close()
    child.kill('SIGTERM')
    const { status, stderr } = await ended
    expect(status).toBe(130)
    expect(stderr).toMatch(/bounces: delayed 2026-11-01 none\n/)
    expect(stderr).toMatch(/bounces: not understood, kept: \S+\/\.tidings\/unread\/new\/\S+\n/)
    expect(stderr).not.toMatch(/ann@|eve@/)
    expect((await statusOf('ann@example.org')).feedback).toMatchObject([
      { kind: 'delayed' },
      { kind: 'hard' },
    ])
  })

  it('says what is wrong with a mailbox that is none', async () => {
    const { run, folder } = given
    const cases = [
      [['bounces'], /name a Maildir, an mbox or a file/],
      [['bounces', 'nowhere'], /nowhere: no such mailbox/],
      [['bounces', 'content'], /content: is no Maildir/],
    ] as const
    for (const [args, message] of cases) {
      const { status, stderr } = await run(...args)
      expect([status, stderr]).toEqual([2, expect.stringMatching(message)])
    }
    expect((await run('bounces', join(folder, 'one.eml'))).status).toBe(0)
  })
})
