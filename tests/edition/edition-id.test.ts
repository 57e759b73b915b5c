import { expect, it } from 'vitest'
import { nextEditionId } from '../../src/edition/edition-id.ts'

const lateEvening = new Date('2026-11-23T23:30:00Z')

it('names an edition after the day that it is where the publication is', () => {
  expect(nextEditionId(lateEvening, 'Europe/Madrid', [])).toBe('2026-11-24')
  expect(nextEditionId(lateEvening, 'America/New_York', [])).toBe('2026-11-23')
})

it('numbers the further editions of a day after the highest number there is', () => {
  const next = (...existing: string[]) => nextEditionId(lateEvening, 'UTC', existing)
  expect(next('2026-11-22', '2026-11-23')).toBe('2026-11-23-2')
  expect(next('2026-11-23-10', '2026-11-23', '2026-11-23-9')).toBe('2026-11-23-11')
})
