import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startRelay } from '../mail/relay.ts'
import { article, newPublication, start, tidings } from './cli.ts'
import { startServer } from './server.ts'

const server = { url: 'https://news.example.org/letters/' }

/** What a mail program finds in the head of a message. */
function oneClickOf(raw: string): string {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ')
  expect(head).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m)
  return /^List-Unsubscribe: .*?<(https:[^>]+)>/m.exec(head)?.[1] ?? ''
}

it('lets readers leave by the links of their messages, for the edition that is being sent too', async () => {
  await using relay = await startRelay()
  const mail = { transport: relay.url, connections: 1 }
  const folder = await newPublication({}, { mail, server })
  const publish = (now: string) => start(['publish', '-C', folder, '--now', now]).ended
  expect((await publish('2026-11-01T00:00:00Z')).status).toBe(0)
  const links = new Map(relay.messages.map(({ to, raw }) => [to[0] ?? '', oneClickOf(raw)]))
  expect(links.size).toBe(3)

  await using site = await startServer(folder)
  const leave = async (address: string) => {
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    const answer = await site.ask(links.get(address) ?? '', { method: 'POST', body })
    expect(answer.status).toBe(200)
  }
  await leave('bob@example.org')

  await writeFile(join(folder, 'content/second.md'), article('Second', '2026-11-02'))
  const slowly = { transport: relay.url, connections: 1, ratePerSecond: 0.5 }
  const config = JSON.parse(await readFile(join(folder, 'tidings.config.json'), 'utf8'))
  await writeFile(join(folder, 'tidings.config.json'), JSON.stringify({ ...config, mail: slowly }))
  const sending = publish('2026-11-03T00:00:00Z')
  await expect.poll(() => relay.messages.length, { timeout: 15_000 }).toBe(4)
  const first = relay.messages[3]?.to[0] ?? ''
  const other = first === 'ann@example.org' ? 'cy@example.org' : 'ann@example.org'
  await leave(other)
  const { status } = await sending
  expect(status).toBe(0)
  expect(relay.messages.slice(3).map(({ to }) => to[0])).toEqual([first])
})

it('serves out/ below the path of server.url until it is told to stop', async () => {
  const folder = await newPublication({}, { server })
  expect((await tidings(['publish', '-C', folder])).status).toBe(0)
  await using site = await startServer(folder)
  const feed = await site.ask('https://news.example.org/letters/rss.xml')
  expect(feed.status).toBe(200)
  expect(await feed.text()).toContain('<title>First</title>')
  expect((await site.ask('https://news.example.org/letters/outbox/new/')).status).toBe(404)
  const { status, stdout, stderr } = await site.stop()
  expect(status).toBe(130)
  expect(stdout).toBe('Stopped.\n')
  const entries = stderr.split('\n').filter((line) => line.startsWith('{'))
  expect(entries.map((line) => JSON.parse(line))).toMatchObject([
    { method: 'GET', what: 'rss.xml', status: 200 },
    { method: 'GET', what: '-', status: 404 },
  ])
})

it('says which port is taken, and what to do', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const folder = await newPublication()
  const { status, stderr } = await tidings(['serve', '-C', folder, '--port', String(port)])
  taken.close()
  expect(status).toBe(4)
  expect(stderr).toContain(`127.0.0.1:${port}: the port is taken`)
})

it.each([
  ['--port', '65536'],
  ['--port', 'http'],
  ['--host', 'nowhere.invalid'],
])('refuses %s %s', async (option, value) => {
  const folder = await newPublication()
  const { status, stderr } = await tidings(['serve', '-C', folder, option, value])
  expect(status).toBe(2)
  expect(stderr).toContain(value)
})
