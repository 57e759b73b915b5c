import { randomBytes } from 'node:crypto'
import type { KeptSecrets } from '../secrets.ts'
import type { Access } from './access.ts'

export function sqliteSecrets({ db, read, write }: Access): KeptSecrets {
  const find = db.prepare('SELECT value FROM secrets WHERE name = ?')
  const make = db.prepare('INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING')

  return {
    async kept(name) {
      const known = await read(() => find.get(name))
      if (known) return String(known.value)
      return write(() => {
        make.run(name, randomBytes(32).toString('base64url'))
        return String(find.get(name)?.value)
      })
    },
  }
}
