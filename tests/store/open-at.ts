import { openPostgresStore } from '../../src/store/postgres/open-store.ts'
import { openSqliteStore } from '../../src/store/sqlite/open-store.ts'
import type { Store } from '../../src/store/store.ts'

/** Opens the store of a test database from another process. */
export function openAt(location: string): Promise<Store> {
  return location.startsWith('postgres:') ? openPostgresStore(location) : openSqliteStore(location)
}
