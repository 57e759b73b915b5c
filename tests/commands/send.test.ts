import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ParsedMail, simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import { type RelayOptions, startRelay } from '../mail/relay.ts'
import { article, newPublication, newsletter, publication, start, tidings } from './cli.ts'

const at = (instant: string) => ['--now', instant]
const november = at('2026-11-01T09:00:00Z')
const server = { url: 'https://news.example.org/' }

/** A publication that mails through a relay of ours. */
async function withRelay(options: RelayOptions = {}, files = {}, config = {}) {
  const relay = await startRelay(options)
  const mail = { transport: relay.url, connections: 3 }
  const folder = await newPublication(files, { publication, newsletter, server, mail, ...config })
  const run = async (...args: string[]) => {
    const ended = await tidings([...args, '--json', '-C', folder])
    return { ...ended, json: ended.stdout === '' ? undefined : JSON.parse(ended.stdout) }
  }
  return { relay, folder, run, [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose]() }
}

const recipients = (relay: { messages: readonly { to: readonly string[] }[] }) =>
  relay.messages.flatMap(({ to }) => to).sort()

const header = (mail: ParsedMail, name: string) =>
  mail.headerLines.find(({ key }) => key === name)?.line.replace(/\r\n\s+/g, ' ')

describe('the whole pipeline', () => {
  it('brings each reader one message with all its headers, both parts, and links that lead somewhere', async () => {
    await using given = await withRelay(
      {},
      {
        'content/first.md':
          '---\ntitle: "Quotes \\" & 🌻, commas"\ndate: 2026-01-01\n---\n\nA [link](../other/) and ![a picture](cat.png).\n',
        'content/second.md': article('Second', '2025-12-01'),
        'content/subscribers.csv':
          'email,name,language\nann@example.org,"Ann, ""the"" Reader",en\njosé@example.org,José 🌻,es\n',
      },
    )
    const { status, json } = await given.run('publish', ...november)
    expect(status).toBe(0)
    expect(json).toMatchObject({ recipients: 2, submitted: 2, deferred: 0, rejected: 0 })
    expect(json.articles).toHaveLength(2)
    expect(recipients(given.relay)).toEqual(['ann@example.org', 'josé@example.org'])

    const raw = given.relay.messages.find(({ to }) => to[0] === 'ann@example.org')?.raw ?? ''
    expect(raw.split('\r\n').every((line) => Buffer.byteLength(line) <= 998)).toBe(true)
    const mail = await simpleParser(raw)
    expect(mail.from?.value).toEqual([{ address: 'news@example.org', name: 'News' }])
    expect([mail.to].flat()[0]?.value).toEqual([
      { address: 'ann@example.org', name: 'Ann, "the" Reader' },
    ])
    expect(mail.subject).toBe('Quotes " & 🌻, commas')
    expect(mail.date).toEqual(new Date('2026-11-01T09:00:00Z'))
    expect(mail.messageId).toMatch(/^<[^@\s]+@example\.org>$/)
    expect(header(mail, 'list-id')).toContain('<newsletter.example.org>')
    expect(header(mail, 'list-unsubscribe')).toMatch(
      /<https:\/\/news\.example\.org\/unsubscribe\/[\w-]{22}>, <mailto:news@example\.org\?subject=unsubscribe%20[\w-]{22}>/,
    )
    expect(header(mail, 'list-unsubscribe-post')).toBe(
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    )
    expect(header(mail, 'mime-version')).toBe('MIME-Version: 1.0')

    expect(raw.indexOf('text/plain')).toBeLessThan(raw.indexOf('text/html'))
    const html = String(mail.html)
    for (const part of [html, mail.text ?? '']) {
      expect(part).toContain('https://news.example.org/unsubscribe/')
      expect(part).toContain('1 Street, Town')
      expect(part).not.toMatch(/[\uFDD0-\uFDEF]/)
    }
    expect(Buffer.byteLength(html)).toBeLessThan(100_000)
    const links = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, url = '']) => url)
    expect(links.length).toBeGreaterThan(3)
    expect(links.filter((url) => !/^(https?:|mailto:)/.test(url))).toEqual([])
    expect(links).toContain('https://example.org/other/')
    expect(links).toContain('https://example.org/first/cat.png')

    const spanish = given.relay.messages.find(({ to }) => to[0] === 'josé@example.org')?.raw ?? ''
    expect(String((await simpleParser(spanish)).html)).toContain('lang="es"')
  })
})

