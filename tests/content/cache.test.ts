import { hash } from 'node:crypto'
import {
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Content, type LoadOptions, loadContent } from '../../src/content/load.ts'
import { copyArticle } from '../../src/model/article.ts'
import { publication } from './parsing.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tidings-cache-'))
  await mkdir(join(root, 'content'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

type Settings = Pick<LoadOptions, 'publication' | 'permalink' | 'now' | 'folder'>

const settings: Settings = {
  folder: 'content',
  publication,
  permalink: '/:slug/',
  now: new Date('2026-01-01T00:00Z'),
}
const cacheFile = () => join(root, '.tidings/cache/articles')
const changesFile = () => `${cacheFile()}.changes`

async function load(given: Partial<Settings> = {}, cache?: LoadOptions['cache']): Promise<Content> {
  const content = await loadContent({ root, ...settings, ...given, ...(cache && { cache }) })
  content.keep()
  return content
}

/** As a build does that begins long after all files were written, so that none of them is too young to be kept. */
function loadKept(given: Partial<Settings> = {}, later = 60_000): Promise<Content> {
  return load(given, { folder: dirname(cacheFile()), startedAt: Date.now() + later, program: 'p' })
}

/** All that a build makes of the content, with every text. */
async function outcome(content: Promise<Content>): Promise<unknown> {
  try {
    const { collection, articles, lock, problems, warnings, gone } = await content
    const whole = articles.slice().map((article) => {
      const { format, line, hash, source } = article.body
      return { ...copyArticle(article, article.id), body: { format, line, hash, source } }
    })
    const order = collection.articles.slice().map(({ id }) => id)
    return { whole, order, held: collection.held, lock, problems, warnings, gone }
  } catch (error) {
    return String(error)
  }
}

async function write(file: string, text: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true })
  await writeFile(join(root, file), text)
}

const names = ['a.md', 'b.md', 'c/2022-06-29-d.md', 'c/e.html', 'f.txt', 'README.md', 'ñ.md']
const texts = [
  '---\ntitle: One\ndate: 2022-06-29\ntags: [x, y]\n---\n\nWords of *one*.\n',
  '---\ntitle: Two\ndate: 2022-06-29\ntags: [x, y]\n---\n\nWords of *two*.\n',
  '---\ntitle: Late\ndate: 2025-12-31 23:30\nexpires: 2026-06-01\nimage: /a.png\n---\n# Late\n\nText\n',
  '---\ntitle: Draft\ndraft: true\n---\nNot yet',
  '---\ntitle: Named\nid: x-1\ndate: 2021-01-01\nauthors:\n  - {name: Ana, email: ana@example.org}\n---\nText',
  '+++\ntitle = "Toml"\ndate = 2020-02-02\n[extra]\nnewsletter = false\n+++\n\r\nText\u0007 é\n',
  '---\ntitle: Warned\ndate: 2022-06-29\nupdated: 2021-01-01\n---\nText',
  '---\ntitle: Broken\ndate: 2022-13-01\n---\nText',
  '---\ntitle: Open\n',
  '<html lang="es"><title>Page</title><meta name="date" content="2019-05-05"><h1>Page</h1><p>Text</p></html>',
  'A title\n\nA text without a date.\n',
  '',
  Buffer.from([0x61, 0xff, 0x62]),
]
const nameArbitrary = fc.constantFrom(...names)

type Step =
  | { readonly kind: 'write'; readonly name: string; readonly text: string | Uint8Array }
  | { readonly kind: 'remove' | 'touch' | 'rewrite'; readonly name: string }
  | { readonly kind: 'rename' | 'link'; readonly name: string; readonly to: string }
  | { readonly kind: 'settings'; readonly settings: Partial<Settings> }
  | { readonly kind: 'lock' | 'damage' | 'damage changes' }

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      name: nameArbitrary,
      text: fc.constantFrom(...texts),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('remove' as const, 'touch' as const, 'rewrite' as const),
      name: nameArbitrary,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('rename' as const, 'link' as const),
      name: nameArbitrary,
      to: nameArbitrary,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('settings' as const),
      settings: fc.constantFrom<Partial<Settings>>(
        {},
        { now: new Date('2026-07-01T00:00Z') },
        { now: new Date('2020-01-01T00:00Z') },
        { permalink: '/:year/:slug/' },
        { publication: { ...publication, timezone: 'Asia/Tokyo' } },
        { publication: { ...publication, url: 'https://example.net/', language: 'es' } },
        { folder: '.' },
        { folder: 'content/c' },
      ),
    }),
  },
  fc.record({
    kind: fc.constantFrom('lock' as const, 'damage' as const, 'damage changes' as const),
  }),
)

