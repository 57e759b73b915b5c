import { chmodSync, closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { Fault } from '../../model/fault.ts'
import { toFault } from './faults.ts'
import { demandOurs } from './migrate.ts'

export interface Backup {
  readonly bytes: number
  readonly subscribers: number
  readonly editions: number
}

/** All pages in one go: between two, a writer would make it begin anew, for ever under a busy sender. */
const step = 2 ** 31 - 1

/**
 * Copies the embedded store as it is at one instant, while others write to it. The copy is checked before it takes its name: a
 * file that stands there is whole.
 *
 * @param target must not be there; only its owner may read it, as the store
 * @throws {Fault} 'usage' when there is a file already, or no store; 'unavailable' when either cannot be used
 */
export async function backupSqlite(file: string, target: string): Promise<Backup> {
  if (existsSync(target)) throw new Fault('usage', `${target}: is there already; name a new file`)
  if (!existsSync(file)) throw new Fault('usage', `store ${file}: there is none yet`)
  const partial = `${target}.partial`
  createFile(partial)
  try {
    const source = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
    try {
      demandOurs(source, file)
      await backup(source, partial, { rate: step })
    } finally {
      source.close()
    }
    const counts = check(partial)
    chmodSync(partial, 0o600)
    // A file that appeared meanwhile stays
    if (existsSync(target)) throw new Fault('usage', `${target}: is there already; name a new file`)
    renameSync(partial, target)
    return { bytes: statSync(target).size, ...counts }
  } catch (error) {
    throw toFault(error, file)
  } finally {
    for (const rest of ['', '-journal', '-wal', '-shm']) rmSync(partial + rest, { force: true })
  }
}

function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason =
      code === 'EEXIST'
        ? 'is there: another backup is being made, or one was cut off; delete it if not'
        : `cannot be made: ${message}`
    throw new Fault('usage', `${path}: ${reason}`, { cause })
  }
}

/** Reads all of the copy once, and leaves it as one file that needs no other. */
function check(path: string): Pick<Backup, 'subscribers' | 'editions'> {
  const db = new DatabaseSync(path)
  try {
    db.exec('PRAGMA journal_mode = DELETE')
    const said = db.prepare('PRAGMA integrity_check').all()
    const [first] = said.map((row) => String(row.integrity_check))
    if (first !== 'ok') {
      const message = `the copy is damaged (${first}), and so the store may be; run 'sqlite3 FILE "PRAGMA integrity_check"' on it`
      throw new Fault('unavailable', message)
    }
    const count = (table: string) =>
      Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n)
    return { subscribers: count('subscribers'), editions: count('editions') }
  } finally {
    db.close()
  }
}
