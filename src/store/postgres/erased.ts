import { erasedMark, erasedSecret } from '../../subscribers/erased-mark.ts'
import type { Query } from './access.ts'
import { keepSecret } from './secrets.ts'

// The marks of erased addresses; all of it expects to run inside a transaction.

/** Which of these addresses are erased; where none is, no secret is asked for. */
export async function erasedAmong(
  query: Query,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0 || !(await isAnyErased(query))) return new Set()
  const secret = await keepSecret(query, erasedSecret)
  const byMark = new Map(keys.map((key) => [erasedMark(key, secret), key]))
  const { rows } = await query({
    text: 'SELECT mark FROM tidings.erased WHERE mark = ANY ($1)',
    values: [[...byMark.keys()]],
  })
  return new Set(rows.flatMap(({ mark }) => byMark.get(String(mark)) ?? []))
}

export async function markErased(query: Query, key: string): Promise<void> {
  const values = [erasedMark(key, await keepSecret(query, erasedSecret))]
  await query({
    text: 'INSERT INTO tidings.erased (mark) VALUES ($1) ON CONFLICT DO NOTHING',
    values,
  })
}

/** @returns whether it was there */
export async function forgetErased(query: Query, key: string): Promise<boolean> {
  if (!(await isAnyErased(query))) return false
  const values = [erasedMark(key, await keepSecret(query, erasedSecret))]
  return (await query({ text: 'DELETE FROM tidings.erased WHERE mark = $1', values })).count > 0
}

async function isAnyErased(query: Query): Promise<boolean> {
  return (await query({ text: 'SELECT FROM tidings.erased LIMIT 1' })).count > 0
}
