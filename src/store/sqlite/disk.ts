import { close, fdatasync, fdatasyncSync, fstatSync, openSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'

/** Where commits are kept. */
export interface Disk {
  /** Resolves when all that was committed before the call outlives a power cut. */
  flush(): Promise<void>
  /** Lengthens the log for many commits to come. Only inside a transaction that may write: nobody else does then. */
  makeRoom(): void
  close(): Promise<void>
}

/** The log is copied into the database when it has so many pages: rarely, since that holds up the thread. */
export const logPages = 4000
const page = 4096 + 24
const wholeLog = 32 + logPages * page

/** A flush that takes no longer is quick, milliseconds. */
const quick = 2
/** After so many quick ones in a row the next one is expected to be quick. */
const manyQuick = 50

const flushData = promisify(fdatasync)
const closeFile = promisify(close)

/**
 * The disk under a database in WAL mode with `synchronous = NORMAL`: there a commit is appended to the log and not
 * flushed. Flushing the log then makes it as durable as `FULL` does, on a thread of its own (docs/decisions/0036).
 *
 * @param file of the database, of which a connection is open: as SQLite names it, where links lead
 * @param options `room`: how long the log is made; `isAlone`: nobody but who waits for the disk is held up by it: while it
 *   is quick, it is waited for on this thread, which saves the way to another one and back
 */
export function logOf(file: string, { room = wholeLog, isAlone = false } = {}): Disk {
  // No lock of SQLite's is on this file, so that closing it releases none (sqlite.org/howtocorrupt.html §2.2).
  const idle: number[] = []
  const openLog = () => openSync(`${file}-wal`, 'r+')
  let inARow = 0
  return {
    async flush() {
      // It exists since the first commit, and stays the same file while a connection is open. Each flush on its way has a
      // descriptor of its own: Linux tells each of a failure once, and not which of two flushes over one has met it.
      const log = idle.pop() ?? openLog()
      const began = performance.now()
      try {
        if (isAlone && inARow >= manyQuick) fdatasyncSync(log)
        else await flushData(log)
      } finally {
        idle.push(log)
        inARow = performance.now() - began <= quick ? inARow + 1 : 0
      }
    },
    makeRoom() {
      try {
        const log = idle.pop() ?? openLog()
        idle.push(log)
        const { size } = fstatSync(log)
        if (size < room) writeSync(log, new Uint8Array(room - size), 0, room - size, size)
      } catch {
        // Nothing is lost but speed: where there is no room for it, SQLite says so when it needs some.
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
  makeRoom() {},
  async close() {},
}
