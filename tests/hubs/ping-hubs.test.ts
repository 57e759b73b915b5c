import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { type PingTerms, pingHubs } from '../../src/hubs/ping-hubs.ts'

const terms: PingTerms = { timeout: 200, pauses: [1, 1], signal: new AbortController().signal }
const topics = [
  { url: 'https://example.org/rss.xml', hash: '1' },
  { url: 'https://example.org/atom.xml', hash: '2' },
]

/** A hub that answers with these statuses in turn, the last one for ever; 0 is silence. */
async function startHub(...statuses: readonly number[]) {
  const pings: string[] = []
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request))
    const status = statuses[Math.min(pings.length, statuses.length - 1)] ?? 204
    pings.push(`${request.method} ${form.get('hub.mode')} ${form.get('hub.url')}`)
    const headers = status === 307 ? { location: 'https://hub.example/' } : {}
    if (status > 0) response.writeHead(status, headers).end('some text')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    pings,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

describe('a ping to the hubs', () => {
  it('names each topic once, and no topic again whose bytes have not changed', async () => {
    await using hub = await startHub(204)
    const first = await pingHubs([hub.url], topics, {}, terms)
    expect(first).toMatchObject({ pinged: 2, failures: [] })
    expect(hub.pings).toEqual([
      'POST publish https://example.org/rss.xml',
      'POST publish https://example.org/atom.xml',
    ])
    const changed = [topics[0], { url: 'https://example.org/atom.xml', hash: '3' }].flatMap(
      (topic) => topic ?? [],
    )
    const second = await pingHubs([hub.url], changed, first.told, terms)
    expect(second.pinged).toBe(1)
    expect(hub.pings.at(-1)).toBe('POST publish https://example.org/atom.xml')
    expect((await pingHubs([hub.url], changed, second.told, terms)).pinged).toBe(0)
  })

  it('is tried again when the hub stumbles', async () => {
    await using hub = await startHub(503, 429, 204)
    expect(await pingHubs([hub.url], topics, {}, terms)).toMatchObject({ pinged: 2, failures: [] })
  })

  it('says which hub did not take it and why, and keeps it for the next time', async () => {
    await using hub = await startHub(403)
    await using good = await startHub(202)
    const result = await pingHubs([hub.url, good.url], topics, {}, terms)
    expect(result).toMatchObject({ pinged: 2, hubs: 1 })
    expect(result.failures).toEqual([
      `hub ${hub.url}: answered 403 Forbidden; 2 of 2 pings wait for the next run`,
    ])
    expect(hub.pings).toHaveLength(1)
    expect(result.told[hub.url]).toEqual({})
  })

  it('goes on with the other topics when one is refused', async () => {
    await using hub = await startHub(400, 204)
    const { pinged, told, failures } = await pingHubs([hub.url], topics, {}, terms)
    expect(pinged).toBe(1)
    expect(Object.keys(told[hub.url] ?? {})).toEqual([topics[1]?.url])
    expect(failures).toEqual([
      `hub ${hub.url}: answered 400 Bad Request for ${topics[0]?.url}; 1 of 2 pings wait for the next run`,
    ])
  })

  it('gives up on a hub that refuses one topic after the other', async () => {
    await using hub = await startHub(400)
    const many = Array.from({ length: 30 }, (_, n) => ({
      url: `https://example.org/${n}`,
      hash: '',
    }))
    const { failures } = await pingHubs([hub.url], many, {}, terms)
    expect(failures).toEqual([expect.stringContaining('30 of 30 pings wait')])
    expect(hub.pings).toHaveLength(5)
  })

  it('does not follow a hub that has moved, and says where to', async () => {
    await using hub = await startHub(307)
    const { failures } = await pingHubs([hub.url], topics, {}, terms)
    expect(failures).toEqual([expect.stringContaining('it has moved to https://hub.example/')])
    expect(hub.pings).toHaveLength(1)
  })

  it('gives up on a hub that is silent, or not there', async () => {
    await using silent = await startHub(0)
    const gone = await startHub(204)
    await gone[Symbol.asyncDispose]()
    const { failures } = await pingHubs([silent.url, gone.url], topics.slice(0, 1), {}, terms)
    expect(failures).toEqual([
      expect.stringContaining('no answer in 0.2 s'),
      expect.stringContaining('out of reach'),
    ])
    expect(silent.pings).toHaveLength(3)
  })
})
