import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Store } from '../store.ts'
import { toFault } from './faults.ts'
import { openSqliteStore } from './open-store.ts'

/**
 * Opens a copy of the embedded store, for trying things out: the store itself is not written, nor made where there
 * is none. The copy is deleted when it is closed.
 *
 * @throws {Fault} as `openSqliteStore` does
 */
export async function openSqliteCopy(file: string): Promise<Store> {
  // Readable by its owner only, as the store is.
  const folder = await mkdtemp(join(tmpdir(), 'tidings-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, 'copy.db')
    if (existsSync(file)) copyInto(file, copy)
    const store = await openSqliteStore(copy)
    return { ...store, close: () => store.close().finally(remove) }
  } catch (error) {
    await remove()
    throw error
  }
}

/** A true copy of this instant, even while others write. */
function copyInto(file: string, copy: string): void {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { timeout: 10_000 })
    db.prepare('VACUUM INTO ?').run(copy)
  } catch (error) {
    throw toFault(error, file)
  } finally {
    db?.close()
  }
}
