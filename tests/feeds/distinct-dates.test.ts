import { parseAtomFeed } from 'feedsmith'
import { expect, it } from 'vitest'
import { feed, item } from './samples.ts'
import { renderAtom } from './written.ts'

const day = new Date('2026-11-20T00:00:00Z')
const ids = Array.from({ length: 300 }, (_, at) => `tag:example.org,2026-11-20:${at}`)
const items = ids.map((id) => item({ id, publishedAt: day, updatedAt: day }))
const read = (...given: typeof items) => parseAtomFeed(renderAtom(feed({ items: given }))).entries

it('gives entries of one day a fraction of a second each, wherever they stand', () => {
  const entries = read(...items) ?? []
  const dates = entries.map(({ updated }) => String(updated))
  expect(new Set(dates).size).toBe(items.length)
  for (const [at, { updated, published }] of entries.entries()) {
    expect(updated).toMatch(/^2026-11-20T00:00:00\.\d{6}Z$/)
    expect(published).toBe(updated)
    const [one] = items.slice(at)
    if (one && at % 50 === 0) expect(read(one)?.[0]?.updated).toBe(updated)
  }
})

it('leaves the instant at which an article came out where it was when it is updated', () => {
  const later = new Date('2026-11-20T10:00:00Z')
  const [before] = read(item({ publishedAt: day, updatedAt: day })) ?? []
  const [after] = read(item({ publishedAt: day, updatedAt: later })) ?? []
  expect(after?.updated).toMatch(/^2026-11-20T10:00:00\.\d{6}Z$/)
  expect(after?.published).toBe(before?.published)
})
