import { once } from 'node:events'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { createTransport } from 'nodemailer'
import { describe, expect, it } from 'vitest'
import { gatherParts } from '../../src/bounces/gather-parts.ts'
import { mailKeeper } from '../../src/bounces/keep-mail.ts'
import { listenForMail, type MailListener } from '../../src/bounces/listen.ts'
import { ownAddresses } from '../../src/bounces/own-addresses.ts'
import { readMailbox } from '../../src/bounces/read-mailbox.ts'
import { Fault } from '../../src/model/fault.ts'
import { all } from '../contracts/store.ts'
import { dsn } from './letters.ts'

const token = `${'a'.repeat(34)}20261101`
const isForUs = ownAddresses('bounces@example.org', ['News <news@example.org>'])

interface Got {
  readonly text: string
  readonly envelope: readonly string[]
}

async function startListener(options: Partial<MailListener> = {}) {
  const got: Got[] = []
  const log: string[] = []
  const listening = await listenForMail({
    ...{ host: '127.0.0.1', port: 0, lmtp: false, isForUs },
    take: async (bytes, envelope) => {
      got.push({ text: Buffer.from(bytes).toString(), envelope })
    },
    log: (line) => log.push(line),
    ...options,
  })
  return { ...listening, got, log, [Symbol.asyncDispose]: () => listening.close() }
}

/** Says what is given, one line after each answer, and tells the answers. */
async function talk(port: number, lines: readonly string[]): Promise<string[]> {
  const socket: Socket = connect(port, '127.0.0.1')
  const answers: string[] = []
  const answered = createInterface({ input: socket })[Symbol.asyncIterator]()
  const answer = async () => {
    let line = ''
    do line = (await answered.next()).value ?? ''
    while (/^\d{3}-/.test(line))
    answers.push(line)
  }
  await answer()
  for (const line of lines) {
    socket.write(`${line}\r\n`)
    await answer()
  }
  socket.destroy()
  return answers.map((line) => line.slice(0, 9))
}

/** Does not wait to be asked. */
async function tellAtOnce(port: number, said: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  socket.write(said)
  return text(socket).catch(() => '')
}

/** The address of this machine for others. */
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

const hello = ['EHLO mx.example.net', 'MAIL FROM:<>']

describe('the door for mail that comes back', () => {
  it('takes what nodemailer sends to a return path, with whom it was for', async () => {
    await using listener = await startListener()
    const client = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true })
    const to = `bounces+${token}@example.org`
    await client.sendMail({ envelope: { from: '', to: [to] }, raw: dsn({ to }) })
    client.close()
    expect(listener.got).toMatchObject([{ envelope: [to] }])
    expect(listener.got[0]?.text).toBe(dsn({ to }).toString())
  })

  it('takes what nodemailer sends by LMTP', async () => {
    await using listener = await startListener({ lmtp: true })
    const client = createTransport({
      host: '127.0.0.1',
      port: listener.port,
      lmtp: true,
      ignoreTLS: true,
    })
    const to = ['NEWS@example.org', 'bounces@example.org']
    const sent = await client.sendMail({ envelope: { from: '', to }, raw: dsn() })
    client.close()
    expect(sent.accepted).toEqual(to)
    expect(listener.got).toHaveLength(1)
  })

  it('takes nothing for anybody else, and knows no passwords', async () => {
    await using listener = await startListener()
    const answers = await talk(listener.port, [
      ...hello,
      'RCPT TO:<ann@example.net>',
      'RCPT TO:<bounces@example.net>',
      'RCPT TO:<bounces+nothing@example.org>',
      `RCPT TO:<bounces+${token}@example.net>`,
      'RCPT TO:<ann%example.net@example.org>',
      'AUTH PLAIN AGEAYg==',
      'STARTTLS',
      'DATA',
    ])
    expect(answers.slice(3, 8)).toEqual(Array(5).fill('550 5.1.1'))
    expect(answers.slice(8).every((line) => /^50\d/.test(line))).toBe(true)
    expect(listener.got).toEqual([])
  })

  it('leaves a message with its sender while it cannot be dealt with', async () => {
    await using listener = await startListener({
      take: async () => {
        throw new Fault('unavailable', 'store x: its disk is full')
      },
    })
    const answers = await talk(listener.port, [
      ...[...hello, 'RCPT TO:<bounces@example.org>', 'DATA', 'Subject: x\r\n\r\nx\r\n.'],
    ])
    expect(answers.at(-1)).toBe('451 4.3.0')
    expect(listener.log).toEqual([expect.stringMatching(/its sender keeps it: store x/)])
  })

  it('says nothing of what was sent when it fails itself', async () => {
    await using listener = await startListener({
      take: async (bytes) => {
        throw new Error(`cannot read ${Buffer.from(bytes)}`)
      },
    })
    const answers = await talk(listener.port, [
      ...[...hello, 'RCPT TO:<bounces@example.org>', 'DATA', 'Subject: secret\r\n\r\nx\r\n.'],
    ])
    expect(answers.at(-1)).toBe('451 4.3.0')
    expect(listener.log.join()).not.toContain('secret')
  })

  it('refuses what is too big, announced or not', async () => {
    await using listener = await startListener({ largest: 1000 })
    const announced = await talk(listener.port, [hello[0] ?? '', 'MAIL FROM:<> SIZE=1001'])
    expect(announced.at(-1)).toMatch(/^552/)
    const sent = await talk(listener.port, [
      ...[
        ...hello,
        'RCPT TO:<bounces@example.org>',
        'DATA',
        `${'x'.repeat(900)}\r\n${'y'.repeat(900)}\r\n.`,
      ],
    ])
    expect(sent.at(-1)).toMatch(/^552/)
    expect(listener.got).toEqual([])
  })

  it('asks a client to wait that brings too much at once, and takes few recipients a message', async () => {
    await using listener = await startListener({ perMinute: 1 })
    const many = Array(21).fill('RCPT TO:<bounces@example.org>')
    const first = await talk(listener.port, [...hello, ...many])
    expect(first.slice(3, 5)).toEqual([
      expect.stringMatching(/^250/),
      expect.stringMatching(/^250/),
    ])
    // the same minute, or the next one: then a third is too much
    const rest = [await talk(listener.port, hello), await talk(listener.port, hello)]
    expect(rest.map((answers) => answers.at(-1))).toContain('451 4.7.0')
  })

  it('says which port it cannot have', async () => {
    await using listener = await startListener()
    await expect(startListener({ port: listener.port })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/--bounces or server\.bounces/),
    })
    await expect(startListener({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'usage' })
  })

  it('survives a client that hangs up in the middle of a message', async () => {
    await using listener = await startListener()
    const socket = connect(listener.port, '127.0.0.1')
    socket.write(`${hello.join('\r\n')}\r\nRCPT TO:<bounces@example.org>\r\nDATA\r\nSubject: x\r\n`)
    await once(socket, 'data')
    socket.destroy()
    const answers = await talk(listener.port, hello)
    expect(answers.at(-1)).toMatch(/^250/)
    expect(listener.got).toEqual([])
  })
})

