import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeFiles } from '../../src/output/write-files.ts'
import { feed, item } from '../feeds/samples.ts'
import { renderRss } from '../feeds/written.ts'
import { has } from '../has.ts'
import { run } from './run.ts'
import { startSite } from './site.ts'

function rss(...names: readonly string[]): string {
  return renderRss(
    feed({
      items: names.map((name) =>
        item({
          id: `tag:example.org,2026:${name}`,
          url: `https://example.org/${name}/`,
          title: `Title ${name}`,
          html: `<p>${name.repeat(400)}</p>`,
        }),
      ),
    }),
  )
}

describe.skipIf(!has('curl', '--version'))('curl', () => {
  it('gets 304 by the ETag that it kept, for each form of a file', async () => {
    const text = rss('a', 'b')
    await using site = await startSite({ 'rss.xml': text })
    const kept = join(site.folder, 'etag')
    const url = `${site.url}rss.xml`
    for (const form of ['identity', 'gzip', 'br', 'zstd']) {
      const args = ['-sS', '--compressed', '-H', `Accept-Encoding: ${form}`, '-w', '\n%{http_code}']
      const first = await run('curl', [...args, '--etag-save', kept, url])
      expect(first.stdout).toBe(`${text}\n200`)
      const again = await run('curl', [...args, '--etag-compare', kept, url])
      expect(again.stdout).toBe('\n304')
    }
    const head = await run('curl', ['-sSI', '-H', 'Accept-Encoding: br', url])
    expect(head.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(head.stdout).toMatch(/^Content-Encoding: br\r$/m)
    expect(head.stdout).toMatch(/^ETag: "[\w-]{22}-br"\r$/m)
    expect(head.stdout).toMatch(/^Vary: Accept-Encoding, Sec-Fetch-Dest\r$/m)
    expect(head.stdout).toMatch(/^Link: <https:\/\/example\.org\/blog\/rss\.xml>; rel="self"\r$/m)
  })

  it('goes on where it stopped, and begins anew when the file is another one', async () => {
    const sound = Buffer.from(Array.from({ length: 9_000_000 }, (_, index) => index % 251))
    await using site = await startSite({ 'small.mp3': 'abcdefghij' })
    await writeFile(join(site.out, 'large.mp3'), sound)
    const url = `${site.url}large.mp3`
    const part = join(site.folder, 'part')
    await writeFile(part, sound.subarray(0, 1_000_000))
    await run('curl', ['-sS', '-C', '-', '-o', part, url])
    expect((await run('cmp', [part, join(site.out, 'large.mp3')])).status).toBe(0)

    const ranged = (range: string, head: Record<string, string> = {}) =>
      site.get('small.mp3', { headers: { Range: range, ...head } })
    const middle = await ranged('bytes=2-4')
    expect([middle.status, await middle.text()]).toEqual([206, 'cde'])
    expect(middle.headers.get('Content-Range')).toBe('bytes 2-4/10')
    expect((await ranged('bytes=10-')).status).toBe(416)
    const etag = middle.headers.get('ETag') ?? ''
    expect((await ranged('bytes=2-4', { 'If-Range': etag })).status).toBe(206)
    expect((await ranged('bytes=2-4', { 'If-Range': `W/${etag}` })).status).toBe(200)
    expect((await ranged('bytes=2-4', { 'If-Range': '"other"' })).status).toBe(200)
    const date = middle.headers.get('Last-Modified') ?? ''
    expect((await ranged('bytes=2-4', { 'If-Range': date })).status).toBe(206)
    expect((await ranged('bytes=2-4', { 'If-None-Match': etag })).status).toBe(304)
  })
})

describe.skipIf(!has('newsboat', '--version'))('Newsboat', () => {
  it('takes what is new though it asks twice within a second, and asks for no more than that', async () => {
    await using site = await startSite({ 'rss.xml': rss('a', 'b') })
    const home = await mkdtemp(join(tmpdir(), 'tidings-newsboat-'))
    await writeFile(join(home, 'urls'), `${site.url}rss.xml\n`)
    await writeFile(join(home, 'config'), '')
    const files = [
      '-u',
      join(home, 'urls'),
      '-c',
      join(home, 'cache.db'),
      '-C',
      join(home, 'config'),
    ]
    const reload = async () => {
      await run('newsboat', [...files, '-x', 'reload'])
      return (await run('newsboat', [...files, '-x', 'print-unread'])).stdout.trim()
    }
    // It keeps the ETag of its second visit
    for (let visit = 0; visit < 3; visit++) expect(await reload()).toBe('2 unread articles')
    await writeFiles(site.out, [{ path: 'rss.xml', contents: rss('c', 'a', 'b') }])
    await writeFiles(site.out, [{ path: 'rss.xml', contents: rss('d', 'c', 'a', 'b') }])
    expect(await reload()).toBe('4 unread articles')
    expect(site.log.map((line) => / (\d+) \d+ ms$/.exec(line)?.[1])).toEqual([
      ...['200', '200', '304', '226'],
    ])
  })
})

it('sends whole feeds while builds put others in their place, with dates that only move on', async () => {
  const versions = ['a', 'b', 'c', 'd'].map((name) => rss(...name.repeat(40)))
  await using site = await startSite({ 'rss.xml': versions[0] ?? '' })
  let building = true
  const build = async () => {
    for (let round = 1; round < 40; round++) {
      const contents = versions[round % versions.length] ?? ''
      await writeFiles(site.out, [{ path: 'rss.xml', contents }])
      await new Promise((done) => setTimeout(done, 5))
    }
    building = false
  }
  const bodies = new Map<string, string>()
  const read = async (headers: Record<string, string>) => {
    let last = 0
    while (building) {
      const answer = await site.get('rss.xml', { headers })
      const text = await answer.text()
      expect(versions).toContain(text)
      const etag = answer.headers.get('ETag') ?? ''
      expect(bodies.get(etag) ?? text).toBe(text)
      bodies.set(etag, text)
      const modified = Date.parse(answer.headers.get('Last-Modified') ?? '')
      expect(modified).toBeGreaterThanOrEqual(last)
      last = modified
    }
  }
  const readers = ['identity', 'gzip', 'br', 'identity'].map((form) =>
    read({ 'Accept-Encoding': form }),
  )
  await Promise.all([build(), ...readers])
  expect(bodies.size).toBeGreaterThan(4)
})
