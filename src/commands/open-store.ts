import { resolve } from 'node:path'
import type { Config } from '../config.ts'
import { Fault } from '../model/fault.ts'
import { openSqliteCopy } from '../store/sqlite/open-copy.ts'
import { openSqliteStore } from '../store/sqlite/open-store.ts'
import type { Store } from '../store/store.ts'

/**
 * Opens the store that the configuration names; the caller closes it.
 *
 * @param use `copy`: a rehearsal, what is written there is gone when it is closed; `toSend`: messages will be sent by it;
 *   `isAlone`: by a process that serves nobody else meanwhile
 */
export async function openStore(
  { root, file: config, store }: Config,
  { copy = false, toSend = false, isAlone = false } = {},
): Promise<Store> {
  if (store.startsWith('env:')) {
    const name = store.slice('env:'.length)
    throw new Fault(
      'config-invalid',
      `${config}: store: the environment variable ${name} is not set`,
    )
  }
  if (!store.startsWith('sqlite:')) {
    // Most publications never need its driver.
    const postgres = await import('../store/postgres/open-store.ts')
    return copy ? postgres.openPostgresCopy(store) : postgres.openPostgresStore(store)
  }
  const file = resolve(root, store.slice('sqlite:'.length))
  return copy ? openSqliteCopy(file) : openSqliteStore(file, { toSend, isAlone })
}
