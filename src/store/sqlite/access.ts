import type { DatabaseSync } from 'node:sqlite'
import { type Disk, logOf, noDisk } from './disk.ts'
import { toFault } from './faults.ts'
import { groupCommit, type Write } from './group-commit.ts'

/** What the ledger and the list share: one connection and its manners. */
export interface Access {
  readonly db: DatabaseSync
  /** runs `work` and turns what an operator can mend into a Fault */
  readonly read: <T>(work: () => T) => Promise<T>
  readonly write: Write
  /** Closes the connection when the last write has come to its end. */
  close(): Promise<void>
}

/** @param disk where the commits of this connection are kept: its log, unless it is in memory */
export function access(db: DatabaseSync, file: string, disk: Disk = diskOf(db)): Access {
  const commits = groupCommit(db, file, disk)
  return {
    db,
    write: commits.write,
    async read(work) {
      try {
        return work()
      } catch (error) {
        throw toFault(error, file)
      }
    },
    async close() {
      await commits.close()
      await disk.close()
      if (db.isOpen) db.close()
    },
  }
}

/** By SQLite's own name of the file: `file` may be a link, and the log stands beside what it leads to. */
export function diskOf(db: DatabaseSync, { isAlone = false } = {}): Disk {
  const location = db.location()
  return location === null ? noDisk : logOf(location, { isAlone })
}
