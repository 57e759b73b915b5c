import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connect } from '../../src/store/sqlite/connection.ts'
import { type Disk, logOf } from '../../src/store/sqlite/disk.ts'
import { openSqliteStore, storeOn } from '../../src/store/sqlite/open-store.ts'
import { all, edition, noon, readers } from '../contracts/store.ts'

const sector = 512
const logHeader = 32
/** Longer than any log here, and far shorter than in earnest. */
const room = 512 * 1024

interface Files {
  readonly database: Buffer
  readonly log: Buffer
}

/**
 * A store on a disk that forgets whatever it was not made to keep. What the log says that was never flushed is kept or
 * forgotten sector by sector, as a disk with a cache does it; its header is not, since SQLite flushes that by itself.
 */
async function openOnForgetfulDisk(delay: () => number) {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-power-'))
  const file = join(folder, 'tidings.db')
  const db = await connect(file)
  const read = (name: string) => (existsSync(name) ? readFileSync(name) : Buffer.alloc(0))
  const look = (): Files => ({ database: read(file), log: read(`${file}-wal`) })
  let kept = { number: 0, files: look() }
  let flushes = 0
  const disk: Disk = {
    async flush() {
      const [number, files] = [++flushes, look()]
      await pause(delay())
      if (number > kept.number) kept = { number, files }
    },
    makeRoom: () => log.makeRoom(),
    close: () => log.close(),
  }
  const log = logOf(file, { room })
  const store = storeOn(db, file, disk)
  return {
    store,
    /** SQLite flushes the log before it, and the database after. */
    checkpoint() {
      db.exec('PRAGMA wal_checkpoint(RESTART)')
      kept = { number: ++flushes, files: look() }
    },
    /** As the store does in the midst of a long run: in a transaction. */
    makeRoom() {
      db.exec('BEGIN IMMEDIATE')
      disk.makeRoom()
      db.exec('COMMIT')
      expect(look().log.length).toBeGreaterThanOrEqual(room)
    },
    /** @returns the file of the database as it is found when the power is back */
    cutPower(isKept: () => boolean): string {
      const log = surviving(kept.files.log, look().log, isKept)
      const after = join(folder, 'after', 'tidings.db')
      mkdirSync(join(folder, 'after'))
      writeFileSync(after, kept.files.database)
      writeFileSync(`${after}-wal`, log)
      return after
    },
    async [Symbol.asyncDispose]() {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function surviving(flushed: Buffer, written: Buffer, isKept: () => boolean): Buffer {
  const log = Buffer.alloc(Math.max(flushed.length, written.length))
  flushed.copy(log)
  written.copy(log, 0, 0, logHeader)
  for (let at = 0; at < written.length; at += sector) {
    if (isKept()) written.copy(log, Math.max(at, logHeader), Math.max(at, logHeader), at + sector)
  }
  return log
}

describe('when the power is cut', () => {
  it('a store has kept every write whose promise had resolved, and is whole', async () => {
    const choices = fc.infiniteStream(fc.nat({ max: 99 }))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 40 }),
        choices,
        async (until, checkpointEvery, roomAfter, random) => {
          const draw = () => random.next().value
          await using it = await openOnForgetfulDisk(() => draw() / 20)
          const acknowledged: string[] = []
          const people = readers(80)
          const lane = async () => {
            for (let one = people.pop(); one; one = people.pop()) {
              await it.store.subscribers.add([one], noon)
              acknowledged.push(one.address)
              if (acknowledged.length === roomAfter) it.makeRoom()
              if (checkpointEvery && acknowledged.length % checkpointEvery === 0) it.checkpoint()
            }
          }
          const lanes = Promise.all(Array.from({ length: 5 }, lane))
          while (acknowledged.length < until) await pause(1)
          const [before, after] = [acknowledged.slice(), it.cutPower(() => draw() < 50)]
          await lanes

          const raw = new DatabaseSync(after)
          expect(raw.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
          raw.close()
          const found = await openSqliteStore(after)
          const there = (await all(found.subscribers.list())).map(({ address }) => address)
          await found.close()
          expect(there).toEqual(expect.arrayContaining(before))
        },
      ),
      { numRuns: 25 },
    )
  })

  it('a message was begun, and the one before it recorded, before the sender went on', async () => {
    await using it = await openOnForgetfulDisk(() => 2)
    const { ledger, subscribers } = it.store
    await subscribers.add(readers(2), noon)
    await ledger.open(edition('one'))
    const until = new Date(noon.getTime() + 60_000)
    const [one, two] = await ledger.claim('one', { now: noon, leaseUntil: until, most: 2 })
    if (!one || !two) return expect.fail('nothing to claim')
    await ledger.submitting(one, noon)
    await Promise.all([
      ledger.record(one, { kind: 'submitted', reply: '250 ok' }, { now: noon }),
      ledger.submitting(two, noon),
    ])
    const found = await openSqliteStore(it.cutPower(() => false))
    expect(await found.ledger.counts('one')).toMatchObject({ submitted: 1, submitting: 1 })
    await found.close()
  })

  it('a disk that could not be written is trusted no more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidings-power-'))
    const file = join(folder, 'tidings.db')
    let fails = false
    const disk: Disk = {
      async flush() {
        if (fails) throw new Error('EIO: i/o error, fdatasync')
      },
      makeRoom() {},
      async close() {},
    }
    const store = storeOn(await connect(file), file, disk)
    await store.subscribers.add(readers(1), noon)
    fails = true
    const fault = { code: 'unavailable', message: expect.stringContaining('look at the disk') }
    await expect(store.subscribers.add(readers(2), noon)).rejects.toMatchObject(fault)
    fails = false
    await expect(store.subscribers.add(readers(3), noon)).rejects.toMatchObject(fault)
    await store.close()
    rmSync(folder, { recursive: true })
  })

  it('a commit after one that could not be flushed is not trusted either, though its own flush went well', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidings-power-'))
    const file = join(folder, 'tidings.db')
    const flushes: { done: () => void; fail: (error: Error) => void }[] = []
    const disk: Disk = {
      flush: () => new Promise((done, fail) => flushes.push({ done, fail })),
      makeRoom() {},
      async close() {},
    }
    const store = storeOn(await connect(file), file, disk)
    const [one, two] = readers(2)
    if (!one || !two) return expect.fail('no readers')
    const first = store.subscribers.add([one], noon).catch((error) => error)
    await expect.poll(() => flushes.length).toBe(1)
    const second = store.subscribers.add([two], noon).catch((error) => error)
    await expect.poll(() => flushes.length).toBe(2)
    flushes[0]?.fail(new Error('EIO: i/o error, fdatasync'))
    expect(await first).toMatchObject({ code: 'unavailable' })
    flushes[1]?.done()
    expect(await second).toMatchObject({ code: 'unavailable' })
    await store.close()
    rmSync(folder, { recursive: true })
  })
})
