import { readdirSync, readFileSync } from 'node:fs'
import { Fault } from '../../model/fault.ts'
import type { Query } from './access.ts'

/** "tdng": what those who migrate at once wait for. */
const lock = 0x74646e67

/** Older ones cannot say what became of a transaction. */
const oldestServer = 13

/**
 * Brings the schema `tidings` to this version's. Expects to run inside a transaction. Each migration is a numbered
 * file, immutable once released.
 *
 * @param name of the store, for messages
 * @throws {Fault} 'config-invalid' when the database or the schema is not one we can use
 */
export async function migrate(query: Query, name: string): Promise<void> {
  const files = migrationFiles()
  await checkServer(query, name)
  if ((await versionOf(query, name, files.length)) === files.length) return
  await query({ text: `SELECT pg_advisory_xact_lock(${lock})` })
  const applied = await versionOf(query, name, files.length)
  if (applied === 0) {
    await query({
      text: `CREATE SCHEMA IF NOT EXISTS tidings;
        CREATE TABLE tidings.migrations (
          version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    })
  }
  for (const [index, url] of files.entries()) {
    if (index < applied) continue
    await query({ text: readFileSync(url, 'utf8') })
    await query({ text: `INSERT INTO tidings.migrations (version) VALUES (${index + 1})` })
  }
}

async function checkServer(query: Query, name: string): Promise<void> {
  const { rows } = await query({
    text: `SELECT current_setting('server_version_num')::integer / 10000 AS version,
      getdatabaseencoding() AS encoding`,
  })
  const { version, encoding } = rows[0] ?? {}
  if (Number(version) < oldestServer) {
    throw new Fault(
      'config-invalid',
      `store ${name}: is PostgreSQL ${version}; use ${oldestServer} or newer`,
    )
  }
  if (encoding !== 'UTF8') {
    throw new Fault(
      'config-invalid',
      `store ${name}: keeps text as ${encoding}, which cannot hold every name; make a database with ENCODING 'UTF8'`,
    )
  }
}

async function versionOf(query: Query, name: string, known: number): Promise<number> {
  const { rows: tables } = await query({
    text: `SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('tidings') AND relkind = 'r'`,
  })
  if (tables.length === 0) return 0
  if (!tables.some(({ relname }) => relname === 'migrations')) {
    throw new Fault(
      'config-invalid',
      `store ${name}: its schema 'tidings' belongs to another program; name another database under "store"`,
    )
  }
  const { rows } = await query({
    text: 'SELECT coalesce(max(version), 0) AS version FROM tidings.migrations',
  })
  const version = Number(rows[0]?.version)
  if (version <= known) return version
  throw new Fault(
    'config-invalid',
    `store ${name}: was made by a newer tidings (schema ${version}, this one knows ${known}); use that version`,
  )
}

function migrationFiles(): readonly URL[] {
  const folder = new URL('./migrations/', import.meta.url)
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => new URL(file, folder))
}
