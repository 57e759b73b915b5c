import { setTimeout as pause } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { type Access, byKeyOnly, type Query } from './access.ts'
import { openPool, queryOn } from './connection.ts'
import { isLost, isUndone, toFault } from './faults.ts'

/** A query that takes longer than this is taken for lost: the peer is gone without a word. */
const unanswered = 30_000

/**
 * Reaches the database through a few connections, and outwaits its restarts: this is the one place that tries again.
 *
 * @param name of the store, for messages
 * @param lanes how many statements of `once` may be on their way at once, beside a renewal
 * @param patience how long it goes on trying, in milliseconds: shorter than a lease
 */
export function pooled(
  url: string,
  { name, lanes, patience }: { name: string; lanes: number; patience: number },
): Access {
  const pool = openPool(url, 2)
  const byKey = openPool(url, lanes + 1, byKeyOnly('SESSION'))

  /** @param work is told whether an earlier try was lost, whose fate is unknown */
  async function persist<T>(work: (again: boolean) => Promise<T>): Promise<T> {
    const end = performance.now() + patience
    let again = false
    for (let tries = 0; ; tries++) {
      try {
        return await work(again)
      } catch (error) {
        const rest = end - performance.now()
        if (rest <= 0 || !(isLost(error) || isUndone(error))) throw toFault(error, name)
        again ||= isLost(error)
        await pause(Math.min(rest, 50 * 2 ** Math.min(tries, 5) * (1 + Math.random())))
      }
    }
  }

  async function withClient<T>(from: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await from.connect()
    try {
      const value = await work(client)
      client.release()
      return value
    } catch (error) {
      // Whatever state it is in: the next one gets a fresh one.
      client.release(true)
      throw error
    }
  }

  /** Whether a transaction came through, of which we only know that its COMMIT was sent. */
  async function wasCommitted(transaction: string): Promise<boolean> {
    return persist(() =>
      withClient(pool, async (client) => {
        const status = { text: 'SELECT pg_xact_status($1::xid8) AS status', values: [transaction] }
        for (;;) {
          const { rows } = await queryOn(client)(status)
          if (rows[0]?.status !== 'in progress') return rows[0]?.status === 'committed'
          await pause(100)
        }
      }),
    )
  }

  async function transact<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    let sent: { readonly transaction: string; readonly value: T } | undefined
    try {
      const query = queryOn(client)
      await query({ text: 'BEGIN' })
      const value = await work(query)
      const { rows } = await query({ text: 'SELECT pg_current_xact_id()::text AS transaction' })
      sent = { transaction: String(rows[0]?.transaction), value }
      await query({ text: 'COMMIT' })
      client.release()
      return value
    } catch (error) {
      // Ends the transaction with its connection, whatever state they are in.
      client.release(true)
      if (sent && isLost(error) && (await wasCommitted(sent.transaction))) return sent.value
      throw error
    }
  }

  return {
    read: (work) => persist(() => withClient(pool, (client) => work(queryOn(client)))),
    write: (work) => persist(() => transact(work)),
    once: (statement) =>
      persist((again) =>
        withClient(byKey, (client) => queryOn(client, unanswered)(statement(again))),
      ),
    async close() {
      await Promise.all([pool.end(), byKey.end()])
    },
  }
}
