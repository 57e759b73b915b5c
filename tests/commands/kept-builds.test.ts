import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { buildFeeds } from '../../src/commands/build-feeds.ts'
import { rememberRendered } from '../../src/commands/remember-rendered.ts'
import { loadConfig } from '../../src/config.ts'
import type { Article } from '../../src/model/article.ts'
import { publication } from './cli.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-kept-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const names = ['README.md', 'a.md', 'b.md', 'c.md', 'news/d.md', 'news/e.md', 'f.md']
const nameArbitrary = fc.constantFrom(...names)

const articleArbitrary = fc
  .record({
    title: fc.constantFrom('One', 'Two', 'Three'),
    date: fc.constantFrom('2025-01-01', '2025-06-01', '2026-03-01', '2026-13-01'),
    tags: fc.subarray(['x', 'X', 'open source', 'Open-Source']),
    author: fc.constantFrom('Ana', 'ana', 'Bea <bea@example.org>'),
    more: fc.constantFrom('', 'draft: true\n', 'expires: 2026-05-01\n', 'updated: 2020-01-01\n'),
    body: fc.constantFrom('Text *a*.', 'Text *b*.', '![A picture](p.png)', '# One\n\nText', ''),
  })
  .map(
    ({ title, date, tags, author, more, body }) =>
      `---\ntitle: ${title}\ndate: ${date}\ntags: [${tags.join(', ')}]\nauthor: ${author}\n${more}---\n\n${body}\n`,
  )

// A README without front matter is no article
const textArbitrary = fc.oneof(
  { weight: 9, arbitrary: articleArbitrary },
  fc.constantFrom('Not for readers.\n', '# A title\n\nWithout a date.\n'),
)

type Step =
  | { readonly kind: 'write'; readonly name: string; readonly text: string }
  | { readonly kind: 'remove' | 'touch' | 'swap'; readonly name: string }
  | { readonly kind: 'cut' | 'forge'; readonly cache: string }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | { readonly kind: 'clock'; readonly now: string }
  | { readonly kind: 'config'; readonly config: object }
  | { readonly kind: 'template'; readonly name: string; readonly text: string | undefined }
  | { readonly kind: 'spoil' | 'empty'; readonly file: string }

const outFile = fc.constantFrom('rss.xml', 'tags/x/atom.xml', 'index.html', 'tidings.css')

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      name: nameArbitrary,
      text: textArbitrary,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('remove' as const, 'touch' as const, 'swap' as const),
      name: nameArbitrary,
    }),
  },
  fc.record({ kind: fc.constant('rename' as const), name: nameArbitrary, to: nameArbitrary }),
  fc.record({
    kind: fc.constant('clock' as const),
    now: fc.constantFrom('2025-03-01T00:00Z', '2026-04-01T00:00Z', '2026-06-01T00:00Z'),
  }),
  fc.record({
    kind: fc.constant('config' as const),
    config: fc.constantFrom<object>(
      {},
      { feeds: { limit: 1 } },
      { feeds: { content: 'summary', per: ['tag', 'author', 'section'] } },
      { feeds: { archives: true } },
      { publication: { ...publication, title: 'Another', language: 'es' } },
      { content: { permalink: '/:year/:slug/' } },
    ),
  }),
  fc.record({
    kind: fc.constant('template' as const),
    name: fc.constantFrom('tidings.css', 'index.html', 'term.html'),
    text: fc.constantFrom(undefined, '{{ feed.name }}: a', '{{ feed.name }}: b'),
  }),
  fc.record({ kind: fc.constantFrom('spoil' as const, 'empty' as const), file: outFile }),
  fc.record({
    kind: fc.constantFrom('cut' as const, 'forge' as const),
    cache: fc.constantFrom(
      'articles',
      'articles.changes',
      'outputs',
      'renderings',
      'renderings.changes',
      'articles.folders',
    ),
  }),
)

async function write(root: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true })
  await writeFile(join(root, file), text)
}

