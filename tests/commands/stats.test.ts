import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newPublication, start, tidings } from './cli.ts'

const agent = (userAgent: string) => ({ headers: { 'User-Agent': userAgent } })
const feedly =
  'Feedly/1.0 (+http://www.feedly.com/fetcher.html; 42 subscribers; like FeedFetcher-Google)'

it('tells of readers, editions and feeds, in the terminal, as JSON and as a picture', async () => {
  const folder = await newPublication()
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    tidings([...args, '-C', folder], { env })
  expect((await run(['publish'])).status).toBe(0)
  await run(['subscribers', 'add', 'dee@example.org'])
  await run(['subscribers', 'remove', 'dee@example.org'])

  const { child, ended } = start(['serve', '-C', folder, '--port', '0'])
  const origin = await new Promise<string>((done, fail) => {
    let said = ''
    child.stderr?.on('data', (data) => {
      said += data
      const [, found] = /Listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? []
      if (found) done(found)
    })
    void ended.then(({ stderr }) => fail(new Error(stderr)))
  })
  for (const userAgent of [feedly, 'newsboat/2.21', 'newsboat/2.21', 'NetNewsWire', 'curl/8.0']) {
    expect((await fetch(`${origin}/rss.xml`, agent(userAgent))).status).toBe(200)
  }
  await fetch(`${origin}/index.html`, agent('Firefox'))
  await fetch(`${origin}/missing/rss.xml`, agent('Firefox'))
  child.kill('SIGTERM')
  await ended

  const { stdout } = await run(['stats', '--json', '--days', '2'])
  const told = JSON.parse(stdout)
  expect(told.subscribers).toMatchObject({ active: 3, unsubscribed: 1 })
  expect(told.days).toHaveLength(2)
  expect(told.days[1]).toMatchObject({ joins: 4, leaves: 1, subscribers: 3 })
  expect(told.editions).toMatchObject([{ recipients: 3, submitted: 3, joins: 1, leaves: 1 }])
  expect(told.feeds).toMatchObject({
    aggregators: [{ name: 'Feedly', subscribers: 42, feeds: 1 }],
    readers: 2,
    feeds: [{ path: 'rss.xml', readers: 2 }],
    total: 44,
  })

  const utf8 = await run(['stats', '--svg', 'numbers.svg'], { LC_ALL: 'C.UTF-8' })
  expect(utf8.stdout).toContain('3 subscribers  in 30 days 4 joined, 1 left')
  expect(utf8.stdout).toContain('█')
  const plain = await run(['stats'], { LC_ALL: 'C', LANG: '' })
  for (const line of plain.stdout.split('\n')) expect(line).toMatch(/^[ -~]{0,80}$/)
  const svg = await readFile(join(folder, 'numbers.svg'), 'utf8')
  expect(svg).toContain('<title id="title">Paper: readers</title>')
  expect(svg).toContain('prefers-color-scheme: dark')
}, 180_000)

it.each(['0', 'many', '-1'])('refuses --days %s', async (days) => {
  const { status, stderr } = await tidings(['stats', `--days=${days}`])
  expect(status).toBe(2)
  expect(stderr).toContain('--days')
})
