import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { access } from '../../src/store/sqlite/access.ts'
import { connect, useWriteAheadLog } from '../../src/store/sqlite/connection.ts'
import { openSqliteCopy } from '../../src/store/sqlite/open-copy.ts'
import { openSqliteStore } from '../../src/store/sqlite/open-store.ts'
import { sqliteSubscribers } from '../../src/store/sqlite/subscribers.ts'
import { feedbackContract } from '../contracts/feedback.ts'
import { joinsContract } from '../contracts/joins.ts'
import { ledgerContract } from '../contracts/ledger.ts'
import { preferencesContract } from '../contracts/preferences.ts'
import { secretsContract } from '../contracts/secrets.ts'
import { statisticsContract } from '../contracts/statistics.ts'
import { all, edition, noon, readers } from '../contracts/store.ts'
import { subscribersContract } from '../contracts/subscribers.ts'
import { throttleContract } from '../contracts/throttle.ts'
import { temporarySqlite } from './temporary-sqlite.ts'

describe('on SQLite', () => {
  ledgerContract(temporarySqlite)
  subscribersContract(temporarySqlite)
  statisticsContract(temporarySqlite)
  preferencesContract(temporarySqlite)
  throttleContract(temporarySqlite)
  secretsContract(temporarySqlite)
  joinsContract(temporarySqlite)
  feedbackContract(temporarySqlite)
})

