import { type FileHandle, open } from 'node:fs/promises'
import { Fault } from '../model/fault.ts'
import { csvLine } from '../subscribers/csv.ts'
import type { Layout } from '../subscribers/layout.ts'
import type { LeftOut } from '../subscribers/list-reader.ts'

/** A file of the lines that could not be used, to be mended and imported again. */
export interface Rejects {
  write(lines: readonly LeftOut[], layout: Layout | undefined): Promise<void>
  close(): Promise<void>
}

/**
 * Makes the file with the first line that goes into it: the columns of the list, and two more that say where the line
 * stood and what is wrong with it. Only its owner may read it.
 *
 * @throws {Fault} 'usage' when there is such a file, or none can be made
 */
export function rejectsFile(path: string, name: string): Rejects {
  let file: FileHandle | undefined
  return {
    async write(lines, layout) {
      if (lines.length === 0) return
      const width = layout?.columns.width ?? 0
      const padded = (cells: readonly string[]) =>
        Array.from({ length: Math.max(width, cells.length) }, (_, at) => cells[at] ?? '')
      let text = ''
      if (!file) {
        file = await create(path, name)
        const titles = layout?.header?.fields
        if (titles) text += csvLine([...padded(titles), 'rejected line', 'rejected because'])
      }
      for (const { file: from, line, fields, message } of lines) {
        text += csvLine([
          ...padded(fields).slice(0, width || undefined),
          `${from}:${line}`,
          message,
        ])
      }
      await file.write(text)
    },
    async close() {
      await file?.close()
    },
  }
}

async function create(path: string, name: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason =
      code === 'EEXIST' ? 'is there already; name a new file' : `cannot be made: ${message}`
    throw new Fault('usage', `--rejects ${name}: ${reason}`, { cause })
  }
}
