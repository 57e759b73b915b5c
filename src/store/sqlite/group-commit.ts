import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../model/fault.ts'
import type { Disk } from './disk.ts'
import { toFault } from './faults.ts'

/**
 * Runs `work`, which must not wait, inside a transaction; resolves when that is durable. It may be run again, when it was
 * undone because of another one that failed: it changes nothing but the store.
 */
export type Write = <T>(work: () => T) => Promise<T>

export interface GroupCommit {
  readonly write: Write
  /** Takes no more writes; resolves when nothing is on its way to the disk. */
  close(): Promise<void>
}

interface Job {
  readonly run: () => void
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** So many flushes are on their way at once, where the disk is slow: one commit need not wait until the one before is on it. */
const mostFlushes = 2
/** A flush that takes longer is slow, milliseconds. A quick one is worth waiting for: the next commit then carries more. */
const slowFlush = 2
/** After so many commits of one connection many more are to be expected, and the log is made long enough for them. */
const manyCommits = 100

/**
 * Makes writes asked for within two turns of the event loop, or while the disk is busy with earlier ones, share one
 * commit, since a commit waits for the disk and the writes themselves do not. One that fails is undone alone; a commit
 * that fails undoes and fails all. Who waits for the disk, this thread or another, `disk` decides.
 */
export function groupCommit(db: DatabaseSync, file: string, disk: Disk): GroupCommit {
  const commit = transaction(db, file, disk)
  let waiting: Job[] = []
  let isScheduled = false
  /** why nothing can be written any more */
  let broken: Fault | undefined
  let isClosed = false
  const flushes = new Set<Promise<void>>()
  let lastFlushAt = 0

  function mayFlush(): boolean {
    if (flushes.size === 0) return true
    return flushes.size < mostFlushes && performance.now() - lastFlushAt > slowFlush
  }

  function schedule(): void {
    if (isScheduled || waiting.length === 0 || !mayFlush()) return
    isScheduled = true
    // A turn later: what other sockets bring meanwhile shares the commit, which costs as much as all that it carries
    setImmediate(() => setImmediate(commitWaiting))
  }

  function commitWaiting(): void {
    isScheduled = false
    const jobs = waiting
    waiting = []
    try {
      if (broken) throw broken
      if (isClosed) throw new Error(`store ${file} is closed`)
      const written = commit(jobs)
      lastFlushAt = performance.now()
      const flush = settle(written, () => flushes.delete(flush))
      flushes.add(flush)
    } catch (error) {
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK')
      for (const { failed } of jobs) failed(toFault(error, file))
    }
  }

  async function settle(written: readonly Job[], ended: () => void): Promise<void> {
    try {
      await disk.flush()
    } catch (cause) {
      // What the kernel could not write it may forget, and say nothing the next time: nothing after that is certain.
      const reason = cause instanceof Error ? cause.message : String(cause)
      broken ??= new Fault(
        'unavailable',
        `store ${file}: the disk could not be written (${reason}); look at the disk, then run this again`,
        { cause },
      )
    }
    ended()
    // A later commit is worth nothing without the one before it, though its own flush went well.
    for (const { done, failed } of written) {
      if (broken) failed(broken)
      else done()
    }
    schedule()
  }

  return {
    write: (work) =>
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
        schedule()
      }),
    async close() {
      isClosed = true
      await Promise.all(flushes)
    },
  }
}

/** @returns the jobs that were committed; the others have heard of their failure */
function transaction(db: DatabaseSync, file: string, disk: Disk) {
  let commits = 0
  const statement = (text: string) => db.prepare(text)
  const begin = statement('BEGIN IMMEDIATE')
  const savepoint = statement('SAVEPOINT job')
  const undo = statement('ROLLBACK TO job')
  const release = statement('RELEASE job')
  const rollback = statement('ROLLBACK')
  const end = statement('COMMIT')

  function oneByOne(jobs: readonly Job[]): readonly Job[] {
    const failures = new Map<Job, unknown>()
    begin.run()
    for (const job of jobs) {
      savepoint.run()
      try {
        job.run()
      } catch (error) {
        // SQLite itself ends the transaction when the disk is full or fails.
        if (!db.isTransaction) throw error
        undo.run()
        failures.set(job, error)
      }
      release.run()
    }
    end.run()
    for (const [job, error] of failures) job.failed(toFault(error, file))
    return failures.size === 0 ? jobs : jobs.filter((job) => !failures.has(job))
  }

  return (jobs: readonly Job[]): readonly Job[] => {
    begin.run()
    commits += 1
    if (commits % manyCommits === 0) disk.makeRoom()
    try {
      for (const job of jobs) job.run()
    } catch (error) {
      if (jobs.length === 1 || !db.isTransaction) throw error
      // Savepoints are for this case alone: two statements more for each job would cost a twelfth of what jobs do.
      rollback.run()
      return oneByOne(jobs)
    }
    end.run()
    return jobs
  }
}
