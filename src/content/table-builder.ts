import type { ArticleId } from '../model/article.ts'
import { idColumn, isFolded, numbers, type Row, texts, toCells } from './cache-format.ts'
import { emptyTable, type Table } from './cache-table.ts'
import type { Stamp } from './stamp.ts'
import {
  columnOf,
  foldedOf,
  noTexts,
  type Picked,
  pickFolded,
  pickTexts,
  textAt,
} from './text-column.ts'

/** What is kept of `tidings.lock`. */
export interface KeptIdentities {
  readonly idOf: (file: string) => string | undefined
  /** whether the rows that stay have the identity that they had */
  readonly isResettled: boolean
  /** see Table */
  readonly lock: string
}

/** Rows of other tables and new ones, in the order of their files. */
export interface TableBuilder {
  /** A row of another table, as it is there. */
  take(from: Table, row: number): void
  /** @returns false for what does not fit into a table */
  add(row: Row, stamp: Stamp): boolean
  count(): number
  /** how many rows are not of this table */
  countOthers(table: Table): number
  /**
   * @param identities without them, the rows have those of their tables, and new ones none
   * @param former tables of which the rows have the identity that they had; all others are asked for it
   * @param without rows of this one
   */
  build(identities?: KeptIdentities, former?: readonly Table[], without?: Table): Table
}

export function buildTable(): TableBuilder {
  const origins: number[] = []
  const rows: number[] = []
  const added = { texts: texts.map((): string[] => []), numbers: numbers.map((): number[] => []) }
  // The first one is that of the rows that were added
  const tables: Table[] = [emptyTable]
  let origin = 0
  return {
    take(from, row) {
      if (tables[origin] !== from) origin = tables.indexOf(from)
      if (origin < 0) origin = tables.push(from) - 1
      origins.push(origin)
      rows.push(row)
    },
    add(row, stamp) {
      const cells = toCells(row, stamp)
      if (!cells) return false
      origins.push(0)
      rows.push(added.numbers[0]?.length ?? 0)
      cells.texts.forEach((cell, column) => void added.texts[column]?.push(cell))
      cells.numbers.forEach((cell, column) => void added.numbers[column]?.push(cell))
      return true
    },
    count: () => rows.length,
    countOthers(table) {
      const origin = tables.indexOf(table)
      return origins.reduce((count, one) => (one === origin ? count : count + 1), 0)
    },
    build(identities, former = [], without) {
      const own: Table = {
        rows: added.numbers[0]?.length ?? 0,
        texts: added.texts.map((cells, column) =>
          isFolded[column] ? foldedOf(cells) : columnOf(cells),
        ),
        numbers: added.numbers.map((column) => Float64Array.from(column)),
        lock: '',
      }
      const sources = [own, ...tables.slice(1)]
      const identified = sources.map((table) => {
        if (!identities || table === without) return table
        const { idOf, isResettled } = identities
        return isResettled && former.includes(table) ? table : withIds(table, idOf)
      })
      const picked = without
        ? pickOthers({ origins, rows }, sources.indexOf(without))
        : { origins, rows }
      return {
        rows: picked.rows.length,
        texts: texts.map((_, column) =>
          (isFolded[column] ? pickFolded : pickTexts)(
            identified.map((table) => table.texts[column] ?? noTexts),
            picked,
          ),
        ),
        numbers: pickNumbers(sources, picked),
        lock: identities?.lock ?? '',
      }
    },
  }
}

function pickOthers({ origins, rows }: Picked, origin: number): Picked {
  const isOther = (_: unknown, at: number) => origins[at] !== origin
  return { rows: rows.filter(isOther), origins: origins.filter(isOther) }
}

function withIds(table: Table, idOf: KeptIdentities['idOf']): Table {
  const files = table.texts[0] ?? noTexts
  const ids = Array.from({ length: table.rows }, (_, row) => idOf(textAt(files, row)) ?? '')
  return identify(table, ids)
}

/** The same rows under these identities. */
export function identify(table: Table, ids: readonly ArticleId[]): Table {
  return { ...table, texts: table.texts.with(idColumn, columnOf(ids)) }
}

function pickNumbers(tables: readonly Table[], { origins, rows }: Picked): readonly Float64Array[] {
  return numbers.map((_, column) => {
    const columns = tables.map((table) => table.numbers[column])
    const cells = new Float64Array(rows.length)
    for (let row = 0; row < rows.length; row++) {
      cells[row] = columns[origins[row] ?? 0]?.[rows[row] ?? 0] ?? Number.NaN
    }
    return cells
  })
}
