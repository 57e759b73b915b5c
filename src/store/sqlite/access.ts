import type { DatabaseSync } from 'node:sqlite'
import { toFault } from './faults.ts'
import { groupCommit, type Write } from './group-commit.ts'

/** What the ledger and the list share: one connection and its manners. */
export interface Access {
  readonly db: DatabaseSync
  /** runs `work` and turns what an operator can mend into a Fault */
  readonly read: <T>(work: () => T) => Promise<T>
  readonly write: Write
}

export function access(db: DatabaseSync, file: string): Access {
  return {
    db,
    write: groupCommit(db, file),
    async read(work) {
      try {
        return work()
      } catch (error) {
        throw toFault(error, file)
      }
    },
  }
}
