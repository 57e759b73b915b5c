import { resolve } from 'node:path'
import type { Config } from '../config.ts'
import { Fault } from '../model/fault.ts'
import { openSqliteStore } from '../store/sqlite/open-store.ts'
import type { Store } from '../store/store.ts'

/**
 * Opens the store that the configuration names; the caller closes it.
 *
 * @param copy opens a copy in memory instead, which is gone when it is closed
 */
export async function openStore(
  { root, file, store }: Config,
  { copy = false } = {},
): Promise<Store> {
  if (store.startsWith('sqlite:'))
    return openSqliteStore(resolve(root, store.slice('sqlite:'.length)), { copy })
  throw new Fault(
    'config-invalid',
    `${file}: store: this version keeps its store in SQLite only; write 'sqlite:.tidings/tidings.db'`,
  )
}
