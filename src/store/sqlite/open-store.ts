import type { DatabaseSync } from 'node:sqlite'
import type { Store } from '../store.ts'
import { access, diskOf } from './access.ts'
import { sqliteAddressChanges } from './address-changes.ts'
import { connect, emptyLog } from './connection.ts'
import type { Disk } from './disk.ts'
import { sqliteFeedback } from './feedback.ts'
import { sqliteJoins } from './joins.ts'
import { sqliteLedger } from './ledger.ts'
import { sqliteSecrets } from './secrets.ts'
import { sqliteStatistics } from './statistics.ts'
import { sqliteSubscribers } from './subscribers.ts'
import { sqliteThrottle } from './throttle.ts'

/**
 * Opens the embedded store, and makes it first where there is none. Any number of processes on one machine may
 * have it open. The caller closes it, after its last write has resolved.
 *
 * @param file path of the database; its folder is made
 * @param options `toSend`: what earlier processes wrote is brought to the disk first, whatever became of them; `isAlone`: see
 *   `logOf`
 * @throws {Fault} 'unavailable' when the file cannot be used, 'config-invalid' when it is not ours to use
 */
export async function openSqliteStore(
  file: string,
  { toSend = false, isAlone = false } = {},
): Promise<Store> {
  const db = await connect(file)
  try {
    if (toSend) emptyLog(db, file)
    return storeOn(db, file, diskOf(db, { isAlone }))
  } catch (error) {
    db.close()
    throw error
  }
}

/** The store on a connection, which it closes in the end; `disk` as in `access`. */
export function storeOn(db: DatabaseSync, file: string, disk?: Disk): Store {
  const shared = access(db, file, disk)
  return {
    ledger: sqliteLedger(shared),
    subscribers: sqliteSubscribers(shared),
    throttle: sqliteThrottle(shared),
    joins: sqliteJoins(shared),
    changes: sqliteAddressChanges(shared),
    secrets: sqliteSecrets(shared),
    feedback: sqliteFeedback(shared),
    statistics: sqliteStatistics(shared),
    close: shared.close,
  }
}
