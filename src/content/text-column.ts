/** Texts one after the other, and where each ends, in UTF-16 units: nothing is made of those that nobody asks for. */
export interface TextColumn {
  readonly text: string
  readonly ends: Uint32Array
}

export const noTexts: TextColumn = { text: '', ends: new Uint32Array(0) }

export function textAt({ text, ends }: TextColumn, row: number): string {
  return text.slice(startOf(ends, row), ends[row])
}

/** Whether a text stands there: the same as to take it out and compare. */
export function isTextAt({ text, ends }: TextColumn, row: number, wanted: string): boolean {
  const start = startOf(ends, row)
  return ends[row] === start + wanted.length && text.startsWith(wanted, start)
}

/** The rows whose text is not empty. */
export function filledRows({ text, ends }: TextColumn): readonly number[] {
  const rows: number[] = []
  if (text === '') return rows
  for (let row = 0; row < ends.length; row++) if (ends[row] !== startOf(ends, row)) rows.push(row)
  return rows
}

export function columnOf(cells: readonly string[]): TextColumn {
  const ends = new Uint32Array(cells.length)
  let at = 0
  for (let row = 0; row < cells.length; row++) {
    at += cells[row]?.length ?? 0
    ends[row] = at
  }
  return { text: cells.join(''), ends }
}

/** Rows of several tables, one after the other. */
export interface Picked {
  /** which table each is of */
  readonly origins: readonly number[]
  /** which row of it */
  readonly rows: readonly number[]
}

/** A column of rows of others. Rows that stood one after the other are copied together. */
export function pickTexts(columns: readonly TextColumn[], { origins, rows }: Picked): TextColumn {
  const { length } = rows
  const ends = new Uint32Array(length)
  const parts: string[] = []
  let at = 0
  for (let row = 0; row < length; ) {
    const origin = origins[row] ?? 0
    const column = columns[origin] ?? noTexts
    let last = rows[row] ?? 0
    const start = startOf(column.ends, last)
    const shift = at - start
    ends[row++] = (column.ends[last] ?? 0) + shift
    while (row < length && rows[row] === last + 1 && origins[row] === origin) {
      last++
      ends[row++] = (column.ends[last] ?? 0) + shift
    }
    const end = column.ends[last] ?? start
    parts.push(column.text.slice(start, end))
    at += end - start
  }
  return { text: parts.join(''), ends }
}

function startOf(ends: Uint32Array, row: number): number {
  return row === 0 ? 0 : (ends[row - 1] ?? 0)
}
