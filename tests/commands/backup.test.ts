import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { startRelay } from '../mail/relay.ts'
import { newPublication, start, tidings } from './cli.ts'

it('copies a store that a sender is writing to, whole and for its owner only', async () => {
  await using relay = await startRelay()
  const rows = Array.from({ length: 400 }, (_, n) => `r${n}@example.org,Reader ${n}`)
  const folder = await newPublication(
    { 'content/subscribers.csv': `email,name\n${rows.join('\n')}\n` },
    { mail: { transport: relay.url, connections: 2 } },
  )
  const sending = start(['publish', '-C', folder])
  await expect.poll(() => relay.messages.length, { timeout: 60_000 }).toBeGreaterThan(20)
  const { status, stdout } = await tidings(['backup', 'copy.db', '-C', folder, '--json'])
  const sentThen = relay.messages.length
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ file: 'copy.db', subscribers: 400, editions: 1 })
  expect((await stat(join(folder, 'copy.db'))).mode & 0o777).toBe(0o600)
  expect((await readdir(folder)).filter((name) => name.startsWith('copy.db'))).toEqual(['copy.db'])

  const db = new DatabaseSync(join(folder, 'copy.db'), { readOnly: true })
  const states = db.prepare('SELECT state, count(*) AS n FROM deliveries GROUP BY state').all()
  db.close()
  const total = states.reduce((sum, { n }) => sum + Number(n), 0)
  const submitted = Number(states.find(({ state }) => state === 'submitted')?.n ?? 0)
  expect(total).toBe(400)
  expect(submitted).toBeGreaterThan(0)
  expect(submitted).toBeLessThanOrEqual(sentThen)
  expect((await sending.ended).status).toBe(0)
  expect(relay.messages).toHaveLength(400)

  const again = await tidings(['backup', 'copy.db', '-C', folder])
  expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('is there already') })
}, 180_000)

it('says what to do where there is no such store', async () => {
  const none = await newPublication()
  const first = await tidings(['backup', 'copy.db', '-C', none])
  expect(first).toMatchObject({ status: 2, stderr: expect.stringContaining('there is none yet') })
  const shared = await newPublication({}, { store: 'postgres://127.0.0.1:1/paper' })
  const second = await tidings(['backup', 'copy.db', '-C', shared])
  expect(second).toMatchObject({ status: 2, stderr: expect.stringContaining('pg_dump') })
  await writeFile(join(none, 'other.txt'), 'Not a database.')
  await writeFile(
    join(none, 'tidings.config.json'),
    JSON.stringify({
      publication: { title: 'P', description: 'd', url: 'https://example.org/' },
      store: 'sqlite:other.txt',
    }),
  )
  const third = await tidings(['backup', 'copy.db', '-C', none])
  expect(third.stderr).toContain('not an SQLite database')
  expect((await readdir(none)).filter((name) => name.startsWith('copy.db'))).toEqual([])
}, 60_000)
