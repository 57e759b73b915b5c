import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { article, newPublication, tidings } from './cli.ts'

const build = async (folder: string, now: string) => {
  const { status, stdout, stderr } = await tidings(['build', '--json', '-C', folder, '--now', now])
  expect(stderr + status).toBe('0')
  return JSON.parse(stdout)
}

it('archives what leaves the feed, and rewrites no archive document when an article comes', async () => {
  const days = Array.from({ length: 30 }, (_, at) => String(at + 1).padStart(2, '0'))
  const files = Object.fromEntries(
    days.map((day) => [`content/a${day}.md`, article(`A${day}`, `2026-03-${day}`)]),
  )
  const folder = await newPublication(files, { feeds: { limit: 5, per: [], archives: true } })
  await build(folder, '2026-11-01T00:00:00Z')
  const out = join(folder, 'out')
  expect(await readdir(join(out, 'archive'))).toEqual(['1', '2'])
  const first = join(out, 'archive/1/atom.xml')
  const before = { text: await readFile(first, 'utf8'), ...(await stat(first)) }
  expect(before.text).toContain('<fh:archive/>')

  await writeFile(join(folder, 'content/late.md'), article('Late', '2026-01-15'))
  expect(await build(folder, '2026-11-02T00:00:00Z')).toMatchObject({ removed: 0 })
  expect((await stat(first)).mtimeMs).toBe(before.mtimeMs)
  expect(await readFile(join(out, 'atom.xml'), 'utf8')).toContain('>Late<')
  expect(await build(folder, '2026-11-02T00:00:00Z')).toMatchObject({ written: 0 })
  await writeFile(join(folder, 'content/late.md'), article('Late', '2026-01-15', 'Corrected.'))
  await build(folder, '2026-11-02T00:00:00Z')
  expect(await readFile(join(out, 'atom.xml'), 'utf8')).toContain('Corrected.')

  await writeFile(
    join(folder, 'tidings.config.json'),
    (await readFile(join(folder, 'tidings.config.json'), 'utf8')).replace(
      '"archives":true',
      '"archives":false',
    ),
  )
  await build(folder, '2026-11-02T00:00:00Z')
  expect(await readdir(out)).not.toContain('archive')
})

it('leaves a tombstone of an article that is deleted, until it comes back', async () => {
  const text = article('Gone', '2026-02-02')
  const folder = await newPublication({ 'content/gone.md': text })
  const atom = () => readFile(join(folder, 'out/atom.xml'), 'utf8')
  await build(folder, '2026-11-01T00:00:00Z')
  expect(await readdir(folder)).not.toContain('tidings.history')
  await rm(join(folder, 'content/gone.md'))
  const stone =
    '<at:deleted-entry ref="tag:example.org,2026-02-02:gone" when="2026-11-02T00:00:00Z"/>'
  await build(folder, '2026-11-02T00:00:00Z')
  expect(await atom()).toContain(stone)
  await build(folder, '2026-11-03T00:00:00Z')
  expect(await atom()).toContain(stone)
  await writeFile(join(folder, 'content/gone.md'), text)
  await build(folder, '2026-11-04T00:00:00Z')
  expect(await atom()).not.toContain('deleted-entry')
})

