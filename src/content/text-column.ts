/** Texts one after the other, and where each ends, in UTF-16 units: nothing is made of those that nobody asks for. */
export interface TextColumn {
  readonly text: string
  readonly ends: Uint32Array
}

export const noTexts: TextColumn = { text: '', ends: new Uint32Array(0) }

export function textAt({ text, ends }: TextColumn, row: number): string {
  return text.slice(startOf(ends, row), ends[row])
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

/**
 * A column of rows of another one and of new ones. Rows that stood one after the other are copied together.
 *
 * @param order a row of `former`, or -1 for the next of `added`
 */
export function pickTexts(
  former: TextColumn,
  order: readonly number[],
  added: readonly string[],
): TextColumn {
  const ends = new Uint32Array(order.length)
  const parts: string[] = []
  let at = 0
  let next = 0
  for (let row = 0; row < order.length; ) {
    const first = order[row] ?? -1
    if (first < 0) {
      const cell = added[next++] ?? ''
      parts.push(cell)
      at += cell.length
      ends[row++] = at
      continue
    }
    const start = startOf(former.ends, first)
    const shift = at - start
    let last = first
    ends[row++] = (former.ends[last] ?? 0) + shift
    while (order[row] === last + 1) {
      last++
      ends[row++] = (former.ends[last] ?? 0) + shift
    }
    const end = former.ends[last] ?? start
    parts.push(former.text.slice(start, end))
    at += end - start
  }
  return { text: parts.join(''), ends }
}

function startOf(ends: Uint32Array, row: number): number {
  return row === 0 ? 0 : (ends[row - 1] ?? 0)
}
