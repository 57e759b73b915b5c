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
 * @param file of the database, of which a connection is open: as SQLite names it, where links lead
 */
export function logOf(file: string): Disk {
  // No lock of SQLite's is on this file, so that closing it releases none (sqlite.org/howtocorrupt.html §2.2).
  const idle: number[] = []
  return {
    async flush() {
      // It exists since the first commit, and stays the same file while a connection is open. Each flush on its way has a
      // descriptor of its own: Linux tells each of a failure once, and not which of two flushes over one has met it.
      const log = idle.pop() ?? openSync(`${file}-wal`, 'r+')
      try {
        await flushData(log)
      } finally {
        idle.push(log)
      }
    },
    async close() {
      await Promise.all(idle.splice(0).map((log) => closeFile(log)))
    },
  }
}

/** For a database in memory. */
export const noDisk: Disk = {
  async flush() {},
  async close() {},
}