async function take(root: string, step: Exclude<Step, { kind: 'clock' }>): Promise<void> {
  if (step.kind === 'write') return write(root, `content/${step.name}`, step.text)
  if (step.kind === 'config')
    return write(root, 'tidings.config.json', JSON.stringify({ publication, ...step.config }))
  if (step.kind === 'template')
    return step.text === undefined
      ? rm(join(root, 'templates'), { recursive: true, force: true })
      : write(root, `templates/${step.name}`, step.text)
  const path = pathOf(root, step)
  const there = await stat(path).catch(() => undefined)
  if (!there) return
  if (step.kind === 'empty' || step.kind === 'remove') await rm(path)
  else if (step.kind === 'touch') await utimes(path, 1e9, 1e9)
  else if (step.kind === 'cut') await truncate(path, there.size >> 1)
  else if (step.kind === 'forge') {
    // Each letter another one, at a place where it counts
    const bytes = await readFile(path)
    for (let at = bytes.length >> 1; at < bytes.length; at += 7) bytes[at] = (bytes[at] ?? 0) ^ 1
    await writeFile(path, bytes)
  } else if (step.kind === 'swap') {
    // Another text of the same size, in a file that says it is as old as before
    await writeFile(path, (await readFile(path, 'utf8')).replace(/Text|Tony/g, swapped))
    await utimes(path, there.atime, there.mtime)
  } else if (step.kind === 'spoil') {
    // As long as before and as old as before
    await writeFile(path, 'x'.repeat(there.size))
    await utimes(path, there.atime, there.mtime)
  } else if (step.kind === 'rename') {
    await mkdir(dirname(join(root, 'content', step.to)), { recursive: true })
    await rename(path, join(root, 'content', step.to))
  }
}

function pathOf(
  root: string,
  step: Exclude<Step, { kind: 'clock' | 'config' | 'template' }>,
): string {
  if ('cache' in step) return join(root, '.tidings/cache', step.cache)
  return 'file' in step ? join(root, 'out', step.file) : join(root, 'content', step.name)
}

function swapped(word: string): string {
  return word === 'Text' ? 'Tony' : 'Text'
}

/** Everything that a build has to say, and every file that it leaves. */
async function build(root: string, now: string): Promise<unknown> {
  const said = await loadConfig(root, { env: {} })
    .then((config) => buildFeeds(config, new Date(now), rememberRendered()))
    .then(
      ({ content, feeds }) => ({
        feeds,
        warnings: content.warnings,
        held: content.collection.held,
      }),
      (error) => String(error),
    )
  const files = new Map<string, string>()
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !path.includes('/.tidings/'))
      files.set(path.slice(root.length), await readFile(path, 'utf8'))
  }
  return { said, files: [...files].sort() }
}