async function take(step: Step, content: Content | undefined): Promise<void> {
  const at = (name: string) => join(root, 'content', name)
  const there = 'name' in step ? await stat(at(step.name)).catch(() => undefined) : undefined
  if (step.kind === 'write') await write(join('content', step.name), step.text)
  else if (step.kind === 'lock' && content && content.problems.length === 0)
    await writeFile(join(root, 'tidings.lock'), content.lock.text)
  else if (step.kind === 'damage') await damage(cacheFile())
  else if (step.kind === 'damage changes') await damage(changesFile())
  else if (!there) return
  else if (step.kind === 'remove') await rm(at(step.name))
  else if (step.kind === 'touch') await utimes(at(step.name), 1e9, 1e9)
  else if (step.kind === 'rewrite') {
    // Another text of the same length, at the same time as before
    const text = await readFile(at(step.name), 'latin1')
    await writeFile(at(step.name), text.replace('Words', 'Sword').replace('Text', 'Next'), 'latin1')
    await utimes(at(step.name), there.atime, there.mtime)
  } else if (step.kind === 'rename' || step.kind === 'link') {
    await mkdir(dirname(at(step.to)), { recursive: true })
    if (step.kind === 'rename') await rename(at(step.name), at(step.to))
    else await symlink(at(step.name), at(step.to)).catch(() => undefined)
  }
}

async function damage(path: string): Promise<void> {
  const bytes = await readFile(path).catch(() => undefined)
  if (!bytes) return
  const at = Math.floor(bytes.length * 0.7)
  bytes.writeUInt8((bytes.readUInt8(at) + 1) % 256, at)
  await writeFile(path, bytes)
}

