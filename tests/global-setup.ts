import { randomBytes } from 'node:crypto'
import { dropDatabases, hasPostgres } from './store/temporary-postgres.ts'

/** Once a run, before the first test and after the last. */
export function setup(): () => Promise<void> {
  process.env.TIDINGS_TEST_RUN = randomBytes(4).toString('hex')
  return async () => {
    if (hasPostgres) await dropDatabases()
  }
}
