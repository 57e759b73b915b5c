import type { DatabaseSync } from 'node:sqlite'

/** Takes out all that is held on one address, from the tables and from the file's unused pages. */
export function erase(db: DatabaseSync) {
  const find = db.prepare('SELECT number FROM subscribers WHERE key = ?')
  const skip = db.prepare(`
    UPDATE deliveries SET state = 'skipped', claim = NULL, lease_until = NULL, due_at = NULL, changed_at = :now
    WHERE subscriber = :number AND edition IN (SELECT number FROM editions)
      AND state IN ('pending', 'claimed', 'deferred')`)
  // A relay's reply often quotes the address.
  const silence = db.prepare(`
    UPDATE deliveries SET reply = '' WHERE subscriber = :number AND edition IN (SELECT number FROM editions)`)
  const remove = db.prepare('DELETE FROM subscribers WHERE number = ?')

  return {
    /** Expects to run inside a transaction. */
    erase(key: string, now: Date): boolean {
      const number = find.get(key)?.number
      if (number === undefined) return false
      skip.run({ number, now: now.getTime() })
      silence.run({ number })
      remove.run(number)
      return true
    },

    /** Empties the write-ahead log, which still holds the old pages; a reader elsewhere may keep that from happening. */
    forget(): void {
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    },
  }
}
