/**
 * Texts one after the other, and where each ends, in UTF-16 units: nothing is made of those that nobody asks for. In a
 * folded column a text that stands in many rows is there once.
 */
export interface TextColumn {
  readonly text: string
  readonly ends: Uint32Array
  /** of a folded column: which of the texts stands in each row; else the texts are those of the rows */
  readonly which?: Uint32Array
}

export const noTexts: TextColumn = { text: '', ends: new Uint32Array(0) }

export function textAt({ text, ends, which }: TextColumn, row: number): string {
  return entryAt({ text, ends }, which ? (which[row] ?? 0) : row)
}

/** Whether a text stands there: the same as to take it out and compare. Of a column that is not folded. */
export function isTextAt({ text, ends }: TextColumn, row: number, wanted: string): boolean {
  const start = startOf(ends, row)
  return ends[row] === start + wanted.length && text.startsWith(wanted, start)
}

/** The rows whose text is not empty. */
export function filledRows({ text, ends, which }: TextColumn): readonly number[] {
  const filled: number[] = []
  if (text === '') return filled
  const length = which?.length ?? ends.length
  for (let row = 0; row < length; row++) {
    const entry = which ? (which[row] ?? 0) : row
    if (ends[entry] !== startOf(ends, entry)) filled.push(row)
  }
  return filled
}

/** The texts of a folded column, each once. */
export function entriesOf(column: TextColumn): readonly string[] {
  return Array.from(column.ends, (_, entry) => entryAt(column, entry))
}

/** Makes something of the text of a row, of each text once. @param column folded */
export function onceEach<T extends {}>(
  column: TextColumn,
  make: (text: string) => T,
): (row: number) => T {
  const made: T[] = []
  return (row) => {
    const entry = column.which?.[row] ?? 0
    const known = made[entry]
    if (known !== undefined) return known
    const value = make(entryAt(column, entry))
    made[entry] = value
    return value
  }
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

export function foldedOf(cells: readonly string[]): TextColumn {
  const entries = folding()
  const which = Uint32Array.from(cells, entries.add)
  return { ...columnOf(entries.texts), which }
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

/** The same of folded columns. */
export function pickFolded(columns: readonly TextColumn[], { origins, rows }: Picked): TextColumn {
  const entries = folding()
  const known = columns.map(({ ends }) => new Int32Array(ends.length).fill(-1))
  const which = new Uint32Array(rows.length)
  for (let row = 0; row < rows.length; row++) {
    const origin = origins[row] ?? 0
    const column = columns[origin] ?? noTexts
    const places = known[origin] ?? new Int32Array(0)
    const entry = column.which?.[rows[row] ?? 0] ?? 0
    let place = places[entry] ?? -1
    if (place < 0) {
      place = entries.add(entryAt(column, entry))
      places[entry] = place
    }
    which[row] = place
  }
  return { ...columnOf(entries.texts), which }
}

function folding() {
  const texts: string[] = []
  const places = new Map<string, number>()
  return {
    texts,
    add(text: string): number {
      const known = places.get(text)
      if (known !== undefined) return known
      const place = texts.push(text) - 1
      places.set(text, place)
      return place
    },
  }
}

function entryAt({ text, ends }: TextColumn, entry: number): string {
  return text.slice(startOf(ends, entry), ends[entry])
}

function startOf(ends: Uint32Array, row: number): number {
  return row === 0 ? 0 : (ends[row - 1] ?? 0)
}
