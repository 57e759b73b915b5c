import type { Access, Query } from './access.ts'
import { connectOnce, queryOn } from './connection.ts'
import { toFault } from './faults.ts'

/**
 * Reaches the database in one transaction that is never committed: what is written is seen by whoever wrote it, and
 * undone when it is closed, or when the link is lost. Locks are kept until then.
 */
export async function rehearsal(url: string, name: string): Promise<Access> {
  const client = await connectOnce(url).catch((error: unknown) => {
    throw toFault(error, name)
  })
  const query = queryOn(client)
  await query({ text: 'BEGIN' })
  let last: Promise<unknown> = Promise.resolve()

  async function undoable<T>(work: (query: Query) => Promise<T>): Promise<T> {
    try {
      await query({ text: 'SAVEPOINT step' })
      const value = await work(query)
      await query({ text: 'RELEASE step' })
      return value
    } catch (error) {
      await query({ text: 'ROLLBACK TO step' }).catch(() => {})
      throw toFault(error, name)
    }
  }

  /** One after the other: they share the transaction. */
  function inTurn<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const mine = last.then(() => undoable(work))
    last = mine.catch(() => {})
    return mine
  }

  return {
    read: inTurn,
    write: inTurn,
    once: (statement) => inTurn((ask) => ask(statement(false))),
    close: () => client.end(),
  }
}