describe('the cache', () => {
  it('makes no difference, whatever happens to files, settings, clock and cache', async () => {
    await fc.assert(
      fc
        .asyncProperty(fc.array(stepArbitrary, { minLength: 1, maxLength: 12 }), async (steps) => {
          let given: Partial<Settings> = {}
          let last: Content | undefined
          for (const step of steps) {
            if (step.kind === 'settings') given = step.settings
            await take(step, last)
            // Two ticks of the slowest clock that a file system of today has
            await wait(9)
            expect(await outcome(loadKept(given))).toEqual(await outcome(load(given)))
            last = await loadKept(given).catch(() => undefined)
          }
        })
        .afterEach(async () => {
          await rm(root, { recursive: true, force: true })
          await mkdir(join(root, 'content'), { recursive: true })
        }),
      { numRuns: 40 },
    )
  }, 120_000)

  it('spares what has not changed', async () => {
    await write('content/a.md', texts[0] ?? '')
    await loadKept()
    const before = await stat(cacheFile())
    await rm(join(root, 'content/a.md'))
    await write('content/b.md', texts[1] ?? '')
    await wait(9)
    expect((await loadKept()).articles.slice().map(({ title }) => title)).toEqual(['Two'])
    const after = await stat(cacheFile())
    expect(after.ino).not.toBe(before.ino)
    await loadKept()
    expect((await stat(cacheFile())).ino).toBe(after.ino)
  })

  it('keeps what there is nothing to say of beside what there is', async () => {
    await write('content/a.md', texts[6] ?? '')
    await write('content/b.md', texts[0] ?? '')
    expect((await loadKept()).warnings).toHaveLength(1)
    const kept = await readFile(cacheFile(), 'latin1')
    expect([kept.includes('Warned'), kept.includes('One')]).toEqual([false, true])
  })

  it('writes down what one edit has changed, and no more', async () => {
    const names = Array.from({ length: 200 }, (_, at) => `content/${at}.md`)
    const text = (name: string, words: string) =>
      `---\ntitle: ${name}\ndate: 2022-06-29\n---\n\n${words}.\n`
    for (const name of names) await write(name, text(name, 'Words'))
    await writeFile(join(root, 'tidings.lock'), (await loadKept()).lock.text)
    await loadKept()
    const base = await readFile(cacheFile())
    const edit = async (count: number, words: string) => {
      for (const name of names.slice(0, count)) await write(name, text(name, words))
      await wait(9)
      const { articles, lock } = await loadKept()
      await writeFile(join(root, 'tidings.lock'), lock.text)
      await loadKept()
      return articles.slice().filter(({ body }) => body.source.startsWith(words)).length
    }
    expect(await edit(2, 'Other words')).toBe(2)
    expect(await edit(1, 'And others')).toBe(1)
    expect(await readFile(cacheFile())).toEqual(base)
    expect((await stat(changesFile())).size).toBeLessThan(base.length / 10)
    expect((await loadKept()).articles).toHaveLength(names.length)
    expect(await outcome(loadKept())).toEqual(await outcome(load()))

    expect(await edit(60, 'New words')).toBe(60)
    expect(await readFile(cacheFile())).not.toEqual(base)
    await expect(stat(changesFile())).rejects.toThrow('ENOENT')
    expect(await outcome(loadKept())).toEqual(await outcome(load()))
  })

  describe('of which files there are', () => {
    const listingFile = () => join(root, '.tidings/cache/articles.folders')
    /** Adds a file that is not there to what is kept: who relies on that cannot read it. */
    async function pretend(): Promise<void> {
      const [, text = ''] = (await readFile(listingFile(), 'utf8')).split('\n')
      const [key, listing] = JSON.parse(text)
      const whole = JSON.stringify([key, { ...listing, others: ['content/ghost.md'] }])
      await writeFile(listingFile(), `${hash('sha1', whole)}\n${whole}`)
    }
    const problems = async () => (await loadKept()).problems.map(({ file }) => file)

    beforeEach(async () => {
      await write('content/a.md', texts[0] ?? '')
      await write('content/c/b.md', texts[1] ?? '')
      await loadKept()
    })

    it('looks through no folder that has not changed', async () => {
      await pretend()
      expect(await problems()).toEqual(['content/ghost.md'])
    })

    it.each<[string, () => Promise<unknown>]>([
      ['has one more file', () => write('content/c/d.md', texts[2] ?? '')],
      ['has one less', () => rm(join(root, 'content/c/b.md'))],
      [
        'has one under another name',
        () => rename(join(root, 'content/a.md'), join(root, 'content/e.md')),
      ],
      ['has something else in it', () => write('content/picture.png', '')],
      ['was changed when it was looked through', () => loadKept({}, 0)],
      [
        'was put in the place of another',
        async () => {
          await rename(join(root, 'content'), join(root, 'elsewhere'))
          await symlink('elsewhere', join(root, 'content'))
        },
      ],
    ])('looks through a folder that %s', async (_, change) => {
      await change()
      if (await readFile(listingFile()).catch(() => undefined)) await pretend()
      expect(await problems()).toEqual([])
    })

    it('is used for a folder that the disk spells in another way, and a file that is no article', async () => {
      const folder = 'conte\u0301nu'
      await write(`${folder}/README.md`, 'Not for readers')
      await write(`${folder}/z\u00e9.md`, texts[0] ?? '')
      await write(`${folder}/c/zz.md`, texts[1] ?? '')
      const first = await outcome(loadKept({ folder }))
      expect(await outcome(loadKept({ folder }))).toEqual(first)
      await writeFile(join(root, 'tidings.lock'), (await loadKept({ folder })).lock.text)
      await loadKept({ folder })
      await write(`${folder}/c/zz.md`, `${texts[1]}More.\n`)
      await wait(9)
      expect(await outcome(loadKept({ folder }))).toEqual(await outcome(load({ folder })))
    })

    it('is not kept where links lead elsewhere', async () => {
      await symlink('../elsewhere', join(root, 'content/link'))
      await loadKept()
      await expect(stat(listingFile())).rejects.toThrow('ENOENT')
    })
  })

  it('reads a file again that was written when it was read, as it may be written again', async () => {
    await write('content/a.md', texts[0] ?? '')
    await loadKept({}, 0)
    const young = await readFile(cacheFile())
    await loadKept({}, 60_000)
    const stamped = await readFile(cacheFile())
    expect(stamped.equals(young)).toBe(false)
    const { ino } = await stat(cacheFile())
    await loadKept({}, 60_000)
    expect((await stat(cacheFile())).ino).toBe(ino)
  })

  it.each([
    ['is empty', ''],
    ['is foreign', 'something else'],
    ['ends early', undefined],
  ])('is made anew when it %s', async (_, bytes) => {
    await write('content/a.md', texts[0] ?? '')
    await loadKept()
    const good = await readFile(cacheFile())
    await writeFile(cacheFile(), bytes ?? good.subarray(0, good.length - 3))
    expect(await outcome(loadKept())).toEqual(await outcome(load()))
    expect(await readFile(cacheFile())).toEqual(good)
  })

  it('is done without where it cannot be written', async () => {
    await write('content/a.md', texts[0] ?? '')
    await writeFile(join(root, '.tidings'), 'a file where the folder should be')
    expect(await outcome(loadKept())).toEqual(await outcome(load()))
  })
})
