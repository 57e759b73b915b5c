import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { logOf } from '../../src/store/sqlite/disk.ts'

/** Whether a flush is over before anything else has had its turn. */
async function holdsUp(flush: () => Promise<void>): Promise<boolean> {
  let isOver = false
  const flushed = flush().then(() => {
    isOver = true
  })
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  const was = isOver
  await flushed
  return was
}

it('waits for a quick disk on its own thread only where nobody else is held up', async () => {
  // In memory a flush is quick, whatever else is going on
  const memory = '/dev/shm'
  const folder = await mkdtemp(join(existsSync(memory) ? memory : tmpdir(), 'tidings-disk-'))
  await writeFile(join(folder, 'db-wal'), 'log')
  const alone = logOf(join(folder, 'db'), { isAlone: true })
  const among = logOf(join(folder, 'db'))
  const tries = 5000
  let until = 0
  while (until < tries && !(await holdsUp(alone.flush))) until++
  expect(until).toBeGreaterThanOrEqual(50)
  expect(until).toBeLessThan(tries)
  for (let flush = 0; flush < 100; flush++) expect(await holdsUp(among.flush)).toBe(false)
  await Promise.all([alone.close(), among.close()])
  await rm(folder, { recursive: true })
})