describe('somebody who wants to keep the door from others', () => {
  it('is not listened to before the greeting, nor with a line that does not end', async () => {
    await using listener = await startListener()
    const envelope = [...hello, 'RCPT TO:<bounces@example.org>', 'DATA', 'Subject: x', '', '.', '']
    expect(await tellAtOnce(listener.port, envelope.join('\r\n'))).toMatch(/^421 /m)
    expect(await tellAtOnce(listener.port, `EHLO ${'a'.repeat(1_000_000)}`)).toMatch(/^421 /m)
    expect(listener.got).toEqual([])
  })

  it('begins no second message with a line end that is half of one', async () => {
    await using listener = await startListener()
    const second = 'MAIL FROM:<>\nRCPT TO:<news@example.org>\nDATA\nSubject: y'
    const data = `Subject: x\r\n\r\nx\n.\n${second}\r.\r${second}\r\n.\n${second}\n.\r\n${second}\r\n.`
    const answers = await talk(listener.port, [
      ...[...hello, 'RCPT TO:<bounces@example.org>', 'DATA', data, 'NOOP'],
    ])
    expect(answers.slice(-2)).toEqual([
      expect.stringMatching(/^250 OK: m/),
      expect.stringMatching(/^250/),
    ])
    expect(listener.got.map(({ envelope }) => envelope)).toEqual([['bounces@example.org']])
  })

  it('hears the same of every return path, whoever is on the list', async () => {
    await using listener = await startListener()
    const tokens = ['a', 'b'].map((letter) => `${letter.repeat(34)}20261101`)
    const asked = tokens.map((one) => `RCPT TO:<bounces+${one}@example.org>`)
    const answers = await talk(listener.port, [...hello, ...asked, 'VRFY news', 'EXPN news'])
    expect(new Set(answers.slice(3, 5)).size).toBe(1)
    expect(answers.slice(5)).toEqual([
      expect.stringMatching(/^252/),
      expect.stringMatching(/^50\d/),
    ])
  })

  it.skipIf(outside === undefined)('has few connections at a time', async () => {
    await using listener = await startListener({ host: '0.0.0.0' })
    const sockets: Socket[] = []
    const greeting = async () => {
      const socket = connect(listener.port, outside)
      sockets.push(socket)
      return String((await once(socket, 'data'))[0]).slice(0, 3)
    }
    const greetings = []
    for (let n = 0; n < 21; n += 1) greetings.push(await greeting())
    expect(greetings).toEqual([...Array(20).fill('220'), '421'])
    for (const socket of sockets) socket.destroy()
    await expect.poll(greeting).toBe('220')
    sockets.at(-1)?.destroy()
  })

  it('sends nothing in parts so small that their list outweighs them', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40_000 }), { maxLength: 9 }), (parts) => {
        const gathered = gatherParts()
        for (const part of parts) gathered.add(part)
        expect(Buffer.compare(gathered.whole(), Buffer.concat(parts))).toBe(0)
      }),
    )
  })
})

describe('what is kept for somebody to read', () => {
  it('lies in a Maildir for its owner only, with whom it was for, and can be read again', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'tidings-')), 'unread')
    const path = await mailKeeper(folder)(Buffer.from('Subject: x\n\nx\n'), [
      'a@b.example\r\nBcc: c',
    ])
    expect(await readFile(path, 'utf8')).toBe(
      'Delivered-To: a@b.example  Bcc: c\nSubject: x\n\nx\n',
    )
    expect(await readdir(join(folder, 'tmp'))).toEqual([])
    expect(await all(readMailbox(folder))).toMatchObject([{ name: path }])
  })

  it('is not taken for kept where it cannot be written', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'tidings-')), 'file')
    await writeFile(file, '')
    await expect(mailKeeper(join(file, 'unread'))(Buffer.from('x'))).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
})
