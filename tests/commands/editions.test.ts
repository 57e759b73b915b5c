import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkDocument } from '../../src/check/check-document.ts'
import { article, newPublication, newsletter, publication, tidings } from './cli.ts'

/** A publication, and what its archive says. */
async function newArchive(config: object = {}) {
  const folder = await newPublication({}, config)
  const read = (path: string) => readFile(join(folder, 'out', path), 'utf8')
  return {
    folder,
    read,
    run: async (command: string, now: string, ...args: string[]) => {
      const ended = await tidings([command, '-C', folder, '--now', now, ...args])
      expect(ended.stderr).not.toContain('fault of tidings')
      return ended
    },
    add: (name: string, date: string) =>
      writeFile(join(folder, `content/${name.toLowerCase()}.md`), article(name, date)),
    /** the editions in the feed, then those on the page */
    editions: async () => {
      const feed = JSON.parse(await read('editions/feed.json'))
      const page = await read('editions/index.html')
      const links = [...page.matchAll(/<h3[^>]*><a href="([^/]+)\/index.html">/g)]
      return [feed.items.map(({ url }: { url: string }) => url), links.map(([, id]) => id)]
    },
  }
}

it('lists every edition that was sent, newest first, on a page and in a feed', async () => {
  const archive = await newArchive()
  const { run, add, editions, read, folder } = archive
  await run('build', '2026-11-01T00:00:00Z')
  expect(await editions()).toEqual([[], []])
  expect(await read('editions/index.html')).toContain('No edition has been sent yet.')
  expect(await read('index.html')).toContain('<a href="editions/index.html">')
  expect(await read('index.html')).toContain('href="https://example.org/editions/atom.xml"')
  expect(await read('feeds.opml')).toContain('https://example.org/editions/rss.xml')
  await run('publish', '2026-11-01T00:00:00Z')
  await add('Second', '2026-11-02')
  await run('publish', '2026-11-03T00:00:00Z')
  const all = [
    ['https://example.org/editions/2026-11-03/', 'https://example.org/editions/2026-11-01/'],
    ['2026-11-03', '2026-11-01'],
  ]
  expect(await editions()).toEqual(all)
  for (const name of ['rss.xml', 'atom.xml', 'feed.json', 'index.html']) {
    const text = await read(`editions/${name}`)
    expect(text).not.toMatch(/ann@example\.org|\bAnn\b|unsubscribe\//)
    if (name === 'index.html') continue
    const { findings } = checkDocument(Buffer.from(text), { now: new Date('2026-11-04') })
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  }

  // out/ may be deleted at any time, and the article too
  await rm(join(folder, 'out'), { recursive: true })
  await rm(join(folder, 'content/second.md'))
  await run('build', '2026-11-04T00:00:00Z')
  expect(await editions()).toEqual(all)
  expect(await read('editions/2026-11-03/index.html')).toContain('Second')
  const again = await run('build', '2026-11-04T00:00:00Z', '--json')
  expect(JSON.parse(again.stdout).written).toBe(0)
})

it('has no room for rehearsals: neither a dry run nor a test is part of it', async () => {
  const { run, editions, folder, read } = await newArchive()
  await run('build', '2026-11-01T00:00:00Z')
  await run('send', '2026-11-01T00:00:00Z', '--dry-run')
  await run('send', '2026-11-01T00:00:00Z', '--test', 'me@example.org')
  expect(await editions()).toEqual([[], []])
  expect(existsSync(join(folder, 'out/editions/2026-11-01/message.html'))).toBe(true)
  // The edition that is sent under its name is another one
  await writeFile(join(folder, 'content/first.md'), article('Corrected', '2026-01-01'))
  await run('send', '2026-11-01T00:00:00Z')
  expect(await read('editions/2026-11-01/index.html')).toContain('Corrected')
  await run('send', '2026-11-02T00:00:00Z', '--dry-run')
  await writeFile(join(folder, 'content/next.md'), article('Next', '2026-11-02'))
  await run('send', '2026-11-03T00:00:00Z', '--dry-run')
  expect(existsSync(join(folder, 'out/editions/2026-11-03'))).toBe(true)
  await run('build', '2026-11-03T00:00:00Z')
  expect(existsSync(join(folder, 'out/editions/2026-11-03'))).toBe(false)
  expect((await editions())[1]).toEqual(['2026-11-01'])
})

it('is left as it is, and says so, by a machine that cannot reach the store', async () => {
  const { run, editions, folder } = await newArchive()
  await run('publish', '2026-11-01T00:00:00Z')
  const store = 'postgres://nobody:nothing@127.0.0.1:1/nowhere'
  const config = { publication, newsletter, store }
  await writeFile(join(folder, 'tidings.config.json'), JSON.stringify(config))
  const { status, stderr } = await run('build', '2026-11-02T00:00:00Z')
  expect(status).toBe(0)
  expect(stderr).toContain('out/editions/ was left as it was')
  expect(stderr).not.toContain('nothing@')
  expect((await editions())[1]).toEqual(['2026-11-01'])
})

it('leads from the list of editions to the form by which readers join, where there is one', async () => {
  const button = '<a class="button" href="https://news.example.org/subscribe">'
  const server = { url: 'https://news.example.org/' }
  const joinable = await newArchive({ server })
  await joinable.run('build', '2026-11-01T00:00:00Z')
  expect(await joinable.read('editions/index.html')).toContain(button)
  const closed = await newArchive()
  await closed.run('build', '2026-11-01T00:00:00Z')
  expect(await closed.read('editions/index.html')).not.toContain('class="button"')
})
