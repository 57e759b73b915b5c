import { openSqliteStore } from '../../src/store/sqlite/open-store.ts'

const store = await openSqliteStore(process.argv[2] ?? '')
await store.subscribers.add([{ address: `p${process.pid}@example.org`, name: '' }], new Date())
await store.close()
process.exit(0)
