import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Feed } from '../../src/model/feed.ts'
import { feed, item } from '../feeds/samples.ts'
import { renderAtom, renderJsonFeed, renderRss } from '../feeds/written.ts'
import { has } from '../has.ts'
import { run } from './run.ts'
import { startSite } from './site.ts'

/** Long enough for a delta to be worth it. */
const body = '<p>A long text about what was seen.</p>'.repeat(20)

function feedOf(...names: readonly string[]): Feed {
  return feed({
    items: names.map((name) => {
      const id = `tag:example.org,2026:${name}`
      return item({ id, url: `https://example.org/${name}/`, title: `Title ${name}`, html: body })
    }),
  })
}

const formats = [
  ['rss.xml', renderRss],
  ['atom.xml', renderAtom],
  ['feed.json', renderJsonFeed],
] as const

const wanting = (etag: string) => ({ 'A-IM': 'feed', 'If-None-Match': etag })

it.each(formats)(
  'sends of %s what is new to who says which version it has',
  async (name, render) => {
    await using site = await startSite({ [name]: render(feedOf('a', 'b')) })
    const etag = (await site.get(name)).headers.get('ETag') ?? ''
    expect((await site.get(name, { headers: wanting(etag) })).status).toBe(304)

    await writeFile(join(site.out, name), render(feedOf('c', 'a', 'b')))
    const answer = await site.get(name, { headers: wanting(etag) })
    expect(answer.status).toBe(226)
    expect(answer.headers.get('IM')).toBe('feed')
    expect(answer.headers.get('Delta-Base')).toBe(etag)
    expect(answer.headers.get('Cache-Control')).toBe('no-store, im')
    const text = await answer.text()
    expect(text).toContain('Title c')
    expect(text).not.toContain('Title a')

    // Its ETag is that of the whole feed: who asks again is up to date
    const next = answer.headers.get('ETag') ?? ''
    expect(next).not.toBe(etag)
    expect((await site.get(name, { headers: wanting(next) })).status).toBe(304)
    expect((await site.get(name, { headers: { 'If-None-Match': etag } })).status).toBe(200)
    expect((await site.get(name, { headers: wanting('"of another server"') })).status).toBe(200)
    expect((await site.get(name, { headers: { 'A-IM': 'feed' } })).status).toBe(200)
  },
)

it('remembers versions across a restart, and forgets nothing but them when its cache is deleted', async () => {
  const first = renderAtom(feedOf('a', 'b'))
  await using site = await startSite({ 'atom.xml': first })
  const etag = (await site.get('atom.xml')).headers.get('ETag') ?? ''
  await writeFile(join(site.out, 'atom.xml'), renderAtom(feedOf('c', 'a', 'b')))
  await using again = await startSite({}, { at: site.folder })
  expect((await again.get('atom.xml', { headers: wanting(etag) })).status).toBe(226)
  await using stranger = await startSite({ 'atom.xml': renderAtom(feedOf('c', 'a', 'b')) })
  expect((await stranger.get('atom.xml', { headers: wanting(etag) })).status).toBe(200)
})

it('compresses what is new as well', async () => {
  await using site = await startSite({ 'rss.xml': renderRss(feedOf('a', 'b')) })
  const gzip = { 'Accept-Encoding': 'gzip' }
  const etag = (await site.get('rss.xml', { headers: gzip })).headers.get('ETag') ?? ''
  expect(etag).toMatch(/-gzip"$/)
  await writeFile(join(site.out, 'rss.xml'), renderRss(feedOf('c', 'a', 'b')))
  const answer = await site.get('rss.xml', { headers: { ...gzip, ...wanting(etag) } })
  expect(answer.status).toBe(226)
  expect(answer.headers.get('Content-Encoding')).toBe('gzip')
  expect(await answer.text()).toContain('Title c')
})

it('moves Last-Modified by a second at least whenever the bytes change, and never back', async () => {
  await using site = await startSite({ 'rss.xml': renderRss(feedOf('a')) })
  const modified = async (at: { get: typeof site.get }) =>
    Date.parse((await at.get('rss.xml')).headers.get('Last-Modified') ?? '')
  let last = await modified(site)
  for (const name of ['b', 'c', 'd']) {
    await writeFile(join(site.out, 'rss.xml'), renderRss(feedOf(name, 'a')))
    const next = await modified(site)
    expect(next - last).toBeGreaterThanOrEqual(1000)
    const date = Date.parse((await site.get('rss.xml')).headers.get('Date') ?? '')
    expect(date).toBeGreaterThanOrEqual(next)
    last = next
  }
  // Back to what it was, while nobody was serving
  await writeFile(join(site.out, 'rss.xml'), renderRss(feedOf('a')))
  await using again = await startSite({}, { at: site.folder })
  expect(await modified(again)).toBeGreaterThan(last)
})

const python = '/usr/bin/python3'
describe.skipIf(!has(python, '-c', 'import feedparser'))("python's feedparser", () => {
  it('reads what is new, with the ETag it was given', async () => {
    await using site = await startSite({ 'atom.xml': renderAtom(feedOf('a', 'b')) })
    const script = `
import feedparser, json, sys
first = feedparser.parse(sys.argv[1])
open(sys.argv[2], 'w').write(sys.argv[3])
headers = {'A-IM': 'feed'}
second = feedparser.parse(sys.argv[1], etag=first.etag, modified=first.modified, request_headers=headers)
third = feedparser.parse(sys.argv[1], etag=second.etag, modified=second.modified, request_headers=headers)
print(json.dumps([[d.status, d.bozo, [e.title for e in d.entries]] for d in (first, second, third)]))
`
    const next = renderAtom(feedOf('c', 'a', 'b'))
    const { stdout, stderr } = await run(python, [
      '-c',
      script,
      `${site.url}atom.xml`,
      join(site.out, 'atom.xml'),
      next,
    ])
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([
      [200, false, ['Title a', 'Title b']],
      [226, false, ['Title c']],
      [304, false, []],
    ])
  })
})
