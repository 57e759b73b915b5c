import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { expect, it } from 'vitest'
import { startRelay } from '../mail/relay.ts'
import { article, newPublication, newsletter, start, tidings } from './cli.ts'

const server = {
  url: 'https://news.example.org/letters/',
  secret: 'the first secret of this server',
}

async function serve(folder: string) {
  const { child, ended } = start(['serve', '-C', folder, '--port', '0'])
  const origin = await new Promise<string>((done, fail) => {
    let said = ''
    child.stderr?.on('data', (data) => {
      said += data
      const [, found] = /Listening on (http:\/\/127\.0\.0\.1:\d+)\//.exec(said) ?? []
      if (found) done(found)
    })
    void ended.then(({ stderr }) => fail(new Error(stderr)))
  })
  return {
    post: async (url: string, fields: Readonly<Record<string, string>>) => {
      const body = new URLSearchParams(fields)
      return fetch(origin + new URL(url).pathname, { method: 'POST', body, redirect: 'manual' })
    },
    get: (url: string) => fetch(origin + new URL(url).pathname),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

it('brings a reader from the footer of a message to another address, and honours old links when the secret is new', async () => {
  await using relay = await startRelay()
  const mail = { transport: relay.url, connections: 1 }
  const folder = await newPublication(
    { 'content/subscribers.csv': 'email,name\nann@example.org,Ann\n' },
    { mail, server, newsletter },
  )
  const config = JSON.parse(await readFile(join(folder, 'tidings.config.json'), 'utf8'))
  await tidings(['publish', '-C', folder])
  const sent = await simpleParser(relay.messages[0]?.raw ?? '')
  const find = (kind: string, text = sent.text) =>
    new RegExp(`https://news\\.example\\.org/letters/${kind}/\\S+`).exec(text ?? '')?.[0] ?? ''
  const [unsubscribe, preferences] = [find('unsubscribe'), find('preferences')]
  expect(String(sent.html)).toContain(preferences)

  await using site = await serve(folder)
  expect(await (await site.get(preferences)).text()).toContain('ann@example.org')
  const asked = await site.post(preferences, { do: 'move', address: 'new@example.net' })
  expect(asked.status).toBe(200)
  await expect.poll(() => relay.messages.length, { timeout: 30_000 }).toBe(2)
  expect(relay.messages[1]?.to).toEqual(['new@example.net'])
  const letter = await simpleParser(relay.messages[1]?.raw ?? '')
  const link = find('change-address', letter.text)
  expect(await (await site.get(link)).text()).toContain('name="confirm"')
  expect((await site.post(link, { confirm: 'yes' })).status).toBe(200)
  await expect.poll(() => relay.messages.length, { timeout: 30_000 }).toBe(3)
  expect(relay.messages[2]?.to).toEqual(['ann@example.org'])
  expect(relay.messages[2]?.raw).not.toContain('new@example.net')

  await writeFile(join(folder, 'content/second.md'), article('Second', '2026-01-02'))
  const renewed = { ...config, server: { ...server, secret: 'the second secret of this server' } }
  await writeFile(join(folder, 'tidings.config.json'), JSON.stringify(renewed))
  await tidings(['publish', '-C', folder])
  expect(relay.messages.slice(3).map(({ to }) => to)).toEqual([['new@example.net']])
  await using again = await serve(folder)
  expect((await again.get(preferences)).status).toBe(200)
  const left = await again.post(unsubscribe, { 'List-Unsubscribe': 'One-Click' })
  expect(left.status).toBe(200)
  const shown = await tidings(['subscribers', 'show', 'new@example.net', '--json', '-C', folder])
  expect(JSON.parse(shown.stdout)).toMatchObject({
    subscriber: { status: 'unsubscribed' },
    deliveries: [{ state: 'submitted' }, { state: 'submitted' }],
    changesOfAddress: [],
  })
}, 180_000)

it('writes down what a reader asked for, for good', async () => {
  const topics = [{ id: 'arts', name: 'Arts', tags: ['arts'] }]
  const folder = await newPublication({}, { newsletter: { ...newsletter, topics } })
  const run = (...args: string[]) =>
    tidings(['subscribers', ...args, '-C', folder, '--now', '2026-11-01'])
  await run('add', 'zoe@example.org', '--name', 'Zoe')
  const set = ['set', 'zoe@example.org', '--topics', 'none', '--pause', '2026-12-24']
  expect((await run(...set)).stdout).toBe(
    'zoe@example.org: topics none; paused until 2026-12-23T23:00:00.000Z\n',
  )
  await run('add', 'zoe@example.org', '--name', 'Zoë', '--topics', 'arts')
  const { stdout } = await run('list')
  expect(stdout).toContain('zoe@example.org  Zoe  active  topics: none  paused until 2026-12-23\n')
  for (const wrong of [
    ['set', 'zoe@example.org'],
    ['set', 'nobody@example.org', '--pause', 'none'],
    ['set', 'zoe@example.org', '--pause', '2026-10-01'],
    ['set', 'zoe@example.org', '--topics', 'sports'],
  ]) {
    expect((await run(...wrong)).status).toBe(2)
  }
}, 120_000)
