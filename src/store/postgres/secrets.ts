import { randomBytes } from 'node:crypto'
import type { KeptSecrets } from '../secrets.ts'
import type { Access, Query } from './access.ts'

export function postgresSecrets({ read, write }: Access): KeptSecrets {
  return {
    kept: async (name) =>
      (await read((query) => findSecret(query, name))) ?? write((query) => keepSecret(query, name)),
  }
}

export async function findSecret(query: Query, name: string): Promise<string | undefined> {
  const text = 'SELECT value FROM tidings.secrets WHERE name = $1'
  const { rows } = await query({ text, values: [name] })
  return rows[0] && String(rows[0].value)
}

/** Expects to run inside a transaction. */
export async function keepSecret(query: Query, name: string): Promise<string> {
  await query({
    text: 'INSERT INTO tidings.secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    values: [name, randomBytes(32).toString('base64url')],
  })
  return String(await findSecret(query, name))
}
