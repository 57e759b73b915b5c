import type { Store } from '../store.ts'
import type { Access } from './access.ts'
import { postgresAddressChanges } from './address-changes.ts'
import { connectOnce, nameOf, queryOn } from './connection.ts'
import { toFault } from './faults.ts'
import { postgresFeedback } from './feedback.ts'
import { postgresJoins } from './joins.ts'
import { postgresLedger } from './ledger.ts'
import { migrate } from './migrate.ts'
import { pooled } from './pooled.ts'
import { rehearsal } from './rehearsal.ts'
import { postgresSecrets } from './secrets.ts'
import { postgresStatistics } from './statistics.ts'
import { postgresSubscribers } from './subscribers.ts'
import { postgresThrottle } from './throttle.ts'

/** Of the sending loop's statements, so many are on their way at once: one gathers while the others wait for the disk. */
const lanes = 2

/**
 * Opens a store that any number of machines share, and makes its tables first where there are none (in the schema
 * `tidings`). The caller closes it, after its last write has resolved.
 *
 * When the server is lost later, what was asked goes on being tried for `patience`: so a restart costs a pause.
 *
 * @param url postgres://USER:PASSWORD@HOST:PORT/DATABASE, as libpq knows it
 * @param patience milliseconds; shorter than the lease of claims, default half a minute
 * @throws {Fault} 'unavailable' when the server is out of reach, 'config-invalid' when it does not let us in or the
 *   database is not ours to use
 */
export async function openPostgresStore(url: string, { patience = 30_000 } = {}): Promise<Store> {
  const name = nameOf(url)
  await prepare(url, name)
  return storeOn(pooled(url, { name, lanes, patience }))
}

/**
 * Opens a store for trying things out: nothing that is written there stays when it is closed, nor are tables made
 * where there are none. Whoever writes the same rows waits until then.
 *
 * @throws {Fault} as `openPostgresStore` does
 */
export async function openPostgresCopy(url: string): Promise<Store> {
  const name = nameOf(url)
  const access = await rehearsal(url, name)
  try {
    await access.write((query) => migrate(query, name))
  } catch (error) {
    await access.close()
    throw error
  }
  return storeOn(access)
}

/** On a connection of its own, that is not tried again: who mistyped the host hears of it at once. */
async function prepare(url: string, name: string): Promise<void> {
  try {
    const client = await connectOnce(url)
    try {
      const query = queryOn(client)
      await query({ text: 'BEGIN' })
      await migrate(query, name)
      await query({ text: 'COMMIT' })
    } finally {
      await client.end()
    }
  } catch (error) {
    throw toFault(error, name)
  }
}

function storeOn(access: Access): Store {
  let closed: Promise<void> | undefined
  return {
    ledger: postgresLedger(access, lanes),
    subscribers: postgresSubscribers(access),
    throttle: postgresThrottle(access),
    joins: postgresJoins(access),
    changes: postgresAddressChanges(access),
    secrets: postgresSecrets(access),
    feedback: postgresFeedback(access),
    statistics: postgresStatistics(access),
    close() {
      closed ??= access.close()
      return closed
    },
  }
}
