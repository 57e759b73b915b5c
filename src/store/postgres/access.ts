import type { Row } from './rows.ts'

export interface Result {
  readonly rows: readonly Row[]
  /** rows written or returned */
  readonly count: number
}

/** One statement. Statements with a name are planned once a connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}

/**
 * For what takes a few rows out of very many. The planner has to guess how many, and when it guesses wrong it reads the
 * whole table each time.
 */
export const byKeyOnly = (scope: 'SESSION' | 'LOCAL') =>
  ['seqscan', 'hashjoin', 'mergejoin'].map((way) => `SET ${scope} enable_${way} = off`).join('; ')

export type Query = (statement: Statement) => Promise<Result>

/** What the ledger and the list share: how they reach the database. Each method turns what an operator can mend into a Fault. */
export interface Access {
  /** Runs what only reads; again, when the link is lost. */
  read<T>(work: (query: Query) => Promise<T>): Promise<T>
  /**
   * Runs `work` in a transaction of its own; resolves when that is durable. Runs it again when the link is lost and
   * nothing was committed: `work` must have no other effect.
   */
  write<T>(work: (query: Query) => Promise<T>): Promise<T>
  /**
   * Runs one statement that finds its rows by their keys. It is a transaction of its own and takes one round trip.
   *
   * @param statement is asked with `true` when an earlier try was lost, which may have been committed or not
   */
  once(statement: (again: boolean) => Statement): Promise<Result>
  close(): Promise<void>
}
