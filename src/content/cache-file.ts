import { hash } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { decodeTable, encodeTable, type Table } from './cache-format.ts'

export interface CacheOptions {
  /** made when it is not there; may be deleted at any time */
  readonly folder: string
  /** the clock's time (not that of `--now`) before any file is read, in milliseconds since 1970-01-01T00:00Z */
  readonly startedAt: number
}

/** Where articles are kept from one build to the next. */
export interface CacheFile {
  readonly startedAt: number
  /** @returns undefined when there is none, or none of any use: another key, another version, damage */
  read(): Table | undefined
  /** Replaces it whole. Where nothing can be written, nothing is kept. */
  write(table: Table): void
}

/** @param depends all that the articles depend on beside their files */
export function openCacheFile({ folder, startedAt }: CacheOptions, depends: unknown): CacheFile {
  const path = join(folder, 'articles')
  const { node, tz, icu } = process.versions
  const key = hash('sha256', JSON.stringify([depends, node, tz, icu, codeStamps()]))
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

/** What another version of this room would not leave as it is. */
function codeStamps(): readonly unknown[] {
  return readdirSync(import.meta.dirname).map((name) => {
    const { size, mtimeMs } = statSync(join(import.meta.dirname, name))
    return [name, size, mtimeMs]
  })
}