describe('tidings send', () => {
  it('mails nobody twice, and each new article once, whatever its date', async () => {
    await using given = await withRelay()
    await given.run('send', ...november)
    expect(given.relay.messages).toHaveLength(3)
    const again = await given.run('send', ...november)
    expect(again).toMatchObject({ status: 0, json: { edition: null, articles: [] } })
    await writeFile(join(given.folder, 'content/late.md'), article('Late', '2019-01-01'))
    const third = await given.run('send', ...at('2026-11-02T09:00:00Z'))
    expect(third.json).toMatchObject({ edition: '2026-11-02', recipients: 3, submitted: 3 })
    expect(third.json.articles).toEqual([expect.stringContaining(':late')])
    expect(given.relay.messages).toHaveLength(6)
  })

  it('carries the newest articles of an old blog at first, and never its past', async () => {
    const old = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => {
        const date = `20${String(10 + Math.floor(index / 2)).padStart(2, '0')}-0${1 + (index % 2)}-01`
        return [`content/old-${index}.md`, article(`Old ${index}`, date)]
      }),
    )
    await using given = await withRelay({}, old)
    expect((await given.run('send', ...november)).json.articles).toHaveLength(12)
    expect((await given.run('send', ...november)).json.edition).toBeNull()
  })

  it('stores and mails nothing in a dry run, and shows the message', async () => {
    await using given = await withRelay()
    const dry = await given.run('send', '--dry-run', ...november)
    expect(dry).toMatchObject({
      status: 0,
      json: { edition: '2026-11-01', recipients: 3, submitted: 0 },
    })
    const shown = await readdir(join(given.folder, 'out/editions/2026-11-01'))
    expect(shown.sort()).toEqual([
      ...['.rehearsal', 'edition.json', 'index.html', 'message.html', 'message.txt'],
    ])
    // Its cache of articles is no record
    expect(existsSync(join(given.folder, '.tidings/tidings.db'))).toBe(false)
    expect(await readdir(given.folder)).not.toContain('tidings.lock')
    expect(given.relay.messages).toEqual([])
    expect((await given.run('send', ...november)).json).toMatchObject({ submitted: 3 })
  })

  it('mails a test to one address, as often as asked, and stores nothing', async () => {
    await using given = await withRelay()
    for (let times = 0; times < 2; times++) {
      expect((await given.run('send', '--test', 'me@example.net', ...november)).status).toBe(0)
    }
    expect(recipients(given.relay)).toEqual(['me@example.net', 'me@example.net'])
    expect(await readdir(given.folder)).not.toContain('.tidings')
    expect((await given.run('send', ...november)).json).toMatchObject({ submitted: 3 })
  })

  it('sends what the edition said when it was opened, though the articles have changed since', async () => {
    await using given = await withRelay()
    expect((await given.run('send', '--limit', '1', ...november)).json).toMatchObject({
      submitted: 1,
    })
    await writeFile(join(given.folder, 'content/first.md'), article('Changed', '2026-01-01'))
    expect((await given.run('send', ...november)).json).toMatchObject({ submitted: 3 })
    const subjects = given.relay.messages.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1])
    expect(subjects).toEqual(['First', 'First', 'First'])
    expect(new Set(recipients(given.relay)).size).toBe(3)
  })

  it('tries a deferred reader again when due, and lets the next edition not wait', async () => {
    let greylisting = true
    await using given = await withRelay({
      replies: {
        rcpt: (line) => (greylisting && line.includes('bob') ? '450 4.2.0 try later' : '250 ok'),
      },
    })
    const first = await given.run('send', ...november)
    expect(first).toMatchObject({ status: 3, json: { submitted: 2, deferred: 1 } })
    await writeFile(join(given.folder, 'content/next.md'), article('Next', '2026-11-01'))
    greylisting = false
    const second = await given.run('send', ...at('2026-11-01T09:00:30Z'))
    expect(second.json).toMatchObject({ edition: '2026-11-01-2', submitted: 3 })
    expect(given.relay.messages).toHaveLength(5)
    await given.run('send', ...at('2026-11-01T10:00:00Z'))
    expect(given.relay.messages).toHaveLength(6)
    const { json } = await given.run('status')
    expect(json.editions.map(({ submitted }: { submitted: number }) => submitted)).toEqual([3, 3])
  })

  it('names a delivery of unknown fate, and mails it again only when told to', async () => {
    let hangUps = 1
    await using given = await withRelay({
      replies: { dot: () => (hangUps-- > 0 ? '' : '250 2.0.0 queued') },
    })
    const first = await given.run('send', ...november)
    expect(first).toMatchObject({ status: 3, json: { submitted: 2, uncertain: 1 } })
    const { json } = await given.run('status', '2026-11-01')
    const uncertain = json.editions[0].deliveries
    expect(uncertain).toEqual([expect.objectContaining({ state: 'uncertain' })])
    const before = given.relay.messages.length
    await given.run('send', ...november)
    expect(given.relay.messages).toHaveLength(before)
    await given.run('resolve', '2026-11-01', '--resend')
    expect((await given.run('send', ...november)).json).toMatchObject({
      submitted: 3,
      uncertain: 0,
    })
    expect(given.relay.messages.at(-1)?.to).toEqual([uncertain[0].address])
  })

  it('ends with 4 when the relay is out of reach, and loses nothing', async () => {
    await using given = await withRelay({}, {}, {})
    const { port } = given.relay
    await given.relay[Symbol.asyncDispose]()
    const down = await given.run('send', ...november)
    expect(down.status).toBe(4)
    expect(down.stderr).toContain(`127.0.0.1:${port}`)
    expect(down.stderr).not.toContain('    at ')
    const { json } = await given.run('status')
    expect(json.editions[0]).toMatchObject({ pending: 3, submitted: 0 })
  })

  it('settles what is in flight on SIGINT, and the next run goes on', async () => {
    const readers = Array.from({ length: 60 }, (_, index) => `r${index}@example.org,R`)
    await using given = await withRelay(
      {},
      {
        'content/subscribers.csv': `email,name\n${readers.join('\n')}\n`,
      },
    )
    const slow = { transport: given.relay.url, connections: 2, ratePerSecond: 20 }
    await writeFile(
      join(given.folder, 'tidings.config.json'),
      JSON.stringify({ publication, newsletter, server, mail: slow }),
    )
    const { child, ended } = start(['send', '-C', given.folder, ...november])
    while (given.relay.messages.length < 5) await new Promise((done) => setTimeout(done, 20))
    child.kill('SIGINT')
    const { status, stderr } = await ended
    expect(status).toBe(130)
    expect(stderr).toContain('Nothing is lost')
    const sent = given.relay.messages.length
    expect(sent).toBeLessThan(60)
    const after = (await given.run('status')).json.editions[0]
    expect(after).toMatchObject({ submitted: sent, pending: 60 - sent, uncertain: 0 })
    await writeFile(
      join(given.folder, 'tidings.config.json'),
      JSON.stringify({ publication, newsletter, server, mail: { transport: given.relay.url } }),
    )
    expect((await given.run('send', ...november)).json).toMatchObject({ submitted: 60 })
    expect(recipients(given.relay)).toHaveLength(60)
    expect(new Set(recipients(given.relay)).size).toBe(60)
  })

  it('stops when the relay refuses everybody by policy, and rejects nobody for it', async () => {
    let trusted = false
    const denied = '554 5.7.1 Recipient address rejected: Access denied'
    const readers = Array.from({ length: 40 }, (_, index) => `r${index}@example.org,R`)
    await using given = await withRelay(
      { replies: { rcpt: () => (trusted ? '250 ok' : denied) } },
      { 'content/subscribers.csv': `email,name\n${readers.join('\n')}\n` },
    )
    const first = await given.run('send', ...november)
    expect(first.status).toBe(4)
    expect(first.stderr).toContain('Access denied')
    const [refused] = (await given.run('status')).json.editions
    expect(refused).toMatchObject({ submitted: 0, rejected: 0 })
    expect(refused.deferred).toBeLessThan(12)
    trusted = true
    await given.run('send', ...at('2026-11-01T10:00:00Z'))
    expect(new Set(recipients(given.relay)).size).toBe(40)
    expect(given.relay.messages).toHaveLength(40)
  })

  it('never mails an address again that the relay says does not exist', async () => {
    await using given = await withRelay({
      replies: { rcpt: (line) => (line.includes('bob') ? '550 5.1.1 no such user' : '250 ok') },
    })
    expect((await given.run('send', ...november)).json).toMatchObject({ submitted: 2, rejected: 1 })
    await writeFile(join(given.folder, 'content/next.md'), article('Next', '2026-11-02'))
    const second = await given.run('send', ...at('2026-11-03T00:00:00Z'))
    expect(second.json).toMatchObject({ recipients: 2, submitted: 2, rejected: 0 })
    const { json } = await given.run('subscribers', 'list', '--status', 'suppressed')
    expect(json.subscribers).toEqual([expect.objectContaining({ address: 'bob@example.org' })])
    const history = await given.run('status', '--recipient', 'bob@example.org')
    expect(history.json.feedback).toMatchObject([{ kind: 'hard', source: 'sending' }])
  })

  it('reports a bad line of the list beside the content, and mails the rest', async () => {
    await using given = await withRelay(
      {},
      {
        'content/subscribers.csv':
          'email,name\nann@example.org,Ann\nnot an address,Bob\ncy@example.org,Cy\n',
      },
    )
    const { status, stderr, json } = await given.run('send', ...november)
    expect(status).toBe(0)
    expect(stderr).toContain('content/subscribers.csv:3: ')
    expect(json).toMatchObject({ recipients: 2, submitted: 2 })
  })

  it('takes nobody off a list that is broken for a moment, or empty', async () => {
    await using given = await withRelay()
    const list = join(given.folder, 'content/subscribers.csv')
    await given.run('send', '--limit', '1', ...november)
    await writeFile(list, 'email,name\nann@example.org,Ann\nbob@@example.org,Bob\n')
    expect((await given.run('send', '--limit', '1', ...november)).stderr).toContain(
      'nobody is taken off',
    )
    await writeFile(list, 'email,name\n')
    expect((await given.run('send', ...november)).json).toMatchObject({ submitted: 3, skipped: 0 })
  })

  it('says so again each time while a fate is unknown', async () => {
    let hangUps = 1
    await using given = await withRelay({
      replies: { dot: () => (hangUps-- > 0 ? '' : '250 2.0.0 queued') },
    })
    await given.run('send', ...november)
    const again = await tidings(['send', '-C', given.folder, ...november])
    expect(again.status).toBe(3)
    expect(again.stdout).toContain("'tidings status 2026-11-01' names")
  })

  it('writes the pages of its editions again when out/ is gone: mails link to them', async () => {
    await using given = await withRelay()
    await given.run('publish', ...november)
    const page = join(given.folder, 'out/editions/2026-11-01/index.html')
    const before = await readFile(page, 'utf8')
    await rm(join(given.folder, 'out'), { recursive: true })
    await given.run('publish', ...november)
    expect(await readFile(page, 'utf8')).toBe(before)
  })

  it('stops mailing who is taken out of the list, and who has left stays away though the list names them', async () => {
    await using given = await withRelay()
    await given.run('send', ...november)
    await given.run('subscribers', 'remove', 'cy@example.org')
    await writeFile(
      join(given.folder, 'content/subscribers.csv'),
      'email,name\nann@example.org,Ann\ncy@example.org,Cy\n',
    )
    await writeFile(join(given.folder, 'content/next.md'), article('Next', '2026-11-02'))
    const { json } = await given.run('send', ...at('2026-11-03T00:00:00Z'))
    expect(json).toMatchObject({ recipients: 1 })
    expect(given.relay.messages.at(-1)?.to).toEqual(['ann@example.org'])
  })

  it('needs the secrets of sending only to send, and says which is missing before anything is planned', async () => {
    const mail = { transport: 'env:NO_SUCH_RELAY' }
    const config = { publication, newsletter, mail }
    const folder = await newPublication({ 'tidings.config.json': JSON.stringify(config) })
    expect((await tidings(['build', '-C', folder])).status).toBe(0)
    const send = await tidings(['send', '-C', folder])
    expect(send.status).toBe(2)
    expect(send.stderr).toContain('environment variable NO_SUCH_RELAY is not set')
    const { stdout } = await tidings(['status', '--json', '-C', folder])
    expect(JSON.parse(stdout).editions).toEqual([])
  })

  it('says what a publication without a newsletter lacks', async () => {
    const folder = await newPublication({ 'tidings.config.json': JSON.stringify({ publication }) })
    const { status, stderr } = await tidings(['send', '-C', folder])
    expect(status).toBe(2)
    expect(stderr).toContain('newsletter: missing')
    expect((await tidings(['publish', '-C', folder])).status).toBe(0)
  })
})

describe('the embedded transport', () => {
  it('puts each message into the Maildir once', async () => {
    const folder = await newPublication()
    await tidings(['publish', '-C', folder, ...november])
    const names = await readdir(join(folder, 'out/outbox/new'))
    expect(names).toHaveLength(3)
    const mails = await Promise.all(
      names.map(async (name) => simpleParser(await readFile(join(folder, 'out/outbox/new', name)))),
    )
    expect(mails.map((mail) => [mail.to].flat()[0]?.text).sort()).toEqual([
      '"Ann" <ann@example.org>',
      '"Bob" <bob@example.org>',
      '"Cy" <cy@example.org>',
    ])
    // out/ is disposable, and no memory of ours: nobody is mailed again because it is gone
    await rm(join(folder, 'out'), { recursive: true })
    await tidings(['publish', '-C', folder, ...november])
    expect(await readdir(join(folder, 'out'))).not.toContain('outbox')
  })
})
