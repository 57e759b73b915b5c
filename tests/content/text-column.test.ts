import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  columnOf,
  filledRows,
  foldedOf,
  isTextAt,
  onceEach,
  pickFolded,
  pickTexts,
  type TextColumn,
  textAt,
} from '../../src/content/text-column.ts'

const cells = fc.array(fc.oneof(fc.constantFrom('', 'a', 'ab', 'é'), fc.string()), { maxLength: 9 })
const textsOf = (column: TextColumn, rows: number) =>
  Array.from({ length: rows }, (_, row) => textAt(column, row))

/** Some columns, and rows of them in any order, most of them side by side. */
const picking = fc
  .array(cells, { minLength: 1, maxLength: 3 })
  .filter((columns) => columns.flat().length > 0)
  .chain((columns) => {
    const all = columns.flatMap((cells, origin) => cells.map((_, row) => ({ origin, row })))
    const runs = fc.tuple(fc.nat(all.length - 1), fc.nat(all.length)).map(([from, length]) => {
      return all.slice(from, from + length)
    })
    return fc.tuple(fc.constant(columns), fc.array(runs, { maxLength: 5 }))
  })
  .map(([columns, runs]) => {
    const picks = runs.flat()
    const origins = picks.map(({ origin }) => origin)
    return { columns, picked: { origins, rows: picks.map(({ row }) => row) } }
  })

it.each([
  ['plain', columnOf],
  ['folded', foldedOf],
])('a %s column holds the texts that it was made of', (_, make) => {
  fc.assert(
    fc.property(cells, (cells) => {
      const column = make(cells)
      expect(textsOf(column, cells.length)).toEqual(cells)
      expect(filledRows(column)).toEqual([...cells.keys()].filter((row) => cells[row] !== ''))
    }),
  )
})

it('a plain column knows a text from its beginning and from what begins with it', () => {
  fc.assert(
    fc.property(cells, fc.string(), (cells, more) => {
      const column = columnOf(cells)
      for (const [row, cell] of cells.entries()) {
        expect(isTextAt(column, row, cell)).toBe(true)
        expect(isTextAt(column, row, cell + more)).toBe(more === '')
        expect(isTextAt(column, row, cell.slice(1))).toBe(cell === '')
      }
    }),
  )
})

it('a folded column has each text once, and makes of each one thing', () => {
  fc.assert(
    fc.property(cells, (cells) => {
      const column = foldedOf(cells)
      expect(column.ends).toHaveLength(new Set(cells).size)
      const made: string[] = []
      const makeAt = onceEach(column, (text) => {
        made.push(text)
        return { text }
      })
      expect(cells.map((_, row) => makeAt(row).text)).toEqual(cells)
      expect(made).toEqual([...new Set(cells)])
    }),
  )
})

it.each([
  ['plain', columnOf, pickTexts],
  ['folded', foldedOf, pickFolded],
])('rows of several %s columns make one that was made of their texts', (_, make, pick) => {
  fc.assert(
    fc.property(picking, ({ columns, picked }) => {
      const wanted = picked.rows.map((row, at) => columns[picked.origins[at] ?? 0]?.[row] ?? '')
      expect(pick(columns.map(make), picked)).toEqual(make(wanted))
    }),
  )
})
