import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Store } from '../store.ts'
import { toFault } from './faults.ts'
import { demandOurs, migrate } from './migrate.ts'
import { storeOn } from './open-store.ts'

/**
 * Opens a copy of the embedded store, for trying things out: the store itself is not written, nor made where there
 * is none. The copy is in memory, so that nothing of it outlives the process, however that ends.
 *
 * @throws {Fault} as `openSqliteStore` does
 */
export async function openSqliteCopy(file: string): Promise<Store> {
  const db = new DatabaseSync(':memory:', { timeout: 10_000 })
  try {
    migrate(db, file)
    if (existsSync(file)) copyInto(db, file)
    db.exec('PRAGMA foreign_keys = ON')
    return storeOn(db, file)
  } catch (error) {
    db.close()
    throw toFault(error, file)
  }
}

/** A true copy of this instant, even while others write. */
function copyInto(db: DatabaseSync, file: string): void {
  db.prepare('ATTACH ? AS source').run(file)
  demandOurs(db, file, 'source')
  db.exec('PRAGMA foreign_keys = OFF; BEGIN')
  const tables = db.prepare(
    "SELECT name FROM source.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  )
  const columns = db.prepare("SELECT name FROM pragma_table_info(?, 'source')")
  for (const { name: table } of tables.all()) {
    const names = columns.all(table ?? null).map(({ name }) => `"${name}"`)
    db.exec(`INSERT INTO main."${table}" (${names}) SELECT ${names} FROM source."${table}"`)
  }
  db.exec('COMMIT; DETACH source')
}
