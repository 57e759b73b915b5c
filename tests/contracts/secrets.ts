import { describe, expect, it } from 'vitest'
import type { OpenDatabase } from './store.ts'

/** What every adapter of the port `KeptSecrets` does. */
export function secretsContract(open: OpenDatabase): void {
  describe('the secrets of a store', () => {
    it('are made once, and the same for everybody who has it open', async () => {
      await using database = await open()
      const stores = await Promise.all([database.connect(), database.connect()])
      const asked = [...stores, ...stores].map(({ secrets }) => secrets.kept('server'))
      const [first = '', ...others] = await Promise.all(asked)
      expect(Buffer.from(first, 'base64url')).toHaveLength(32)
      expect(others).toEqual([first, first, first])
      const later = await database.connect()
      expect(await later.secrets.kept('server')).toBe(first)
      expect(await later.secrets.kept('another')).not.toBe(first)
    })
  })
}