describe('the file of a store', () => {
  it('is made with its folder, for its owner only', async () => {
    await using database = await temporarySqlite()
    await database.connect()
    for (const name of await readdir(join(database.folder, 'sub'))) {
      expect((await stat(join(database.folder, 'sub', name))).mode & 0o077).toBe(0)
    }
  })

  it('can be made by several processes at once', async () => {
    await using database = await temporarySqlite()
    const children = Array.from({ length: 6 }, () =>
      fork(join(import.meta.dirname, 'open-child.ts'), [database.file]),
    )
    const codes = await Promise.all(children.map((child) => once(child, 'exit')))
    expect(codes.map(([code]) => code)).toEqual(Array(6).fill(0))
    const { subscribers } = await database.connect()
    expect((await subscribers.counts()).active).toBe(6)
  })

  it('keeps what was written when it is opened again', async () => {
    await using database = await temporarySqlite()
    const first = await database.connect()
    await first.subscribers.add(readers(2), noon)
    await first.ledger.open(edition('one'))
    await first.close()
    const second = await database.connect()
    expect(await second.ledger.counts('one')).toMatchObject({ pending: 2 })
  })

  it('may be a link to one on another disk: what was written is there, and in the log beside it', async () => {
    await using database = await temporarySqlite()
    await (await database.connect()).subscribers.add(readers(1), noon)
    const link = join(database.folder, 'link.db')
    await symlink(database.file, link)
    const store = await openSqliteStore(link)
    await store.subscribers.add(readers(2), noon)
    expect(await all(store.subscribers.list())).toHaveLength(2)
    await store.close()
    expect(existsSync(`${link}-wal`)).toBe(false)
  })

  it('has a log with room for many commits once it is written again and again, and not before', async () => {
    await using database = await temporarySqlite()
    const { subscribers } = await database.connect()
    const length = async () => (await stat(`${database.file}-wal`)).size
    const people = readers(110)
    for (const one of people.slice(0, 50)) await subscribers.add([one], noon)
    expect(await length()).toBeLessThan(4_000_000)
    for (const one of people.slice(50)) await subscribers.add([one], noon)
    expect(await length()).toBeGreaterThan(16_000_000)
    expect((await subscribers.counts()).active).toBe(110)
    const other = await database.connect()
    expect((await other.subscribers.counts()).active).toBe(110)
  })

  it('on a file system without memory that processes share is refused with the remedy', async () => {
    await using database = await temporarySqlite()
    // This way of SQLite's to lock a file is for file systems that can no more than make folders.
    const db = new DatabaseSync(`file:${join(database.folder, 'far.db')}?vfs=unix-dotfile`)
    await expect(useWriteAheadLog(db, 'far.db')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^store far\.db: .*write-ahead log.*'delete'.*local disk/),
    })
    db.close()
  })

  it('holds all that the log holds once it is opened for sending, and not before', async () => {
    await using database = await temporarySqlite()
    const { subscribers } = await database.connect()
    await subscribers.add(readers(3), noon)
    const log = `${database.file}-wal`
    await (await openSqliteStore(database.file)).close()
    expect((await stat(log)).size).toBeGreaterThan(0)
    await (await openSqliteStore(database.file, { toSend: true })).close()
    expect((await stat(log)).size).toBe(0)
    const alone = join(database.folder, 'alone.db')
    await copyFile(database.file, alone)
    const copy = await openSqliteStore(alone)
    expect((await copy.subscribers.counts()).active).toBe(3)
    await copy.close()
    await subscribers.add(readers(4), noon)
    expect((await subscribers.counts()).active).toBe(4)
  })

  it('is opened for sending while somebody writes to it', async () => {
    await using database = await temporarySqlite()
    const { subscribers } = await database.connect()
    await subscribers.add(readers(3), noon)
    const other = await connect(database.file)
    other.exec('BEGIN IMMEDIATE')
    const store = await openSqliteStore(database.file, { toSend: true })
    expect((await store.subscribers.counts()).active).toBe(3)
    other.exec('ROLLBACK')
    other.close()
    await store.close()
  })

  it('of a newer version is refused with a word on what to do', async () => {
    await using database = await temporarySqlite()
    await (await database.connect()).close()
    const raw = new DatabaseSync(database.file)
    raw.exec('PRAGMA user_version = 9999')
    raw.close()
    await expect(database.connect()).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(/made by a newer tidings/),
    })
  })

  it('of another program is refused and left as it was', async () => {
    await using database = await temporarySqlite()
    const file = join(database.folder, 'other.db')
    const raw = new DatabaseSync(file)
    raw.exec('CREATE TABLE theirs (a); PRAGMA user_version = 1')
    raw.close()
    const before = await readFile(file)
    await expect(openSqliteStore(file)).rejects.toMatchObject({ code: 'config-invalid' })
    expect(await readFile(file)).toEqual(before)
  })

  it('that is no database is refused and left as it was', async () => {
    await using database = await temporarySqlite()
    const file = join(database.folder, 'notes.txt')
    await writeFile(file, 'Not a database at all. '.repeat(100))
    await expect(openSqliteStore(file)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/not an SQLite database/),
    })
    expect(await readFile(file, 'utf8')).toMatch(/^Not a database/)
  })

  it('that cannot be made is named with the reason', async () => {
    await using database = await temporarySqlite()
    const file = join(database.folder, 'file')
    await writeFile(file, '')
    await expect(openSqliteStore(join(file, 'tidings.db'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(join(file, 'tidings.db')),
    })
  })

  it('that was cut off is told to be damaged, not answered from', async () => {
    await using database = await temporarySqlite()
    const store = await database.connect()
    await store.subscribers.add(readers(90), noon)
    await store.close()
    await truncate(database.file, 8192)
    const check = async () => (await database.connect()).subscribers.add(readers(99), noon)
    await expect(check()).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('leaves no trace of an erased address in the file', async () => {
    await using database = await temporarySqlite()
    const { subscribers } = await database.connect()
    const secret = 'very-personal-address@example.org'
    await subscribers.add([...readers(30), { address: secret, name: 'Very Personal' }], noon)
    await subscribers.erase(secret, noon)
    for (const name of await readdir(join(database.folder, 'sub'))) {
      const bytes = await readFile(join(database.folder, 'sub', name), 'latin1')
      expect(bytes).not.toContain('very-personal')
      expect(bytes).not.toContain('Very Personal')
    }
  })
})

describe('a copy of a store', () => {
  it('knows what the store knows, and takes what is tried on it with it when it is closed', async () => {
    await using database = await temporarySqlite()
    const { subscribers, ledger } = await database.connect()
    await subscribers.add(readers(3), noon)
    const copy = await openSqliteCopy(database.file)
    expect(await copy.ledger.open(edition('one'))).toBe(3)
    await copy.close()
    expect(await ledger.editions()).toEqual([])
  })

  it('does not make a store that is not there', async () => {
    await using database = await temporarySqlite()
    const copy = await openSqliteCopy(database.file)
    expect((await copy.subscribers.counts()).active).toBe(0)
    await copy.close()
    expect(await readdir(database.folder)).toEqual([])
  })
})

describe('a write that fails', () => {
  it('is undone alone when others share its commit', async () => {
    await using database = await temporarySqlite()
    const { subscribers } = await database.connect()
    const results = await Promise.allSettled([
      subscribers.add([{ address: 'ann@example.org', name: '' }], noon),
      subscribers.add(
        [
          { address: 'bob@example.org', name: '' },
          { address: '?', name: '' },
        ],
        noon,
      ),
      subscribers.add([{ address: 'cyd@example.org', name: '' }], noon),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const found = await all(subscribers.list())
    expect(found.map(({ address }) => address)).toEqual(['ann@example.org', 'cyd@example.org'])
  })

  it('for a full disk says so, and the store goes on when there is room', async () => {
    await using database = await temporarySqlite()
    const { subscribers } = await database.connect()
    const db = await connect(database.file)
    const full = sqliteSubscribers(access(db, database.file))
    // SQLite answers a database that may not grow as it answers a full disk.
    db.exec('PRAGMA max_page_count = 60')
    const many = Array.from({ length: 5000 }, (_, n) => ({
      address: `r${n}@example.org`,
      name: '',
    }))
    await expect(full.add(many, noon)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/disk is full/),
    })
    expect((await subscribers.counts()).active).toBe(0)
    expect(await full.add(readers(3), noon)).toHaveLength(3)
    db.close()
  })
})
