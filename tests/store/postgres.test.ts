import { describe } from 'vitest'
import { ledgerContract } from '../contracts/ledger.ts'
import { subscribersContract } from '../contracts/subscribers.ts'
import { hasPostgres, temporaryPostgres } from './temporary-postgres.ts'

describe.skipIf(!hasPostgres)('on PostgreSQL', () => {
  ledgerContract(temporaryPostgres)
  subscribersContract(temporaryPostgres)
})
