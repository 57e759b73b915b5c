import { resolve } from 'node:path'
import { Fault } from '../model/fault.ts'
import { backupSqlite } from '../store/sqlite/backup.ts'
import type { Command } from './command.ts'
import { count } from './terminal.ts'

export const command: Command = {
  usage: 'tidings backup FILE',
  help: `Copies the store (sqlite:) into FILE as it is at this instant, while editions are sent and readers join. The copy is checked
and only its owner may read it: it holds the list, and the secrets of links. A file that is there is never written over.

To restore it: end whatever uses the store, move the store and the -wal and -shm beside it away, and put the copy in its place.
After that, what was sent since the copy was made is not known: see docs/running.md before you send.`,
  options: {},
  words: 1,
  async run({ cwd, loadConfig }, { positionals }) {
    const [name] = positionals
    if (name === undefined) throw new Fault('usage', 'backup takes one FILE to copy the store into')
    const { root, store } = await loadConfig()
    if (!store.startsWith('sqlite:')) {
      const remedy =
        "'pg_dump --schema=tidings --format=custom' makes a copy of it, 'pg_restore' puts it back"
      throw new Fault('usage', `the store is a database of PostgreSQL: ${remedy}`)
    }
    const file = resolve(root, store.slice('sqlite:'.length))
    const { bytes, subscribers, editions } = await backupSqlite(file, resolve(cwd, name))
    const size = `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`
    return {
      text: [
        `${name}: ${size}, ${count(subscribers, 'reader')}, ${count(editions, 'edition')}; whole, as of now`,
        `To restore it, end what uses ${store.slice('sqlite:'.length)} and put this file in its place, without -wal and -shm.`,
      ].join('\n'),
      json: { file: name, bytes, subscribers, editions },
    }
  },
}
