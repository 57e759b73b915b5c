import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/sqlite/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { TestDatabase } from '../contracts/store.ts'

/** A real file in a folder of its own, gone when disposed of. */
export async function temporarySqlite(): Promise<
  TestDatabase & { readonly folder: string; readonly file: string }
> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-store-'))
  const file = join(folder, 'sub', 'tidings.db')
  const stores: Store[] = []
  return {
    location: file,
    folder,
    file,
    async connect() {
      const store = await openSqliteStore(file)
      stores.push(store)
      return store
    },
    async [Symbol.asyncDispose]() {
      for (const store of stores) await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
