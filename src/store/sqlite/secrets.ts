import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { KeptSecrets } from '../secrets.ts'
import type { Access } from './access.ts'

export function sqliteSecrets({ db, read, write }: Access): KeptSecrets {
  const { find, keep } = secretKeeper(db)
  return {
    kept: async (name) => (await read(() => find(name))) ?? write(() => keep(name)),
  }
}

/** The secrets for who is at the database already; `keep` expects to run inside a transaction. */
export function secretKeeper(db: DatabaseSync) {
  const select = db.prepare('SELECT value FROM secrets WHERE name = ?')
  const make = db.prepare('INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING')

  function find(name: string): string | undefined {
    const row = select.get(name)
    return row && String(row.value)
  }

  return {
    find,
    keep(name: string): string {
      make.run(name, randomBytes(32).toString('base64url'))
      return String(find(name))
    },
  }
}
