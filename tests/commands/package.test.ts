import { execFile } from 'node:child_process'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderOf, publication, root } from './cli.ts'

const run = promisify(execFile)
const sources = join(root, 'src/main.ts')
const program = join(root, 'dist/main.js')
const now = ['--now', '2026-04-01T00:00:00Z']

let folders: readonly string[]
beforeAll(async () => {
  // Where all tests run it, it has just been made, and is not to be taken away from them
  if (process.env.TIDINGS_TEST_PROGRAM === undefined) {
    await run(process.execPath, [join(root, 'tools/compile.ts')])
  }
  const files = {
    'tidings.config.json': JSON.stringify({
      publication: { ...publication, timezone: 'Europe/Madrid' },
      feeds: { archives: true, per: ['tag', 'section'] },
    }),
    'content/a.md':
      '---\ntitle: A\ndate: 2024-01-01 10:00\ntags: [x]\n---\n\nText *a*[^1].\n\n[^1]: b\n',
    'content/b/c.html':
      '<title>C</title><meta name="date" content="2024-02-01"><p>Text <b>c</b></p>',
    'content/d.txt': '+++\ntitle = "D"\ndate = 2024-03-01\n+++\nText d\n',
    'content/e.md': '---\ntitle: >\n  E\n  e\ndate: 2024-03-02\n---\nText e\n',
  }
  folders = [await folderOf(files), await folderOf(files)]
}, 120_000)
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

async function outputs(folder: string): Promise<readonly (readonly [string, string])[]> {
  const found: (readonly [string, string])[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || path.includes('/.tidings/')) continue
    found.push([path.slice(folder.length), await readFile(path, 'utf8')])
  }
  return found.sort()
}

describe('the published package', () => {
  it('builds what the sources build, byte for byte, and again from what it has kept', async () => {
    const [ours = '', theirs = ''] = folders
    await run(process.execPath, [sources, 'build', '-C', ours, ...now])
    await run(process.execPath, [program, 'build', '-C', theirs, ...now])
    expect(await outputs(theirs)).toEqual(await outputs(ours))
    const again = await run(process.execPath, [program, 'build', '-C', theirs, '--json', ...now])
    expect(JSON.parse(again.stdout)).toMatchObject({ articles: 4, written: 0 })
  }, 60_000)

  it('finds its version, its templates and its migrations', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    expect((await run(process.execPath, [program, '--version'])).stdout).toBe(`${version}\n`)
    const folder = await folderOf({})
    await run(process.execPath, [program, 'init', folder])
    const dry = await run(process.execPath, [program, 'send', '--dry-run', '-C', folder, '--json'])
    expect(JSON.parse(dry.stdout)).toMatchObject({ recipients: expect.any(Number) })
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  it('tells an older Node that it is too old, and asks nothing of it before', async () => {
    const old = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.9.0' })`
    const told = run(process.execPath, ['--import', old, program, 'build'])
    await expect(told).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^tidings needs Node 24 or newer, and this is 20\.9\.0/),
    })
    // What it lacks of Node would end it before it could say so.
    expect(await readFile(program, 'utf8')).not.toMatch(/^import\b|getBuiltinModule/m)
  })

  it('carries the licence of each library that stands in it', async () => {
    const licences = await readFile(join(root, 'dist/licences.txt'), 'utf8')
    for (const name of ['feed', 'htmlparser2', 'liquidjs', 'luxon', 'satteri', 'yaml'])
      expect(licences).toMatch(new RegExp(`^${name}$`, 'm'))
  })
})
