import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '../../model/fault.ts'
import { logPages } from './disk.ts'
import { isBusy, toFault } from './faults.ts'
import { migrate } from './migrate.ts'

/** How long a statement waits for other processes, in milliseconds. */
const patience = 10_000

/** One connection, at the newest schema. The caller closes it. */
export async function connect(file: string): Promise<DatabaseSync> {
  createFile(file)
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { timeout: patience, enableForeignKeyConstraints: true })
    // First of all, before anything is written: the file may belong to somebody else.
    migrate(db, file)
    await useWriteAheadLog(db, file)
    // NORMAL: a commit is only appended to the log, and `logOf` brings it to the disk.
    db.exec(
      `PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${logPages};
       PRAGMA secure_delete = FAST; PRAGMA journal_size_limit = 67108864`,
    )
    return db
  } catch (error) {
    db?.close()
    throw toFault(error, file)
  }
}

/** The store holds addresses and tokens: only its owner may read it. SQLite gives its side files the same mode. */
function createFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    closeSync(openSync(file, 'a', 0o600))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Fault(
      'unavailable',
      `store ${file}: cannot be made or written (${reason}); name another place under "store", or make this one writable`,
      { cause },
    )
  }
}

/**
 * SQLite does not wait its usual patience for this one change, so that two first runs at once would fail.
 *
 * @throws {Fault} 'unavailable' where the file system has no memory that processes share: SQLite then goes on without
 *   the log, and what is flushed would be nothing
 */
export async function useWriteAheadLog(db: DatabaseSync, file: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode
      if (mode === 'wal') return
      throw new Fault(
        'unavailable',
        `store ${file}: SQLite cannot keep its write-ahead log on this file system (it stays with '${mode}'); name a file on a local disk under "store", or use postgres://…`,
      )
    } catch (error) {
      if (!isBusy(error) || tries === 50) throw error
      await pause(20 * tries)
    }
  }
}

/**
 * Copies the log into the database and empties it. After a flush that failed, the log may read well and not be on the
 * disk: the kernel keeps such pages in memory, takes them for written, and flushes them no more. Nothing is to be built on
 * them; copied, they are written and flushed anew. Who is at work meanwhile is not waited for to the end: what they have
 * read or written before is copied all the same.
 */
export function emptyLog(db: DatabaseSync, file: string): void {
  try {
    db.exec(
      `PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE);
       PRAGMA busy_timeout = ${patience}`,
    )
  } catch (error) {
    throw toFault(error, file)
  }
}
