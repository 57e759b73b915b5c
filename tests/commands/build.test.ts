import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { article, newPublication, publication, start, tidings } from './cli.ts'

const now = ['--now', '2026-11-01T00:00:00Z']

describe('tidings build', () => {
  it('writes the feeds, and the same bytes nowhere again', async () => {
    const folder = await newPublication()
    const first = JSON.parse((await tidings(['build', '--json', '-C', folder, ...now])).stdout)
    expect(first).toMatchObject({ articles: 1, feeds: 2, unchanged: 0, warnings: [] })
    const before = await stat(join(folder, 'out/rss.xml'))
    const second = JSON.parse((await tidings(['build', '--json', '-C', folder])).stdout)
    expect(second).toMatchObject({ written: 0, unchanged: first.written })
    expect((await stat(join(folder, 'out/rss.xml'))).mtimeMs).toBe(before.mtimeMs)
  })

  it('makes the same bytes from the same content in another folder at another time', async () => {
    const [one, two] = [await newPublication(), await newPublication()]
    await tidings(['build', '-C', one, ...now])
    await tidings(['build', '-C', two, '--now', '2027-05-05T05:05:05Z'])
    for (const file of [
      'rss.xml',
      'atom.xml',
      'feed.json',
      'feeds.opml',
      'tags/one/atom.xml',
      'index.html',
    ]) {
      expect(await readFile(join(one, 'out', file), 'utf8'), file).toBe(
        await readFile(join(two, 'out', file), 'utf8'),
      )
    }
  })

  it('names every fault of every file at once and leaves out/ as it was', async () => {
    const folder = await newPublication()
    await tidings(['build', '-C', folder, ...now])
    const before = await readFile(join(folder, 'out/rss.xml'), 'utf8')
    await writeFile(join(folder, 'content/good.md'), article('Good', '2026-02-02'))
    await writeFile(join(folder, 'content/month.md'), article('Month', '2026-13-01'))
    await writeFile(join(folder, 'content/open.md'), '---\ntitle: Open\n\nNo end.\n')
    const { status, stderr } = await tidings(['build', '-C', folder, ...now])
    expect(status).toBe(2)
    expect(stderr).toContain('content/month.md:3: ')
    expect(stderr).toContain('YYYY-MM-DD')
    expect(stderr).toContain('content/open.md:')
    expect(await readFile(join(folder, 'out/rss.xml'), 'utf8')).toBe(before)
  })

  it('keeps drafts, the future and the expired out', async () => {
    const folder = await newPublication({
      'content/draft.md': '---\ntitle: Draft\ndate: 2026-01-02\ndraft: true\n---\n\nx\n',
      'content/future.md': article('Future', '2026-12-24'),
      'content/expired.md': '---\ntitle: Old\ndate: 2026-01-03\nexpires: 2026-02-01\n---\n\nx\n',
    })
    await tidings(['build', '-C', folder, ...now])
    const feed = JSON.parse(await readFile(join(folder, 'out/feed.json'), 'utf8'))
    expect(feed.items.map((item: { title: string }) => item.title)).toEqual(['First'])
    await tidings(['build', '-C', folder, '--now', '2026-12-24T00:00:00+01:00'])
    const later = JSON.parse(await readFile(join(folder, 'out/feed.json'), 'utf8'))
    expect(later.items.map((item: { title: string }) => item.title)).toEqual(['Future', 'First'])
  })

  it('deletes the feeds of a tag that is gone', async () => {
    const folder = await newPublication()
    await tidings(['build', '-C', folder, ...now])
    expect(await readdir(join(folder, 'out/tags'))).toEqual(['one'])
    await writeFile(join(folder, 'content/first.md'), article('First', '2026-01-01'))
    await tidings(['build', '-C', folder, ...now])
    expect(await readdir(join(folder, 'out'))).not.toContain('tags')
  })

  it('keeps the identity of an article that is renamed and gets another title', async () => {
    const folder = await newPublication()
    const id = async () =>
      JSON.parse(await readFile(join(folder, 'out/feed.json'), 'utf8')).items[0].id as string
    await tidings(['build', '-C', folder, ...now])
    const before = await id()
    expect(before).toMatch(/^tag:example\.org,2026-01-01:/)
    const text = await readFile(join(folder, 'content/first.md'), 'utf8')
    await rm(join(folder, 'content/first.md'))
    await writeFile(join(folder, 'content/renamed.md'), text)
    await tidings(['build', '-C', folder, ...now])
    await writeFile(join(folder, 'content/renamed.md'), text.replace('First', 'Another title'))
    await tidings(['build', '-C', folder, ...now])
    expect(await id()).toBe(before)
  })

  it('takes a changed text for an update where that is the policy, and white space never', async () => {
    const config = { publication, feeds: { per: [], updated: 'text' } }
    const folder = await newPublication({ 'tidings.config.json': JSON.stringify(config) })
    const file = join(folder, 'content/first.md')
    const text = await readFile(file, 'utf8')
    const updated = async (month: number, contents: string) => {
      await writeFile(file, contents)
      await tidings(['build', '-C', folder, '--now', `2027-0${month}-01T00:00:00Z`])
      const feed = JSON.parse(await readFile(join(folder, 'out/feed.json'), 'utf8'))
      return feed.items[0].date_modified ?? feed.items[0].date_published
    }
    const published = await updated(1, text)
    expect(published).toMatch(/^2025-12-31T23:00:00/)
    expect(await updated(2, text.replace('The *first*', 'The   *first*\n'))).toBe(published)
    expect(await updated(3, text.replace('first* article', 'very first* article'))).toBe(
      '2027-03-01T00:00:00Z',
    )
    expect(await updated(4, text.replace('first* article', 'very first* article'))).toBe(
      '2027-03-01T00:00:00Z',
    )
    await writeFile(join(folder, 'tidings.texts'), 'spoilt')
    const { status, stderr } = await tidings(['build', '-C', folder])
    expect([status, stderr]).toEqual([2, expect.stringContaining('tidings.texts:1: ')])
  })

  it('explains what readers will see, and with --strict writes nothing that shows old articles as new', async () => {
    const folder = await newPublication()
    const explain = async (...args: string[]) => {
      const ended = await tidings(['build', '--explain', ...args, '--json', '-C', folder, ...now])
      return { status: ended.status, ...JSON.parse(ended.stdout) }
    }
    expect((await explain()).explained).toEqual([])
    await writeFile(join(folder, 'content/second.md'), article('Second', '2026-02-02'))
    const second = await explain('--strict')
    expect(second).toMatchObject({
      status: 0,
      explained: [{ folder: '', fresh: ['Second'], warnings: [] }],
    })
    const before = await readFile(join(folder, 'out/feed.json'), 'utf8')
    const lock = await readFile(join(folder, 'tidings.lock'), 'utf8')
    await writeFile(
      join(folder, 'content/second.md'),
      '---\ntitle: Second\ndate: 2026-02-02\nid: urn:example:2\n---\n\nText.\n',
    )
    const third = await explain('--strict')
    expect(third).toMatchObject({ status: 3, written: 0, explained: [{ fresh: ['Second'] }] })
    expect(third.explained[0].warnings[0]).toContain('will show as new')
    expect(await readFile(join(folder, 'out/feed.json'), 'utf8')).toBe(before)
    expect(await readFile(join(folder, 'tidings.lock'), 'utf8')).toBe(lock)
    expect((await explain()).status).toBe(0)
    expect(await readFile(join(folder, 'out/feed.json'), 'utf8')).not.toBe(before)
  })

  it('explains in the publication’s zone, tells feeds that end, and says when there is nothing to compare', async () => {
    const folder = await newPublication(
      {},
      { publication: { ...publication, timezone: 'Europe/Madrid' } },
    )
    const explain = (...args: string[]) =>
      tidings(['build', '--explain', '--strict', ...args, '-C', folder, ...now])
    const write = (title: string, date: string, more = '') =>
      writeFile(
        join(folder, `content/${title}.md`),
        `---\ntitle: ${title}\ndate: ${date}\n${more}---\n\nText.\n`,
      )
    await write('Tagged', '2025-12-02', 'tags: [t]\n')
    expect((await explain()).stdout).toContain('no feeds in out/ to compare with')
    await write('Tagged', '2025-12-03', 'tags: [u]\n')
    const { status, stdout } = await explain()
    expect(status).toBe(3)
    expect(stdout).toContain('moved from 2025-12-02 to 2025-12-03')
    expect(stdout).toContain('tags/t/\n  gone     the whole feed')
  })

  it('warns of a feed that would become another one, and keeps its identity where it began elsewhere', async () => {
    const podcast = {
      'content/a.md': '---\ntitle: A\ndate: 2026-01-01\nenclosure: a.mp3\n---\nText.\n',
    }
    const folder = await newPublication(podcast, { publication })
    const build = (...args: string[]) => tidings(['build', ...args, '-C', folder, ...now])
    const identities = async () => {
      const [atom, rss] = await Promise.all(
        ['atom.xml', 'rss.xml'].map((name) => readFile(join(folder, 'out', name), 'utf8')),
      )
      return [/<id>.*?<\/id>/.exec(atom ?? '')?.[0], /<podcast:guid>.*?</.exec(rss ?? '')?.[0]]
    }
    const move = (settings: object) =>
      writeFile(
        join(folder, 'tidings.config.json'),
        JSON.stringify({
          publication: { ...publication, url: 'https://new.example/', ...settings },
        }),
      )
    await build()
    const before = await identities()
    expect(before).not.toContain(undefined)
    await move({})
    const refused = await build('--explain', '--strict')
    expect([refused.status, refused.stdout]).toEqual([
      3,
      expect.stringContaining('set publication.firstUrl'),
    ])
    await move({ firstUrl: publication.url })
    expect((await build('--explain', '--strict')).stdout).not.toContain('another identity')
    await build()
    expect(await identities()).toEqual(before)
  })

  it('builds again while watching, tells a fault, and ends politely', async () => {
    const folder = await newPublication()
    const { child, ended } = start(['build', '--watch', '-C', folder])
    const feed = () => readFile(join(folder, 'out/feed.json'), 'utf8').catch(() => '')
    const until = async (what: () => Promise<boolean>) => {
      for (let tries = 0; tries < 600 && !(await what()); tries++) await wait(50)
      expect(await what()).toBe(true)
    }
    let said = ''
    child.stdout?.on('data', (data) => (said += data))
    child.stderr?.on('data', (data) => (said += data))
    await until(async () => said.includes('Watching'))
    await writeFile(join(folder, 'content/second.md'), article('Second', '2026-13-02'))
    await until(async () => said.includes('content/second.md:3: '))
    await writeFile(join(folder, 'content/second.md'), article('Second', '2026-01-02'))
    await until(async () => (await feed()).includes('"Second"'))
    child.kill('SIGINT')
    expect((await ended).status).toBe(130)
  })
})