describe('a build that remembers', () => {
  // Files are trusted to be as they were only when they were so for some seconds: these go by quickly here
  const { now: clock } = Date
  beforeEach(() => {
    vi.spyOn(Date, 'now').mockImplementation(() => clock() + 60_000)
  })
  afterEach(() => void vi.restoreAllMocks())

  it('says and leaves what a build that remembers nothing does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { minLength: 2, maxLength: 10 }), async (steps) => {
        const root = await mkdtemp(join(folder, 'one-'))
        await take(root, { kind: 'config', config: {} })
        await write(root, 'content/README.md', 'Not for readers.\n')
        for (const name of ['a', 'news/e', 'z'])
          await write(
            root,
            `content/${name}.md`,
            `---\ntitle: ${name}\ndate: 2024-01-01\ntags: [x]\n---\n\nText of ${name}\n`,
          )
        let now = '2026-04-01T00:00Z'
        for (const step of steps) {
          if (step.kind === 'clock') now = step.now
          else await take(root, step)
          // Two ticks of the slowest clock that a file system of today has
          await wait(9)
          const clean = await mkdtemp(join(folder, 'clean-'))
          await cp(root, clean, { recursive: true })
          await rm(join(clean, '.tidings'), { recursive: true, force: true })
          expect(await build(root, now)).toEqual(await build(clean, now))
        }
      }),
      { numRuns: 25 },
    )
  }, 180_000)

  const now = '2026-04-01T00:00Z'

  it('sees a file of out/ that was changed without a trace in its size and time', async () => {
    const root = await mkdtemp(join(folder, 'one-'))
    await take(root, { kind: 'config', config: {} })
    await write(root, 'content/a.md', '---\ntitle: A\ndate: 2024-01-01\n---\n\nA\n')
    const made = await build(root, now)
    const path = join(root, 'out/rss.xml')
    await utimes(path, 1e9, 1e9)
    await wait(50)
    await build(root, now)
    await writeFile(path, 'x'.repeat((await stat(path)).size))
    await utimes(path, 1e9, 1e9)
    await wait(50)
    expect(await build(root, now)).toEqual(made)
  })

  it('lists a feed on the front page that came with an article too old to stand there', async () => {
    const root = await mkdtemp(join(folder, 'one-'))
    await take(root, { kind: 'config', config: { feeds: { limit: 1 } } })
    for (let day = 0; day < 60; day++) {
      const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString()
      await write(root, `content/${day}.md`, `---\ntitle: A ${day}\ndate: ${date}\n---\n\nA\n`)
    }
    await build(root, now)
    const old = '---\ntitle: A 0\ndate: 2025-01-01\ntags: [unheard of]\n---\n\nA\n'
    await write(root, 'content/0.md', old)
    await build(root, now)
    expect(await readFile(join(root, 'out/index.html'), 'utf8')).toContain('unheard of')
  })

  it('reads what was saved in its midst once more', async () => {
    const root = await mkdtemp(join(folder, 'saved-'))
    await take(root, { kind: 'config', config: {} })
    const save = (text: string) =>
      write(root, 'content/x.md', `---\ndate: 2026-01-01\n---\n# Title\n\n${text}\n`)
    await save('Old')
    const config = await loadConfig(root, { env: {} })
    let saved = 0
    const saving = (most: number) => async () => {
      if (saved < most) await save(`New ${++saved}`)
      return rememberRendered()()
    }
    await buildFeeds(config, new Date('2026-04-01T00:00Z'), saving(2))
    expect(saved).toBe(2)
    expect(await readFile(join(root, 'out/rss.xml'), 'utf8')).toContain('New 2')
    await save('Newer')
    await expect(buildFeeds(config, new Date('2026-04-01T00:00Z'), saving(99))).rejects.toThrow(
      'content/x.md: was changed while it was read; run it again',
    )
    expect(saved).toBe(5)
  })

  it('does not make again what is there already', async () => {
    const root = await mkdtemp(join(folder, 'one-'))
    await take(root, { kind: 'config', config: {} })
    for (const tag of ['x', 'y'])
      await write(
        root,
        `content/${tag}.md`,
        `---\ndate: 2026-01-01\ntags: [${tag}]\n---\n# ${tag}\n\nText\n`,
      )
    await build(root, '2026-04-01T00:00Z')
    const config = await loadConfig(root, { env: {} })
    await writeFile(
      join(root, 'content/x.md'),
      '---\ndate: 2026-01-01\ntags: [x]\n---\n# x\n\nNew\n',
    )
    const rendered: string[] = []
    const render = await rememberRendered()()
    const listen = async () => (article: Article) => {
      rendered.push(article.title)
      return render(article)
    }
    await buildFeeds(config, new Date('2026-04-01T00:00Z'), listen)
    expect(rendered).toEqual(['x'])
    rendered.length = 0
    const again = await buildFeeds(config, new Date('2026-04-01T00:00Z'), listen)
    expect(rendered).toEqual([])
    expect(again).toMatchObject({ written: 0, feeds: 3 })
  })
})
