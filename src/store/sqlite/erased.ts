import type { DatabaseSync } from 'node:sqlite'
import { erasedMark, erasedSecret } from '../../subscribers/erased-mark.ts'
import { secretKeeper } from './secrets.ts'

/** The marks of erased addresses; all of it expects to run inside a transaction. */
export function erasedMarks(db: DatabaseSync) {
  const any = db.prepare('SELECT 1 FROM erased LIMIT 1')
  const find = db.prepare('SELECT 1 FROM erased WHERE mark = ?')
  const insert = db.prepare('INSERT INTO erased (mark) VALUES (?) ON CONFLICT DO NOTHING')
  const remove = db.prepare('DELETE FROM erased WHERE mark = ?')
  const { keep } = secretKeeper(db)
  const mark = (key: string) => erasedMark(key, keep(erasedSecret))

  return {
    /** Knows them again, without asking for the secret each time, nor at all while there are none. */
    knower(): (key: string) => boolean {
      if (!any.get()) return () => false
      const secret = keep(erasedSecret)
      return (key) => find.get(erasedMark(key, secret)) !== undefined
    },
    add(key: string): void {
      insert.run(mark(key))
    },
    /** @returns whether it was there */
    forget(key: string): boolean {
      return any.get() !== undefined && remove.run(mark(key)).changes > 0
    },
  }
}
