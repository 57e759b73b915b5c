import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { article, newPublication, publication, tidings } from './cli.ts'

async function startHub() {
  const topics: (string | null)[] = []
  const server = createServer(async (request, response) => {
    topics.push(new URLSearchParams(await text(request)).get('hub.url'))
    response.writeHead(204).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const stop = () => new Promise<void>((done) => void server.close(() => done()))
  return { url: `http://127.0.0.1:${port}/`, topics, [Symbol.asyncDispose]: stop }
}

const terms = ['--now', '2026-11-01T00:00:00Z']

describe('tidings publish', () => {
  it('names the hubs in the feeds and tells them what has changed, once', async () => {
    await using hub = await startHub()
    const config = { publication, feeds: { per: [], hubs: [hub.url] } }
    const folder = await newPublication({ 'tidings.config.json': JSON.stringify(config) })
    const publish = () => tidings(['publish', '-C', folder, ...terms])
    expect((await publish()).status).toBe(0)
    const all = ['atom.xml', 'feed.json', 'rss.xml'].map((name) => `https://example.org/${name}`)
    expect(hub.topics).toEqual(all)
    await publish()
    expect(hub.topics).toEqual(all)
    await writeFile(join(folder, 'content/next.md'), article('Next', '2026-10-01'))
    await publish()
    expect(hub.topics).toEqual([...all, ...all])
  })

  it('fails nothing when a hub is down, and says so', async () => {
    const hub = await startHub()
    await hub[Symbol.asyncDispose]()
    const config = { publication, feeds: { hubs: [hub.url] } }
    const folder = await newPublication({ 'tidings.config.json': JSON.stringify(config) })
    const { status, stderr } = await tidings(['publish', '-C', folder, ...terms])
    expect(status).toBe(0)
    expect(stderr).toContain(`hub ${hub.url}: out of reach`)
    expect(stderr).toContain('wait for the next run')
  })
})
