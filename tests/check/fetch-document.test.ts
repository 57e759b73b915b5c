import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { fetchDocument } from '../../src/check/fetch-document.ts'
import { startWebServer } from './web-server.ts'

const patient = { signal: new AbortController().signal, timeout: 10_000, most: 1_000_000 }

describe('a document from the web', () => {
  it('comes with its media type and the way that led to it', async () => {
    await using server = await startWebServer(({ url }, response) => {
      if (url === '/old') response.writeHead(301, { location: '/new' }).end('moved')
      else if (url === '/new') response.writeHead(302, { location: '/feed.json?a=1' }).end()
      else response.writeHead(200, { 'content-type': 'application/feed+json' }).end('{}')
    })
    const { bytes, ...fetched } = await fetchDocument(`${server.url}old`, patient)
    expect(Buffer.from(bytes).toString()).toBe('{}')
    expect(fetched).toEqual({
      status: 200,
      contentType: 'application/feed+json',
      redirects: [
        { status: 301, to: `${server.url}new` },
        { status: 302, to: `${server.url}feed.json?a=1` },
      ],
    })
  })

  it.each([
    ['goes in circles', (url: string) => `${url}?again`, 'redirects'],
    ['leads away from the web', () => 'file:///etc/passwd', 'not an http or https address'],
  ])('is given up when it %s', async (_, to, reason) => {
    await using server = await startWebServer((_, response) =>
      response.writeHead(302, { location: to(server.url) }).end(),
    )
    await expect(fetchDocument(server.url, patient)).rejects.toThrow(reason)
  })

  it('is given up when it never ends', async () => {
    await using server = await startWebServer((_, response) => response.write('<rss'))
    const hasty = { ...patient, timeout: 200 }
    await expect(fetchDocument(server.url, hasty)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no answer within 0.2 seconds'),
    })
  })

  it('is given up when it is too large, however well it is packed', async () => {
    const packed = gzipSync(Buffer.alloc(2_000_000))
    await using server = await startWebServer((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
    )
    await expect(fetchDocument(server.url, patient)).rejects.toMatchObject({ code: 'usage' })
  })

  it('is given up with a reason when nobody answers', async () => {
    const { url } = await startWebServer(() => undefined).then(async (server) => {
      await server[Symbol.asyncDispose]()
      return server
    })
    await expect(fetchDocument(url, patient)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('is not asked for with a password', async () => {
    await expect(fetchDocument('https://ann:secret@example.org/', patient)).rejects.toMatchObject({
      code: 'usage',
      message: expect.not.stringContaining('secret'),
    })
  })
})
