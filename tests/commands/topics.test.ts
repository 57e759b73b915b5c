import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import { startRelay } from '../mail/relay.ts'
import { newPublication, newsletter, tidings } from './cli.ts'

const topics = [
  { id: 'arts', name: 'Arts', tags: ['arts', 'Open Air'] },
  { id: 'politics', name: 'Politics', tags: ['politics'] },
]

const tagged = (title: string, day: string, tags: readonly string[], body = 'Text.') =>
  `---\ntitle: ${title}\ndate: 2026-01-${day}\ntags: ${JSON.stringify(tags)}\n---\n\n${body}\n`

const articles = {
  'content/first.md': tagged('Hello', '01', ['greetings']),
  'content/arts.md': tagged('Painting', '02', ['open-air']),
  'content/vote.md': tagged('Vote', '03', ['Politics']),
}
const list = (...lines: readonly string[]) => ({
  'content/subscribers.csv': `email,language,topics\n${lines.join('\n')}\n`,
})

async function withRelay(files: Readonly<Record<string, string>>) {
  const relay = await startRelay()
  const mail = { transport: relay.url, connections: 2 }
  const config = { newsletter: { ...newsletter, topics }, mail }
  const folder = await newPublication(files, config)
  const run = (...args: string[]) => tidings([...args, '-C', folder])
  const publish = async (now: string) => {
    const ended = await run('publish', '--now', now, '--json')
    return { ...ended, json: JSON.parse(ended.stdout) }
  }
  return { relay, folder, run, publish, [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose]() }
}

describe('topics', () => {
  it('bring each reader what they chose, under a subject of its own, and nobody an empty message', async () => {
    await using given = await withRelay({
      ...articles,
      ...list('all@example.org,,', 'art@example.org,es,arts', 'few@example.org,,none'),
    })
    const dry = await given.run('send', '--dry-run', '--now', '2026-02-01')
    expect(dry.stdout.split('\n').slice(0, 4)).toEqual([
      'Dry run: edition 2026-02-01, “Vote”, 3 articles to 3 subscribers.',
      expect.stringMatching(/^ {2}en +everything +3 articles +1 subscriber +Vote$/),
      expect.stringMatching(/^ {2}en +no topic +1 article +1 subscriber +Hello$/),
      expect.stringMatching(/^ {2}es +arts +2 articles +1 subscriber +Painting$/),
    ])
    expect((await given.publish('2026-02-01')).json).toMatchObject({ recipients: 3, submitted: 3 })
    const mails = new Map<string, { subject: string | undefined; text: string }>()
    for (const { to, raw } of given.relay.messages) {
      const { subject, text = '' } = await simpleParser(raw)
      mails.set(to[0] ?? '', { subject, text })
    }
    const carried = (address: string) =>
      ['Hello', 'Painting', 'Vote'].filter((title) => mails.get(address)?.text.includes(title))
    expect([...mails].map(([to, { subject }]) => [to, subject]).toSorted()).toEqual([
      ['all@example.org', 'Vote'],
      ['art@example.org', 'Painting'],
      ['few@example.org', 'Hello'],
    ])
    expect(carried('all@example.org')).toEqual(['Hello', 'Painting', 'Vote'])
    expect(carried('art@example.org')).toEqual(['Hello', 'Painting'])
    expect(carried('few@example.org')).toEqual(['Hello'])

    const sent = given.relay.messages.find(({ to }) => to[0] === 'art@example.org')
    const shown = await given.run('show', '2026-02-01', 'art@example.org')
    expect(shown.stdout.replaceAll('\r\n', '\n').trim()).toBe(
      sent?.raw.replaceAll('\r\n', '\n').trim(),
    )

    await writeFile(join(given.folder, 'content/vote2.md'), tagged('Again', '04', ['politics']))
    expect((await given.publish('2026-02-02')).json).toMatchObject({ recipients: 1, submitted: 1 })
    expect(given.relay.messages.at(-1)?.to).toEqual(['all@example.org'])
  })

  it('let articles wait that nobody chose, and say why nothing is sent', async () => {
    await using given = await withRelay({
      'content/first.md': articles['content/vote.md'],
      ...list('art@example.org,,arts'),
    })
    const { stdout } = await given.run('publish', '--now', '2026-02-01')
    expect(stdout).toContain('Nothing is sent: every reader has paused, or chose other topics')
    await writeFile(join(given.folder, 'content/arts.md'), articles['content/arts.md'])
    const { json } = await given.publish('2026-02-02')
    expect(json).toMatchObject({ recipients: 1 })
    expect(json.articles).toHaveLength(2)
    expect((await simpleParser(given.relay.messages[0]?.raw ?? '')).subject).toBe('Painting')
  })

  it('warn of what readers chose and there is no more', async () => {
    await using given = await withRelay({ ...articles, ...list('art@example.org,,arts sports') })
    const { stderr, json } = await given.publish('2026-02-01')
    expect(stderr).toContain('tidings.config.json: newsletter.topics has no sports')
    expect(json).toMatchObject({ submitted: 1 })
  })

  it('keep every variant under 100,000 bytes', async () => {
    const long = 'Paragraph with words. '.repeat(8000)
    await using given = await withRelay({
      'content/first.md': tagged('Hello', '01', ['greetings'], long),
      'content/arts.md': tagged('Painting', '02', ['arts'], long),
      ...list('all@example.org,,', 'few@example.org,,none'),
    })
    await given.publish('2026-02-01')
    expect(given.relay.messages).toHaveLength(2)
    for (const { raw } of given.relay.messages) {
      const { html } = await simpleParser(raw)
      expect(Buffer.byteLength(String(html))).toBeLessThan(100_000)
    }
  })
})
