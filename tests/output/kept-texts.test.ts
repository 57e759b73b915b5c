import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openKeptTexts } from '../../src/output/kept-texts.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidings-texts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const path = () => join(folder, 'renderings')
const later = () => `${path()}.changes`
const big = 'x'.repeat(100_000)

/** As one build does: finds what is wanted, or makes it, and keeps it. @returns what it had to make */
function build(texts: Readonly<Record<string, string>>, program = '1'): readonly string[] {
  const kept = openKeptTexts(path(), program)
  const made = Object.keys(texts).filter((key) => kept.find(key) !== texts[key])
  for (const key of made) kept.add(key, texts[key] ?? '')
  kept.save(() => new Set(Object.keys(texts)))
  return made
}

it('finds what former runs have added, whichever file it stands in', () => {
  expect(build({ a: 'A', b: 'B' })).toEqual(['a', 'b'])
  expect(build({ a: 'A', b: 'B', c: 'Ç' })).toEqual(['c'])
  expect(build({ a: 'A', b: 'B', c: 'Ç', d: '' })).toEqual(['d'])
  expect(build({ a: 'A', b: 'B', c: 'Ç', d: '' })).toEqual([])
})

it('writes few additions beside the others, and all anew when they are many', () => {
  build({ a: 'A', b: 'B' })
  const { ino } = statSync(path())
  build({ a: 'A', b: 'B', c: big })
  build({ a: 'A', b: 'B', c: big, d: big })
  expect(statSync(path()).ino).toBe(ino)
  expect(readFileSync(later(), 'utf8')).toContain(big)
  build({ b: 'B', c: big, d: big, e: big })
  expect(statSync(path()).ino).not.toBe(ino)
  expect(statSync(later()).size).toBeLessThan(1000)
  expect(build({ b: 'B', c: big, d: big, e: big })).toEqual([])
  // What nobody wanted is gone
  expect(openKeptTexts(path(), '1').find('a')).toBeUndefined()
})

it('makes again what is damaged, and nothing of another program’s', () => {
  build({ a: 'A' })
  build({ a: 'A', b: 'B' })
  expect(existsSync(later())).toBe(true)
  writeFileSync(later(), readFileSync(later(), 'latin1').replace(/B$/, 'C'), 'latin1')
  expect(build({ a: 'A', b: 'B' })).toEqual(['b'])
  expect(build({ a: 'A', b: 'B' })).toEqual([])
  writeFileSync(path(), 'no such form')
  expect(build({ a: 'A', b: 'B' })).toEqual(['a'])
  expect(build({ a: 'A', b: 'B' }, '2')).toEqual(['a', 'b'])
})
