import { readdirSync, readFileSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../model/fault.ts'

/** "tdng" in the file's header (PRAGMA application_id): how `file` and we know our own stores. */
const applicationId = 0x74646e67

interface Migration {
  readonly version: number
  readonly url: URL
}

/**
 * Brings the schema to this version's. Each migration is a numbered file, immutable once released; PRAGMA
 * user_version counts those that were applied, and is read again under the write lock.
 *
 * @throws {Fault} 'config-invalid' when the file is another program's or a newer version's
 */
export function migrate(db: DatabaseSync, file: string): void {
  const migrations = readMigrations()
  // One snapshot for all its questions: another process may be making the same store at this moment.
  if (inside(db, 'BEGIN', () => isCurrent(db, file, migrations))) return
  inside(db, 'BEGIN IMMEDIATE', () => {
    if (!isCurrent(db, file, migrations)) apply(db, migrations)
  })
}

function inside<T>(db: DatabaseSync, begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T {
  db.exec(begin)
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function apply(db: DatabaseSync, migrations: readonly Migration[]): void {
  const applied = pragma(db, 'main.user_version')
  for (const { url, version } of migrations) {
    if (version > applied) db.exec(readFileSync(url, 'utf8'))
  }
  db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`)
}

function isCurrent(db: DatabaseSync, file: string, migrations: readonly Migration[]): boolean {
  return demandOurs(db, file) === migrations.length
}

/**
 * Looks at whose database it is.
 *
 * @param schema the name under which it is attached
 * @returns its version
 * @throws {Fault} 'config-invalid' when it is another program's or a newer version's
 */
export function demandOurs(db: DatabaseSync, file: string, schema = 'main'): number {
  const known = readMigrations().length
  const version = pragma(db, `${schema}.user_version`)
  if (pragma(db, `${schema}.application_id`) !== applicationId && !isEmpty(db, schema)) {
    throw new Fault(
      'config-invalid',
      `store ${file}: is a database of another program; name another file under "store"`,
    )
  }
  if (version > known) {
    throw new Fault(
      'config-invalid',
      `store ${file}: was made by a newer tidings (schema ${version}, this one knows ${known}); use that version`,
    )
  }
  return version
}

function isEmpty(db: DatabaseSync, schema: string): boolean {
  return db.prepare(`SELECT 1 FROM ${schema}.sqlite_schema`).get() === undefined
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}

function readMigrations(): readonly Migration[] {
  const folder = new URL('./migrations/', import.meta.url)
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  return files.map((name, index) => ({ version: index + 1, url: new URL(name, folder) }))
}
