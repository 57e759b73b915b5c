import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { decodeTable, encodeTable, type Table } from './cache-table.ts'

export interface CacheOptions {
  /** made when it is not there; may be deleted at any time */
  readonly folder: string
  /** the clock's time (not that of `--now`) before any file is read, in milliseconds since 1970-01-01T00:00Z */
  readonly startedAt: number
  /** what tells one state of the program from another: another one may read the same files differently */
  readonly program: string
  /** for a rehearsal: what is there is read, nothing is written */
  readonly readOnly?: boolean
}

/** Where articles are kept from one build to the next. */
export interface CacheFile {
  readonly startedAt: number
  /** @returns undefined when there is none, or none of any use: another key, another version, damage */
  read(): Table | undefined
  /** Replaces it whole. Where nothing can be written, nothing is kept. */
  write(table: Table): void
}

/** @param depends all that the articles depend on beside their files and the program */
export function openCacheFile(
  { folder, startedAt, program, readOnly = false }: CacheOptions,
  depends: unknown,
): CacheFile {
  const path = join(folder, 'articles')
  const key = hash('sha256', JSON.stringify([depends, program]))
  return {
    startedAt,
    read() {
      try {
        return decodeTable(key, readFileSync(path))
      } catch {
        return undefined
      }
    },
    write(table) {
      if (readOnly) return
      const draft = `${path}.${process.pid}`
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
        writeFileSync(draft, encodeTable(key, table))
        renameSync(draft, path)
      } catch {
        rmQuietly(draft)
      }
    },
  }
}

function rmQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Nor could it be made
  }
}
