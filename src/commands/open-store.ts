import { resolve } from 'node:path'
import type { Config } from '../config.ts'
import { Fault } from '../model/fault.ts'
import { openSqliteCopy } from '../store/sqlite/open-copy.ts'
import { openSqliteStore } from '../store/sqlite/open-store.ts'
import type { Store } from '../store/store.ts'

/**
 * Opens the store that the configuration names; the caller closes it.
 *
 * @param copy opens a copy instead, which is gone when it is closed
 */
export async function openStore(
  { root, file, store }: Config,
  { copy = false } = {},
): Promise<Store> {
  const sqlite = copy ? openSqliteCopy : openSqliteStore
  if (store.startsWith('sqlite:')) return sqlite(resolve(root, store.slice('sqlite:'.length)))
  throw new Fault(
    'config-invalid',
    `${file}: store: this version keeps its store in SQLite only; write 'sqlite:.tidings/tidings.db'`,
  )
}
