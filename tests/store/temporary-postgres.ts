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

/** A database of its own on a real server, gone when disposed of. */
export async function temporaryPostgres(): Promise<TemporaryPostgres> {
  const name = `tidings_test_${randomBytes(6).toString('hex')}`
  await onServer(`CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = name
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
      await onServer(`DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

function onServer(text: string, values?: readonly unknown[]) {
  return on(server, text, values)
}

async function on(url: URL, text: string, values: readonly unknown[] = []) {
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text, [...values])).rows
  } finally {
    await client.end()
  }
}
