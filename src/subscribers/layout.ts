import { type Columns, guessColumns, isAddress, readHeader } from './columns.ts'
import { type CsvRecord, recordReader } from './csv-records.ts'
import { undoFormulaGuard } from './formula-guard.ts'

/** How a list is written. */
export interface Layout {
  readonly delimiter: string
  /** absent: its first line is a person already */
  readonly header?: CsvRecord
  readonly columns: Columns
  /** the program whose export it is, where it is known */
  readonly program?: string
}

export interface LayoutFault {
  readonly reason: string
  readonly line?: number
}

const delimiters = [',', ';', '\t', '|']

/** How many records are looked at. */
const most = 100

/**
 * Finds out how a list is written: what stands between its fields, whether it has a header, which column is what.
 *
 * @param text its beginning, ending with a whole line; or all of it
 * @param wanted see `readHeader`
 */
export function findLayout(text: string, wanted: readonly string[] = []): Layout | LayoutFault {
  const [, hint] = sepLine.exec(text) ?? []
  const readings = (hint ? [hint] : delimiters).map((delimiter) => read(text, delimiter))
  const [first] = readings
  if (!first || first.records.length === 0) {
    return {
      reason: 'is empty; its first line must name the columns: address,name,language,status',
    }
  }
  const best = readings.reduce((one, other) => (scoreOf(other) > scoreOf(one) ? other : one))
  const [header, ...rest] = best.records
  if (!header) return { reason: 'is empty' }
  const { delimiter } = best
  if (header.fields.some(isAddress)) {
    const columns = guessColumns(best.records.map(({ fields }) => fields))
    return { delimiter, columns }
  }
  const found = readHeader(
    header.fields,
    rest.map(({ fields }) => fields),
    wanted,
  )
  return 'reason' in found
    ? { reason: found.reason, line: header.line }
    : { delimiter, header, ...found }
}

/** `sep=;`: what some spreadsheets write above the header. */
export const sepLine = /^sep=(.)(?=\r?\n)/

interface Reading {
  readonly delimiter: string
  readonly records: readonly CsvRecord[]
}

function read(text: string, delimiter: string): Reading {
  const reader = recordReader(delimiter)
  const pieces = [reader.push(text.replace(sepLine, '')), reader.end()]
  const records = pieces.flatMap((piece) => piece.records).slice(0, most)
  return {
    delimiter,
    records: records.map(({ line, fields }) => ({ line, fields: fields.map(undoFormulaGuard) })),
  }
}

/** How much sense a delimiter makes: a header that is one, rows with an address in them, rows of one length. */
function scoreOf({ records }: Reading): number {
  const [first, ...rest] = records
  if (!first) return 0
  const width = first.fields.length
  const isHeader = !first.fields.some(isAddress) && 'columns' in readHeader(first.fields)
  const share = (fits: (record: CsvRecord) => boolean) =>
    records.filter(fits).length / records.length
  return (
    (isHeader ? 2 : 0) +
    share(({ fields }) => fields.some(isAddress)) +
    (width > 1 ? share(({ fields }) => fields.length === width) : 0) +
    // More columns are the better guess where all else is the same
    (rest.length === 0 ? Math.min(width, 100) / 1000 : 0)
  )
}