it('leaves tombstones in the feeds of the terms that an article has, as far as its file tells', async () => {
  const tagged = (title: string, more: string) =>
    `---\ntitle: ${title}\ndate: 2026-02-02\nauthor: Ana Ruiz\n${more}---\n\nText.\n`
  const folder = await newPublication(
    {
      'content/news/gone.md': tagged('Gone', 'tags: [one, Día]\n'),
      'content/news/draft.md': tagged('Draft', 'tags: [one]\n'),
      'content/news/over.md': tagged('Over', 'tags: [one]\nexpires: 2026-11-02\n'),
      'content/news/stays.md': tagged('Stays', 'tags: [one, two, Día]\n'),
    },
    { feeds: { per: ['tag', 'author', 'section', 'language'] } },
  )
  const stones = async (feed: string) => {
    const atom = await readFile(join(folder, 'out', feed, 'atom.xml'), 'utf8')
    return [...atom.matchAll(/deleted-entry ref="[^"]*\/(\w+)"/g)].map(([, name]) => name).sort()
  }
  await build(folder, '2026-11-01T00:00:00Z')
  await rm(join(folder, 'content/news/gone.md'))
  await writeFile(
    join(folder, 'content/news/draft.md'),
    tagged('Draft', 'tags: [one]\ndraft: true\n'),
  )
  const expected = async () => {
    expect(await stones('')).toEqual(['draft', 'gone', 'over'])
    for (const feed of ['tags/one', 'authors/ana-ruiz', 'sections/news', 'languages/en'])
      expect(await stones(feed)).toEqual(['draft', 'over'])
    expect(await stones('tags/two')).toEqual([])
  }
  await build(folder, '2026-11-03T00:00:00Z')
  await expected()
  // The history knows, without a cache and without the file
  for (const name of ['.tidings', 'out', 'content/news/draft.md'])
    await rm(join(folder, name), { recursive: true })
  await build(folder, '2026-11-04T00:00:00Z')
  await expected()
  await writeFile(join(folder, 'content/news/draft.md'), tagged('Draft', 'tags: [one]\n'))
  await build(folder, '2026-11-05T00:00:00Z')
  expect(await stones('tags/one')).toEqual(['over'])
})

it('leaves the tombstone where it is when another article takes the name of the file', async () => {
  const story = (title: string, tag: string) =>
    `---\ntitle: ${title}\ndate: 2026-02-02\ntags: [${tag}]\n---\n\nAll about ${title}.\n`
  const folder = await newPublication({
    'content/f.md': story('Old', 'x'),
    'content/g.md': story('G', 'y'),
  })
  const atom = (feed: string) => readFile(join(folder, 'out', feed, 'atom.xml'), 'utf8')
  await build(folder, '2026-11-01T00:00:00Z')
  await writeFile(
    join(folder, 'content/f.md'),
    story('Quite another', 'y').replace('2026-02-02', '2026-03-03'),
  )
  const { stderr } = await tidings(['build', '-C', folder, '--now', '2026-11-02T00:00:00Z'])
  expect(stderr).toContain("is another article than 'Old'")
  const stone = 'deleted-entry ref="tag:example.org,2026-02-02:f"'
  expect(await atom('')).toContain(stone)
  expect(await atom('tags/y')).not.toContain('deleted-entry')
  expect(await build(folder, '2026-11-03T00:00:00Z')).toMatchObject({ written: 0 })
  expect(await atom('')).toContain(stone)
})

it.each([['check'], ['build', '--explain', '--strict']])(
  'remembers where an article stood when %s looks before the build does',
  async (...words) => {
    const folder = await newPublication({
      'content/gone.md':
        '---\ntitle: Gone\ndate: 2026-02-02\npermalink: /my/own/place/\n---\n\nText.\n',
      'content/old.md': '---\ntitle: Old\ndate: 2026-02-02\n---\n\nText.\n',
    })
    await build(folder, '2026-11-01T00:00:00Z')
    await rm(join(folder, 'content/gone.md'))
    // Refused, where anything can be refused
    await writeFile(
      join(folder, 'content/old.md'),
      '---\ntitle: Old\ndate: 2026-02-03\n---\n\nText.\n',
    )
    await tidings([...words, '-C', folder, '--now', '2026-11-02T00:00:00Z'])
    await build(folder, '2026-11-03T00:00:00Z')
    expect(await readFile(join(folder, 'tidings.history'), 'utf8')).toContain('\tmy/own/place/')
  },
)

it('names the line of a history that two branches left unmerged', async () => {
  const folder = await newPublication({ 'tidings.history': '# history\n<<<<<<< HEAD\n' })
  const { status, stderr } = await tidings(['build', '-C', folder])
  expect(status).toBe(2)
  expect(stderr).toContain('tidings.history:2: an unresolved merge')
})
