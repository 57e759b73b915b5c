import { userInfo } from 'node:os'
import pg from 'pg'
import { Fault } from '../../model/fault.ts'
import type { Query } from './access.ts'

const second = 1000

// As libpq does; under cron there is no USER in the environment, which pg relies on.
pg.defaults.user ||= userInfo().username

/** How long a statement waits for locks of others: shorter than a lease. */
const lockTimeout = 30 * second

/** Sent once a connection: what our promises rest on, whatever the server's defaults are. */
const manners = `
  SET client_min_messages = warning; SET datestyle = ISO;
  SET lock_timeout = ${lockTimeout};
  -- A machine that vanishes in mid-transaction must not keep its locks until TCP notices.
  SET idle_in_transaction_session_timeout = ${60 * second};
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`

/**
 * Connections of one process: few, since writes share them.
 *
 * @param settings statements that each of them begins with
 */
export function openPool(url: string, connections: number, settings = ''): pg.Pool {
  const pool = new pg.Pool({
    ...options(url),
    max: connections,
    idleTimeoutMillis: 30 * second,
    onConnect: (client) => prepare(client, settings),
  })
  // A link that breaks while nobody uses it is replaced when it is needed.
  pool.on('error', () => {})
  return pool
}

/** One connection outside any pool. The caller ends it. */
export async function connectOnce(url: string): Promise<pg.Client> {
  const client = new pg.Client(options(url))
  client.on('error', () => {})
  await client.connect()
  await prepare(client)
  return client
}

export function queryOn(client: pg.ClientBase, timeout?: number): Query {
  return async ({ values, ...statement }) => {
    const { rows, rowCount } = await client.query({
      ...statement,
      ...(values ? { values: [...values] } : {}),
      ...(timeout === undefined ? {} : { query_timeout: timeout }),
    })
    return { rows, count: rowCount ?? 0 }
  }
}

/** The URL as it may be shown: without the password. */
export function nameOf(url: string): string {
  return url
    .replace(/^(\w+:\/\/[^/?#]*?):[^/?#]*@/, '$1@')
    .replace(/([?&]password=)[^&#]*/gi, '$1…')
}

function options(connectionString: string): pg.ClientConfig {
  // An @ after the host is of a password with a slash or # in it, which must not be shown.
  const { pathname, hash } = URL.parse(connectionString) ?? { pathname: '@', hash: '' }
  if (`${pathname}${hash}`.includes('@')) {
    throw new Fault(
      'config-invalid',
      `store: the URL of the database cannot be read; write postgres://USER:PASSWORD@HOST:5432/DATABASE, with %XX for special characters in the password`,
    )
  }
  return {
    connectionString,
    application_name: 'tidings',
    connectionTimeoutMillis: 10 * second,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10 * second,
  }
}

async function prepare(client: pg.ClientBase, settings = ''): Promise<void> {
  // While it is lent out, the pool does not listen: a broken link would end the process.
  client.on('error', () => {})
  await client.query(`${manners}; ${settings}`)
}
