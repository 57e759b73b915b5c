import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  advanceCorrections,
  type Corrections,
  formatCorrections,
  parseCorrections,
} from '../../src/content/corrections.ts'
import { article } from './parsing.ts'

const noon = new Date('2026-01-01T12:00:00Z')
const named = (title: string, text: string) => ({
  ...article(`---\ntitle: ${JSON.stringify(title)}\ndate: 2026-01-01\n---\n${text}`),
  id: 'urn:example:a',
})

it('comes back from the file as it went in', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
      (one, two, at) => {
        const first = advanceCorrections(new Map(), [named(`T ${one.replace(/\W/g, '')}`, 'x')], at)
        const second = advanceCorrections(first, [named('T', `y ${two.replace(/\W/g, '')}`)], at)
        const { corrections, problems } = parseCorrections(formatCorrections(second))
        expect(problems).toEqual([])
        expect(corrections).toEqual(second)
      },
    ),
  )
})

it('gives back the same object when there is nothing to write down', () => {
  const first = advanceCorrections(new Map(), [named('T', 'x')], noon)
  expect(advanceCorrections(first, [named('T', 'x')], new Date())).toBe(first)
})

it('takes the later of two lines that a merge has left', () => {
  const [early, late]: Corrections[] = ['y', 'z'].map((text, month) =>
    advanceCorrections(
      advanceCorrections(new Map(), [named('T', 'x')], noon),
      [named('T', text)],
      new Date(Date.UTC(2026, month, 1)),
    ),
  )
  const text = formatCorrections(late ?? new Map()) + formatCorrections(early ?? new Map())
  expect(parseCorrections(text).corrections).toEqual(late)
})
