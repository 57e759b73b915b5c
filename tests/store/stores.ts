import { openPostgresStore } from '../../src/store/postgres/open-store.ts'
import { openSqliteStore } from '../../src/store/sqlite/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { hasPostgres, temporaryPostgres } from './temporary-postgres.ts'
import { temporarySqlite } from './temporary-sqlite.ts'

/** For tests that must hold on every store; those on one that is not there are skipped. */
export const stores = [
  { name: 'SQLite', open: temporarySqlite, isThere: true },
  { name: 'PostgreSQL', open: temporaryPostgres, isThere: hasPostgres },
] as const

/** Opens the store of a test database from another process. */
export function openAt(location: string): Promise<Store> {
  return location.startsWith('postgres:') ? openPostgresStore(location) : openSqliteStore(location)
}
