import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Content, loadContent } from '../../src/content/load.ts'
import { copyArticle } from '../../src/model/article.ts'
import { openThreads } from '../../src/threads/open-threads.ts'
import { publication, root } from './cli.ts'

/** More than one thread reads alone. */
const count = 2_000

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-threads-'))
  await mkdir(join(folder, 'content/news'), { recursive: true })
  await writeFile(join(folder, 'tidings.config.json'), JSON.stringify(config))
  for (let at = 0; at < count; at++)
    await writeFile(join(folder, 'content', fileOf(at)), articleOf(at))
  await writeFile(join(folder, 'content/README.md'), 'What all this is.\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const config = {
  publication: { ...publication, url: 'https://example.org/' },
  feeds: { per: ['tag', 'section'], limit: 10 },
}

function fileOf(at: number): string {
  const extension = at % 7 === 3 ? 'html' : at % 11 === 5 ? 'txt' : 'md'
  return `${at % 3 === 0 ? 'news/' : ''}${at}.${extension}`
}

/** Of all kinds: plain, in TOML, in YAML that takes the library, HTML, with a warning, a draft, beyond ASCII. */
function articleOf(at: number): string {
  const date = new Date(Date.UTC(2020, 0, 1) + at * 3_600_000).toISOString()
  const tags = `tags: [tag-${at % 20}, "Ünïcode ${at % 3}"]`
  const text = `# Title ${at}\n\nText *${at}* with [a link](/a/${at}) and ${'wörds '.repeat(at % 50)}.`
  if (at % 7 === 3)
    return `<title>Title ${at}</title><meta name="date" content="${date}"><p onclick="x()">Text ${at}</p>`
  if (at % 13 === 1) return `+++\ntitle = "Title ${at}"\ndate = ${date}\n+++\n\n${text}\n`
  const more = at % 17 === 2 ? 'updated: 2010-01-01\n' : at % 19 === 4 ? 'draft: true\n' : ''
  const folded = at % 5 === 0 ? `description: >\n  Folded\n  lines\n` : ''
  return `---\ntitle: Title ${at}\ndate: ${date}\n${tags}\n${more}${folded}---\n${text}\n`
}

const options = {
  folder: 'content',
  publication: { language: 'en', ...config.publication },
  permalink: '/:slug/',
  now: new Date('2026-01-01T00:00Z'),
}

function outcome({ collection, articles, lock, problems, warnings }: Content): unknown {
  const whole = articles.slice().map((article) => {
    const { format, line, hash, source } = article.body
    return { ...copyArticle(article, article.id), body: { format, line, hash, source } }
  })
  const order = collection.articles.slice().map(({ id }) => id)
  return { whole, order, held: collection.held, lock, problems, warnings }
}

describe('several threads', () => {
  it('read what one thread reads', async () => {
    const alone = outcome(await loadContent({ root: folder, ...options }))
    for (const number of [1, 3]) {
      using threads = openThreads(number)
      expect(outcome(await loadContent({ root: folder, ...options, threads }))).toEqual(alone)
    }
  })

  it('lose nothing when they end early, and leave the rest to the first', async () => {
    const alone = outcome(await loadContent({ root: folder, ...options }))
    for (const delay of [0, 60, 120, 180]) {
      using threads = openThreads(2)
      const loading = loadContent({ root: folder, ...options, threads })
      await wait(delay)
      threads[Symbol.dispose]()
      expect(outcome(await loading)).toEqual(alone)
    }
  })

  // On one processor there is one thread
  const isRestrictable = process.platform === 'linux' && availableParallelism() > 1
  it.runIf(isRestrictable)('make the files that one thread makes', async () => {
    const out = join(folder, 'out')
    const made = async (...restriction: string[]) => {
      await rm(out, { recursive: true, force: true })
      await rm(join(folder, '.tidings'), { recursive: true, force: true })
      await rm(join(folder, 'tidings.lock'), { force: true })
      const build = [process.execPath, join(root, 'src/main.ts'), 'build', '-C', folder]
      const [program = '', ...args] = [...restriction, ...build]
      execFileSync(program, args, { stdio: 'pipe' })
      const names = (await readdir(out, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
      const texts = await Promise.all(names.map((name) => readFile(name, 'utf8')))
      return new Map(names.map((name, at) => [name, texts[at]]))
    }
    const together = await made()
    expect(together.size).toBeGreaterThan(80)
    expect(together).toEqual(await made('taskset', '-c', '0'))
  })
})
