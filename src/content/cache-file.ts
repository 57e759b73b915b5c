import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { decodeTable, digest, digestOf, encodeTable, type Table } from './cache-table.ts'
import type { Listing } from './listing.ts'

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
  read(): Former | undefined
  /** Replaces all that is kept. Where nothing can be written, nothing is kept. */
  write(base: Table): void
  /** Replaces the rows that are others than those of the base that was read. */
  writeChanges(changes: Table): void
  /** Replaces what goes with the base that was read or written last; undefined for nothing. To be called after these. */
  writeListing(listing: Listing | undefined): void
}

/** What is kept: one edit rewrites few rows. */
export interface Former {
  readonly base: Table
  /** rows that have taken the place of those of the base with their files; its `lock` is that of all */
  readonly changes?: Table
  /** of the files that the base has rows of, and others */
  readonly listing?: Listing
}

/** @param depends all that the articles depend on beside their files and the program */
export function openCacheFile(
  { folder, startedAt, program, readOnly = false }: CacheOptions,
  depends: unknown,
): CacheFile {
  const path = join(folder, 'articles')
  const changesPath = join(folder, 'articles.changes')
  const listingPath = join(folder, 'articles.folders')
  const key = hash('sha256', JSON.stringify([depends, program]))
  // Changes and listings are of use with the base that they were made for, and no other
  let baseKey = ''
  let listed = ''
  return {
    startedAt,
    read() {
      try {
        const bytes = readFileSync(path)
        const base = decodeTable(key, bytes)
        if (!base) return undefined
        baseKey = `${key} ${digestOf(bytes)}`
        const changes = readChanges(baseKey, changesPath)
        listed = readText(listingPath)
        const listing = parseListing(baseKey, listed)
        return { base, ...(changes && { changes }), ...(listing && { listing }) }
      } catch {
        return undefined
      }
    },
    write(base) {
      if (readOnly) return
      const bytes = encodeTable(key, base)
      baseKey = `${key} ${digestOf(bytes)}`
      replace(path, bytes)
      rmQuietly(changesPath)
    },
    writeChanges(changes) {
      if (!readOnly) replace(changesPath, encodeTable(baseKey, changes))
    },
    writeListing(listing) {
      const text = listing ? formatListing(baseKey, listing) : ''
      if (readOnly || text === listed) return
      if (listing) replace(listingPath, Buffer.from(text))
      else rmQuietly(listingPath)
    },
  }
}

function readChanges(key: string, path: string): Table | undefined {
  try {
    return decodeTable(key, readFileSync(path))
  } catch {
    return undefined
  }
}

function formatListing(key: string, listing: Listing): string {
  const text = JSON.stringify([key, listing])
  return `${digest(text)}\n${text}`
}

function parseListing(wanted: string, whole: string): Listing | undefined {
  const text = whole.slice(whole.indexOf('\n') + 1)
  if (text === '' || whole !== `${digest(text)}\n${text}`) return undefined
  const [key, listing]: [string, Listing] = JSON.parse(text)
  return key === wanted ? listing : undefined
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function replace(path: string, bytes: Uint8Array): void {
  const draft = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(draft, bytes)
    renameSync(draft, path)
  } catch {
    rmQuietly(draft)
  }
}

function rmQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Nor could it be made
  }
}
