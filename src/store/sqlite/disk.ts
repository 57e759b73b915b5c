import { close, fdatasync, openSync } from 'node:fs'
import { promisify } from 'node:util'

/** Where commits are kept. */
export interface Disk {
  /** Resolves when all that was committed before the call outlives a power cut. */
  flush(): Promise<void>
  close(): Promise<void>
}

const flushData = promisify(fdatasync)
const closeFile = promisify(close)

/**
 * The disk under a database in WAL mode with `synchronous = NORMAL`: there a commit is appended to the log and not
 * flushed. Flushing the log then makes it as durable as `FULL` does, on a thread of its own (docs/decisions/0036).
 *
 * @param file of the database, of which a connection is open
 */
export function logOf(file: string): Disk {
  // No lock of SQLite's is on this file, so that closing it releases none (sqlite.org/howtocorrupt.html §2.2).
  let log: number | undefined
  return {
    async flush() {
      // It exists since the first commit, and stays the same file while a connection is open.
      log ??= openSync(`${file}-wal`, 'r+')
      await flushData(log)
    },
    async close() {
      const opened = log
      log = undefined
      if (opened !== undefined) await closeFile(opened)
    },
  }
}

/** For a database in memory. */
export const noDisk: Disk = {
  async flush() {},
  async close() {},
}
