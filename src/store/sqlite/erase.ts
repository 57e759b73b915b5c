import type { DatabaseSync } from 'node:sqlite'
import { domainOf } from '../../mail/address.ts'
import { mailCounters } from '../../subscribers/mailbox.ts'
import { erasedMarks } from './erased.ts'
import { secretKeeper } from './secrets.ts'

/** Takes out all that is held on one address, from the tables and from the file's unused pages; a mark is left. */
export function erase(db: DatabaseSync) {
  const find = db.prepare('SELECT number FROM subscribers WHERE key = ?')
  const skip = db.prepare(`
    UPDATE deliveries SET state = 'skipped', claim = NULL, lease_until = NULL, due_at = NULL, parked = NULL,
      changed_at = :now
    WHERE subscriber = :number AND edition IN (SELECT number FROM editions)
      AND state IN ('pending', 'claimed', 'deferred')`)
  // A relay's reply often quotes the address.
  const silence = db.prepare(`
    UPDATE deliveries SET reply = '' WHERE subscriber = :number AND edition IN (SELECT number FROM editions)`)
  // A domain may be one person's own: its pace goes with the last one who has an address there.
  const forgetDomain = db.prepare(`
    DELETE FROM throttle WHERE key = :domain
      AND NOT EXISTS (SELECT 1 FROM subscribers WHERE substr(key, -length(:domain) - 1) = '@' || :domain)`)
  // Counts stay true without them: an hour tells of nobody.
  const past = db.prepare(`
    INSERT INTO list_past (hour, joins, leaves)
    SELECT at / 3600000 * 3600000, joins, leaves FROM (
      SELECT created_at AS at, 1 AS joins, 0 AS leaves FROM subscribers
      WHERE number = :number AND (status = 'active' OR left_at IS NOT NULL)
      UNION ALL
      SELECT CASE status WHEN 'active' THEN :now ELSE left_at END, 0, 1 FROM subscribers
      WHERE number = :number AND (status = 'active' OR left_at IS NOT NULL)
    ) WHERE true
    ON CONFLICT (hour) DO UPDATE SET joins = joins + excluded.joins, leaves = leaves + excluded.leaves`)
  // What they agreed to goes with it.
  const remove = db.prepare('DELETE FROM subscribers WHERE number = ?')
  const removeJoins = db.prepare('DELETE FROM joins WHERE key = ?')
  const removeCounts = db.prepare('DELETE FROM join_mails WHERE counter = ?')
  const removeChanges = db.prepare('DELETE FROM address_changes WHERE key = ?')
  const secrets = secretKeeper(db)
  const erased = erasedMarks(db)

  /** Whoever asked to join may not be on the list. */
  function eraseJoins(key: string): boolean {
    const secret = secrets.find('mailbox')
    if (secret !== undefined) removeCounts.run(mailCounters(key, secret).mailbox)
    return removeJoins.run(key).changes > 0
  }

  return {
    /** Expects to run inside a transaction. */
    erase(key: string, now: Date): boolean {
      const hasAsked = eraseJoins(key)
      const isNamed = removeChanges.run(key).changes > 0
      const number = find.get(key)?.number
      const isHeld = number !== undefined || hasAsked || isNamed
      if (isHeld) erased.add(key)
      if (number === undefined) return isHeld
      skip.run({ number, now: now.getTime() })
      silence.run({ number })
      past.run({ number, now: now.getTime() })
      remove.run(number)
      forgetDomain.run({ domain: domainOf(key) })
      return true
    },

    /** Empties the write-ahead log, which still holds the old pages; a reader elsewhere may keep that from happening. */
    forget(): void {
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    },
  }
}
