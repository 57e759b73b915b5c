import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitPath } from '../../src/http/path.ts'
import { startSite } from './site.ts'

const files = {
  'index.html': '<p>front</p>',
  'rss.xml': '<rss/>',
  'atom.xml': '<feed/>',
  'feed.json': '{}',
  'tidings.css': 'p {}',
  'tags/c++/index.html': '<p>C++</p>',
  'tags/ñandú/rss.xml': '<rss/>',
  'editions/2026-01/index.html': '<p style="color: red">x</p>',
  'outbox/new/1.tidings': 'private',
  '.secret': 'private',
  '.hidden/index.html': 'private',
}

it.each([
  ['', 'text/html; charset=utf-8'],
  ['rss.xml', 'application/rss+xml; charset=utf-8'],
  ['atom.xml', 'application/atom+xml; charset=utf-8'],
  ['feed.json', 'application/feed+json'],
  ['tidings.css', 'text/css; charset=utf-8'],
  ['tags/c++/', 'text/html; charset=utf-8'],
  ['tags/ñandú/rss.xml', 'application/rss+xml; charset=utf-8'],
])('serves out/%s as %s', async (path, type) => {
  await using site = await startSite(files)
  const answer = await site.get(path)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('Content-Type')).toBe(type)
  expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
})

it.each(['rss.xml', 'atom.xml'])(
  'serves %s as XML with a style sheet to who opens it',
  async (name) => {
    await using site = await startSite(files)
    const opened = { 'Sec-Fetch-Dest': 'document' }
    const answer = await site.get(name, { headers: opened })
    expect(answer.headers.get('Content-Type')).toBe('application/xml; charset=utf-8')
    const plain = await site.get(name)
    expect(plain.headers.get('Content-Type')).not.toBe('application/xml; charset=utf-8')
    for (const { headers } of [answer, plain])
      expect(headers.get('Vary')).toContain('Sec-Fetch-Dest')
    expect(await answer.text()).toBe(await plain.text())
    const had = { 'If-None-Match': answer.headers.get('ETag') ?? '' }
    expect((await site.get(name, { headers: { ...opened, ...had } })).status).toBe(304)
  },
)

it('gives the bytes a strong ETag, and 304 to who has them', async () => {
  await using site = await startSite(files)
  const { headers } = await site.get('rss.xml')
  const etag = headers.get('ETag') ?? ''
  expect(etag).toMatch(/^"[\w-]{22}"$/)
  const modified = headers.get('Last-Modified') ?? ''
  const statusFor = async (asked: Record<string, string>) =>
    (await site.get('rss.xml', { headers: asked })).status
  expect(await statusFor({ 'If-None-Match': etag })).toBe(304)
  expect(await statusFor({ 'If-None-Match': `"other", W/${etag}` })).toBe(304)
  expect(await statusFor({ 'If-Modified-Since': modified })).toBe(304)
  expect(await statusFor({ 'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).toBe(200)
  expect(await statusFor({ 'If-Modified-Since': 'yesterday' })).toBe(200)
  expect(await statusFor({ 'If-None-Match': '"other"', 'If-Modified-Since': modified })).toBe(200)
  await writeFile(join(site.out, 'rss.xml'), '<rss>new</rss>')
  expect(await statusFor({ 'If-None-Match': etag })).toBe(200)
})

it('answers HEAD as GET, without the bytes', async () => {
  await using site = await startSite(files)
  const answer = await site.get('rss.xml', { method: 'HEAD' })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('Content-Length')).toBe('6')
  expect(answer.headers.get('ETag')).toMatch(/^"[\w-]{22}"$/)
  expect(await answer.text()).toBe('')
})

it('leads from the name of a folder into it, never to another host', async () => {
  await using site = await startSite(files)
  const answer = await site.get('tags/c++')
  expect(answer.status).toBe(301)
  expect(new URL(answer.headers.get('Location') ?? '', answer.url).href).toBe(
    `${site.url}tags/c%2B%2B/`,
  )
  expect(await site.raw('//tags')).toMatch(/^HTTP\/1.1 404 /)
})

it('shows a message with its own looks, and lets nothing in it run', async () => {
  await using site = await startSite(files)
  const policy = (await site.get('editions/2026-01/')).headers.get('Content-Security-Policy')
  expect(policy).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; /)
  expect(policy).not.toContain('script')
})

it.each([
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/..%2Fsecret.txt',
  '/%2e%2e/secret.txt',
  '/%2e%2e%2fsecret.txt',
  '/tags/..%2f..%2fsecret.txt',
  '/..%5csecret.txt',
  '/..\\secret.txt',
  '/..%252fsecret.txt',
  '/%c0%ae%c0%ae/secret.txt',
  '//secret.txt',
  '///etc/passwd',
  '/%2fetc%2fpasswd',
  '/secret.txt%00.html',
  'http://news.example.org/../secret.txt',
  '/linked.txt',
  '/linked/secret.txt',
  '/.secret',
  '/%2esecret',
  '/.hidden/',
  '/outbox/new/1.tidings',
  '/OUTBOX/new/1.tidings',
  '/outbox/',
  '/%6futbox/new/1.tidings',
  '/tags/%2e%2e/outbox/new/1.tidings',
  '/shortcut/new/1.tidings',
  '/shown',
])('gives nothing private away at %s', async (target) => {
  await using site = await startSite(files)
  await writeFile(join(site.folder, 'secret.txt'), 'private')
  await symlink(join(site.folder, 'secret.txt'), join(site.out, 'linked.txt'))
  await symlink(site.folder, join(site.out, 'linked'))
  await symlink(join(site.out, 'outbox'), join(site.out, 'shortcut'))
  await symlink(join(site.out, '.secret'), join(site.out, 'shown'))
  const answer = await site.raw(target)
  expect(answer).toMatch(/^HTTP\/1.1 40[04] /)
  expect(answer).not.toContain('private')
  expect(answer).not.toContain('root:')
})

it('finds a file below the path of server.url, and nothing beside it', async () => {
  await using site = await startSite(files, { base: '/news/letters/' })
  expect((await site.get('rss.xml')).status).toBe(200)
  expect((await site.get('../rss.xml')).status).toBe(404)
  expect(await (await site.get('missing')).text()).toContain('href="/news/letters/tidings.css"')
  const { token } = await site.join('ann@example.org')
  expect((await site.get(`unsubscribe/${token}`)).status).toBe(200)
  expect(await site.raw('/healthz')).toMatch(/^HTTP\/1.1 200 /)
})

it('refuses to change files, and says what it does', async () => {
  await using site = await startSite(files)
  for (const method of ['PUT', 'DELETE', 'POST']) {
    const answer = await site.get('rss.xml', { method })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('Allow')).toBe('GET, HEAD, OPTIONS')
  }
})

it('answers before there is anything to serve', async () => {
  await using site = await startSite()
  expect((await site.get('')).status).toBe(404)
})

it('takes no head that is larger than 16 KB', async () => {
  await using site = await startSite(files)
  expect(await site.raw('/', `X: ${'x'.repeat(20_000)}\r\n`)).toMatch(/^HTTP\/1.1 431 /)
})

it('splits any path into names that stay below their folder', () => {
  const part = fc.oneof(
    fc.constantFrom('..', '.', '', '%2e%2e', '%2F', '%5c', '%', '%00', 'a', '%c3%b1'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const names = splitPath(`/${parts.join('/')}`)?.names ?? []
      expect(names.filter((name) => /^\.|[/\\\0]|^$/.test(name))).toEqual([])
    }),
  )
})
