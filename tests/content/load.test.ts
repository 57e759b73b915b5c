import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readLog } from '../../src/content/git-dates.ts'
import { type Content, loadContent } from '../../src/content/load.ts'
import { publication } from './parsing.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tidings-content-'))
  await mkdir(join(root, 'content'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
}

function load(folder = 'content/'): Promise<Content> {
  return loadContent({
    root,
    folder,
    publication,
    permalink: '/:slug/',
    now: new Date('2026-01-01T00:00Z'),
  })
}

function git(...options: string[]): void {
  const who = [
    '-c',
    'user.name=Ana',
    '-c',
    'user.email=ana@example.org',
    '-c',
    'commit.gpgsign=false',
  ]
  execFileSync('git', ['-C', root, ...who, ...options], {
    env: {
      ...process.env,
      GIT_AUTHOR_DATE: '2020-01-02T03:04:05Z',
      GIT_COMMITTER_DATE: '2021-01-01T00:00:00Z',
    },
    stdio: 'pipe',
  })
}

const files = ({ articles }: Content) => articles.slice().map(({ file }) => file)
const dated = '---\ndate: 2022-06-29\n---\nWords'

it('reads a publication that is its own content folder, without what is made of it', async () => {
  await write({
    'a.md': dated,
    'b/out/c.md': dated,
    'out/index.html': '<p>Made',
    'out/tags/x/index.html': '<p>Made',
    'templates/index.html': '<p>{{ title }}',
  })
  const content = await load('.')
  expect(content.problems).toEqual([])
  expect(files(content)).toEqual(['a.md', 'b/out/c.md'])
})

it('knows a content folder by one spelling, whichever the disk has', async () => {
  const spelled = 'conte\u0301nu'
  await write({ [`${spelled}/z\u00e9.md`]: dated, [`${spelled}/n/a.md`]: dated })
  const content = await load(spelled)
  expect(content.problems).toEqual([])
  expect(files(content)).toEqual(['cont\u00e9nu/n/a.md', 'cont\u00e9nu/z\u00e9.md'])
  expect(content.articles.slice().map(({ id, section }) => [id, section])).toEqual([
    ['tag:example.org,2022-06-29:n/a', 'n'],
    ['tag:example.org,2022-06-29:z%C3%A9', ''],
  ])
})

it('reads every kind of article at any depth, and nothing else', async () => {
  await write({
    'content/a.md': dated,
    'content/b/c/d.MARKDOWN': dated,
    'content/2022-06-29-e.txt': 'Words',
    'content/2022-06-29-f.html': '<p>Words',
    'content/README.md': '# How to write here',
    'content/b/readme.md': dated,
    'content/b/_index.md': dated,
    'content/.draft.md': dated,
    'content/.obsidian/x.md': dated,
    'content/node_modules/x/y.md': dated,
    'content/picture.png': 'x',
    'content/subscribers.csv': 'address',
  })
  const content = await load()
  expect(content.problems).toEqual([])
  expect(files(content)).toEqual([
    'content/2022-06-29-e.txt',
    'content/2022-06-29-f.html',
    'content/a.md',
    'content/b/c/d.MARKDOWN',
    'content/b/readme.md',
  ])
})

it('tells of all faults of all files at once, in their order', async () => {
  await write({
    'content/a.md': '---\ndate: 2026-13-01\ndraft: perhaps\n---\nx',
    'content/b.md': 'No date',
    'content/c.md': Buffer.from('día', 'latin1'),
    'content/d.md': dated,
    'content/e/d.md': dated,
    'tidings.lock': 'content/x.md\n',
  })
  const { problems } = await load()
  expect(problems.map(({ file, line }) => `${file}:${line ?? ''}`)).toEqual([
    'content/a.md:2',
    'content/a.md:3',
    'content/b.md:',
    'content/c.md:1',
    'content/e/d.md:',
    'tidings.lock:1',
  ])
  expect(problems[4]?.message).toContain(
    'the same URL as content/d.md: https://example.org/blog/d/',
  )
})

it('publishes newest first and holds drafts, the future and the expired', async () => {
  await write({
    'content/old.md': '---\ndate: 2020-01-01\n---\nx',
    'content/new.md': '---\ndate: 2025-01-01\n---\nx',
    'content/twin.md': '---\ndate: 2025-01-01\n---\nx',
    'content/draft.md': '---\ndate: 2020-01-01\ndraft: true\n---\nx',
    'content/future.md': '---\ndate: 2026-01-01 01:00:01\n---\nx',
    'content/gone.md': '---\ndate: 2020-01-01\nexpires: 2026-01-01 01:00\n---\nx',
  })
  const { collection, articles } = await load()
  expect(collection.articles.slice().map(({ slug }) => slug)).toEqual(['new', 'twin', 'old'])
  expect(collection.held).toEqual([
    { file: 'content/draft.md', reason: 'draft' },
    { file: 'content/future.md', reason: 'future' },
    { file: 'content/gone.md', reason: 'expired' },
  ])
  expect(articles).toHaveLength(6)
})

it('proposes a lock, and finds nothing to change once it is written', async () => {
  await write({ 'content/a.md': dated })
  const first = await load()
  expect(first.lock.changed).toBe(true)
  await write({ [first.lock.file]: first.lock.text })
  await rename(join(root, 'content/a.md'), join(root, 'content/b.md'))
  const second = await load()
  expect(second.articles.get(0).id).toBe(first.articles.get(0).id)
  expect(second.lock.changed).toBe(true)
  await write({ [second.lock.file]: second.lock.text })
  expect((await load()).lock.changed).toBe(false)
})

it('takes the first commit for the date of a file that has none, through renames', async () => {
  git('init', '-q')
  await write({
    'content/ñ "a".md': 'Words that are long enough to be known again',
    'content/b.md': dated,
  })
  git('add', '.')
  git('commit', '-qm', 'first')
  await rename(join(root, 'content/ñ "a".md'), join(root, 'content/c.md'))
  git('add', '.')
  execFileSync('git', [
    '-C',
    root,
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@example.org',
    'commit',
    '-qm',
    'second',
  ])
  await write({ 'content/d.md': 'Not committed' })
  const { articles, problems } = await load()
  expect(articles.slice().find(({ slug }) => slug === 'c')?.publishedAt).toEqual(
    new Date('2020-01-02T03:04:05Z'),
  )
  expect(problems.map(({ file }) => file)).toEqual(['content/d.md'])
})

it('keeps the date that an article was published under, whatever has become of the history', async () => {
  git('init', '-q')
  await write({ 'content/a.md': '# A\n\nWords of a', 'content/b.md': '# B\n\nWords of b' })
  git('add', '.')
  git('commit', '-qm', 'first')
  const first = await load()
  await write({ [first.lock.file]: first.lock.text })
  await rm(join(root, '.git'), { recursive: true })
  await rename(join(root, 'content/b.md'), join(root, 'content/c.md'))
  const second = await load()
  expect(second.problems).toEqual([])
  expect(second.articles.slice().map(({ id, publishedAt }) => [id, publishedAt])).toEqual(
    first.articles.slice().map(({ id, publishedAt }) => [id, publishedAt]),
  )
})

it('does not take the first commit that a shallow clone has for the first there was', () => {
  const log =
    '\u00012020-01-02T03:04:05Z grafted, HEAD\0\nA\0a.md\0\u00012021-01-02T03:04:05Z \0\nA\0b.md\0'
  expect([...readLog(log).keys()]).toEqual(['b.md'])
})

it('follows symbolic links, but not in circles', async () => {
  await write({ 'elsewhere/a.md': dated, 'content/deep/b.md': dated })
  await symlink(join(root, 'elsewhere'), join(root, 'content/linked'))
  await symlink('..', join(root, 'content/deep/up'))
  await symlink(join(root, 'elsewhere'), join(root, 'elsewhere/self'))
  await symlink('nowhere.md', join(root, 'content/broken.md'))
  await symlink('circle.md', join(root, 'content/circle.md'))
  const content = await load()
  expect(files(content)).toEqual(['content/deep/b.md', 'content/linked/a.md'])
  expect(content.problems).toMatchObject([
    { file: 'content/broken.md', message: expect.stringContaining('cannot be read (ENOENT)') },
    { file: 'content/circle.md', message: expect.stringContaining('cannot be read (ELOOP)') },
  ])
})

it('names two files whose names only look different', async () => {
  await write({ 'content/\u00e9.md': dated, 'content/e\u0301.md': dated })
  const { problems } = await load()
  // A file system that holds them for one file has none to name
  const stored = await readdir(join(root, 'content'))
  expect(problems.map(({ file }) => file)).toEqual(stored.length === 2 ? ['content/\u00e9.md'] : [])
})

it('asks for the folder that is not there', async () => {
  await rm(join(root, 'content'), { recursive: true })
  await expect(load()).rejects.toMatchObject({
    code: 'content-invalid',
    message: expect.stringContaining('content.folder'),
  })
})

it('measures media files that are at hand, and takes the word of the author for all others', async () => {
  const withMedia = (media: string) => `---\ndate: 2022-06-29\nenclosure: ${media}\n---\nWords`
  await write({
    'content/a/index.md': withMedia('talk.mp3'),
    'content/a/talk.mp3': new Uint8Array(1234),
    'content/b.md': withMedia('/blog/audio/t%C3%A4lk%20two.mp3'),
    'static/audio/tälk two.mp3': new Uint8Array(99),
    'content/c.md': withMedia('{ url: talk.mp3, length: 7 }'),
    'content/talk.mp3': new Uint8Array(55),
    'content/d.md': withMedia('{ url: https://elsewhere.example.net/talk.mp3, length: 8 }'),
    'content/e.md': withMedia('..%2F..%2Ftalk.mp3'),
    'talk.mp3': new Uint8Array(11),
    'content/f.md': withMedia('{ url: real.wav, type: video/mp4, length: 5 }'),
    'content/real.wav': Buffer.from('RIFF0000WAVEfmt '),
    'content/g.md': withMedia('{ url: talk.m4a, type: audio/x-m4a }'),
    'content/talk.m4a': Buffer.from('0000ftypM4A '),
    'content/h.md': withMedia('empty.mp3'),
    'content/empty.mp3': '',
  })
  const { articles, problems } = await load()
  expect(problems).toEqual([])
  const media = articles.slice().map(({ enclosure }) => [enclosure?.length, enclosure?.type])
  expect(media).toEqual([
    [1234, 'audio/mpeg'],
    [99, 'audio/mpeg'],
    [55, 'audio/mpeg'],
    [8, 'audio/mpeg'],
    [0, 'audio/mpeg'],
    [16, 'audio/wav'],
    [12, 'audio/x-m4a'],
    [0, 'audio/mpeg'],
  ])
})

it.each(['not-a-date', '', '2020-13-01'])(
  'names the line of a lock whose date is %j',
  async (date) => {
    const line = (name: string) =>
      `content/${name}.md\ttag:example.org,2020:${name}\tabc\t${date}\tT\n`
    await write({ 'content/a.md': '---\ntitle: T\ndate: 2020-01-01\n---\nWords' })
    for (const name of ['a', 'gone']) {
      await write({ 'tidings.lock': `# tidings.lock\n${line(name)}` })
      expect((await load()).problems).toMatchObject([
        { file: 'tidings.lock', line: 2, message: expect.stringContaining('damaged') },
      ])
    }
  },
)

it('reads a line of millions of words', async () => {
  await write({ 'content/a.txt': `---\ndate: 2020-01-01\n---\n${'a '.repeat(4_000_000)}` })
  const { articles, problems } = await load()
  expect([articles.length, problems]).toEqual([1, []])
})
