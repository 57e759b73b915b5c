import { randomBytes } from 'node:crypto'
import { userInfo } from 'node:os'
import pg from 'pg'
import { openPostgresStore } from '../../src/store/postgres/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { TestDatabase } from '../contracts/store.ts'

/** A server where we may make databases: TIDINGS_TEST_POSTGRES, or one on this machine that asks for no password. */
const server = new URL(
  process.env.TIDINGS_TEST_POSTGRES ?? `postgres://${userInfo().username}@127.0.0.1:5432/postgres`,
)

/** Whether there is such a server; tests that need it are skipped otherwise, and must not be in .ci/run. */
export const hasPostgres = await canMakeDatabases()

async function canMakeDatabases(): Promise<boolean> {
  try {
    const [row] = await onServer(
      `SELECT rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user`,
    )
    if (row?.may) return true
    throw new Error('the user may not create databases')
  } catch (error) {
    if (process.env.TIDINGS_TEST_NONE_SKIPPED) throw error
    return false
  }
}

export interface TemporaryPostgres extends TestDatabase {
  /** runs a statement as nobody of ours */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
  /** ends all connections of the stores, as a server does that is restarted */
  cutConnections(): Promise<number>
  connect(options?: { patience?: number }): Promise<Store>
}

/** Where nobody is at work and nothing is stored. To make a database, and tables in it, costs more than most tests. */
const idle: string[] = []

/** A database of its own on a real server, gone when disposed of. */
export async function newPostgres(): Promise<TemporaryPostgres> {
  const name = await createDatabase()
  return databaseCalled(name, () => onServer(`DROP DATABASE ${name} WITH (FORCE)`))
}

/** A database of its own on a real server, empty; an earlier test may have made its tables. `globalSetup` drops it. */
export async function temporaryPostgres(): Promise<TemporaryPostgres> {
  const name = idle.pop() ?? (await createDatabase())
  return databaseCalled(name, async () => {
    await empty(urlOf(name))
    idle.push(name)
  })
}

/** Drops what the tests of this run have left on the server. */
export async function dropDatabases(): Promise<void> {
  const rows = await onServer('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [
    prefix(),
  ])
  for (const { datname } of rows) await onServer(`DROP DATABASE ${datname} WITH (FORCE)`)
}

async function createDatabase(): Promise<string> {
  const name = `${prefix()}${randomBytes(6).toString('hex')}`
  await onServer(`CREATE DATABASE ${name}`)
  return name
}

/** Tells the databases of one run from those of others on the same server. */
function prefix(): string {
  return `tidings_test_${process.env.TIDINGS_TEST_RUN}_`
}

function databaseCalled(name: string, leave: () => Promise<unknown>): TemporaryPostgres {
  const url = urlOf(name)
  const stores: Store[] = []
  return {
    location: url.href,
    query: (text, values) => on(url, text, values),
    async cutConnections() {
      const rows = await onServer(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
        [name],
      )
      return rows.length
    },
    async connect(options) {
      const store = await openPostgresStore(url.href, options)
      stores.push(store)
      return store
    },
    async [Symbol.asyncDispose]() {
      for (const store of stores) await store.close()
      await leave()
    },
  }
}

/** Brings a database back to what it was when its tables had just been made. */
async function empty(url: URL): Promise<void> {
  await withClient(url, async (query) => {
    // Connections of senders that were killed, which may hold locks
    await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`)
    const tables = await query(`SELECT tablename FROM pg_tables
      WHERE schemaname = 'tidings' AND tablename <> 'migrations'`)
    if (tables.length === 0) return
    // In one statement, since they refer to each other. TRUNCATE makes new files of all of them: that takes far longer.
    const deletes = tables.map(
      ({ tablename }) => `${tablename}_ AS (DELETE FROM tidings.${tablename})`,
    )
    await query(`WITH ${deletes.join()} SELECT`)
    await query(`SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)
      FROM pg_sequences WHERE schemaname = 'tidings'`)
  })
}

function urlOf(name: string): URL {
  const url = new URL(server)
  url.pathname = name
  return url
}

function onServer(text: string, values?: readonly unknown[]) {
  return on(server, text, values)
}

function on(url: URL, text: string, values?: readonly unknown[]) {
  return withClient(url, (query) => query(text, values))
}

type Query = (text: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>

async function withClient<T>(url: URL, work: (query: Query) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    return await work(async (text, values = []) => (await client.query(text, [...values])).rows)
  } finally {
    await client.end()
  }
}
