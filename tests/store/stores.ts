import { hasPostgres, temporaryPostgres } from './temporary-postgres.ts'
import { temporarySqlite } from './temporary-sqlite.ts'

/** For tests that must hold on every store; those on one that is not there are skipped. */
export const stores = [
  { name: 'SQLite', open: temporarySqlite, isThere: true },
  { name: 'PostgreSQL', open: temporaryPostgres, isThere: hasPostgres },
] as const
