import type { DatabaseSync } from 'node:sqlite'
import { toFault } from './faults.ts'

/** Runs `work`, which must not wait, inside a transaction; resolves when that is durable. */
export type Write = <T>(work: () => T) => Promise<T>

interface Job {
  readonly run: () => void
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/**
 * Makes writes asked for in the same turn of the event loop share one commit, since a commit waits for the disk
 * and the writes themselves do not. One that fails is undone alone; a commit that fails undoes and fails all.
 */
export function groupCommit(db: DatabaseSync, file: string): Write {
  let waiting: Job[] = []

  function flush(): void {
    const jobs = waiting
    waiting = []
    try {
      commit(db, jobs, file)
    } catch (error) {
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK')
      for (const { failed } of jobs) failed(toFault(error, file))
    }
  }

  return (work) =>
    new Promise((resolve, reject) => {
      let settle = () => {}
      waiting.push({
        run: () => {
          const value = work()
          settle = () => resolve(value)
        },
        done: () => settle(),
        failed: reject,
      })
      if (waiting.length === 1) setImmediate(flush)
    })
}

function commit(db: DatabaseSync, jobs: readonly Job[], file: string): void {
  const failures = new Map<Job, unknown>()
  db.exec('BEGIN IMMEDIATE')
  for (const job of jobs) {
    db.exec('SAVEPOINT job')
    try {
      job.run()
    } catch (error) {
      // SQLite itself ends the transaction when the disk is full or fails.
      if (!db.isTransaction) throw error
      db.exec('ROLLBACK TO job')
      failures.set(job, error)
    }
    db.exec('RELEASE job')
  }
  db.exec('COMMIT')
  for (const job of jobs) {
    if (failures.has(job)) job.failed(toFault(failures.get(job), file))
    else job.done()
  }
}
