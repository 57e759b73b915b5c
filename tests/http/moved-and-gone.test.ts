import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { article, newPublication, tidings } from '../commands/cli.ts'
import { startSite } from './site.ts'

it('says of a withdrawn article that it is gone, and leads from old feeds to where they are', async () => {
  await using site = await startSite(
    { 'rss.xml': '<rss/>', 'año/index.html': '<p>back</p>' },
    {
      gone: ['first', 'año'],
      moved: { 'old/feed.xml': '/rss.xml', 'wp/': 'https://example.org/' },
    },
  )
  for (const path of ['first', 'first/']) {
    const answer = await site.get(path)
    expect(answer.status).toBe(410)
    expect(await answer.text()).toContain('This article was withdrawn')
  }
  // What stands there now is there
  expect((await site.get('año/')).status).toBe(200)
  const moved = await site.get('old/feed.xml')
  expect(moved.status).toBe(301)
  expect(moved.headers.get('Location')).toBe('/rss.xml')
  expect((await site.get('wp/')).headers.get('Location')).toBe('https://example.org/')
  expect((await site.get('wp')).status).toBe(404)
})

it('keeps in a build from where articles were withdrawn, those with an address of their own too', async () => {
  const folder = await newPublication({
    'content/own.md': '---\ntitle: Own\ndate: 2026-01-02\npermalink: /its/own/\n---\n\nText.\n',
    'content/expired.md': '---\ntitle: Ex\ndate: 2026-01-02\nexpires: 2026-02-01\n---\n\nText.\n',
  })
  const build = async (now: string) => {
    expect((await tidings(['build', '-C', folder, '--now', now])).status).toBe(0)
    return JSON.parse(await readFile(join(folder, '.tidings/hosting/gone.json'), 'utf8'))
  }
  expect(await build('2026-01-03T00:00:00Z')).toEqual([])
  await rm(join(folder, 'content/own.md'))
  await rm(join(folder, 'content/first.md'))
  const gone = ['expired', 'first', 'its/own']
  expect(await build('2026-03-01T00:00:00Z')).toEqual(gone)
  expect(await readFile(join(folder, 'tidings.history'), 'utf8')).toContain('\tits/own/\n')
  // Remembered without the cache
  await rm(join(folder, '.tidings'), { recursive: true })
  expect(await build('2026-03-02T00:00:00Z')).toEqual(gone)
  await writeFile(join(folder, 'content/first.md'), article('First', '2026-01-01'))
  expect(await build('2026-03-03T00:00:00Z')).toEqual(['expired', 'its/own'])
})

it.each([
  [{ 'old.xml': '/rss.xml' }, 'paths that begin with /'],
  [{ '/old.xml?x': '/rss.xml' }, 'no ? or #'],
  [{ '/a/../b': '/rss.xml' }, 'paths that begin with /'],
  [{ '/old.xml': '//evil.example.org/' }, 'a path that begins with /'],
  [{ '/old.xml': '/\\evil.example.org/' }, 'a path that begins with /'],
  [{ '/old.xml': 'javascript:alert(1)' }, 'a path that begins with /'],
  [{ '/a': '/b', '/b': '/c' }, 'where /b leads to'],
  [['/a', '/b'], 'an object such as'],
])('refuses feeds.moved: %j', async (moved, reason) => {
  const folder = await newPublication({}, { feeds: { moved } })
  const { status, stderr } = await tidings(['build', '-C', folder])
  expect(status).toBe(2)
  expect(stderr).toContain('feeds.moved: expected')
  expect(stderr).toContain(reason)
})
