import {
  type Dirent,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '../model/fault.ts'

/** A file to be, below some root. */
export interface OutputFile {
  /** relative, with `/` between its parts */
  readonly path: string
  readonly contents: string | Uint8Array
}

export interface WriteResult {
  readonly written: number
  readonly unchanged: number
}

/**
 * Writes files whole or not at all: a reader of the folder sees the old file or the new one, never half of one.
 * A file that already has these bytes is left alone, with its modification time; one that gets others has a later time
 * by a second at least, which is what HTTP can tell apart (Last-Modified): some feed readers pass over a document whose
 * time has not moved.
 *
 * @throws {Fault} 'unavailable' when the folder cannot be written
 */
export async function writeFiles(root: string, files: readonly OutputFile[]): Promise<WriteResult> {
  let written = 0
  for (const file of files) {
    if (writeOne(join(root, file.path), bytesOf(file))) written++
  }
  return { written, unchanged: files.length - written }
}

/** @returns the same bytes where it has bytes already */
export function bytesOf({ contents }: OutputFile): Uint8Array {
  return typeof contents === 'string' ? Buffer.from(contents) : contents
}

// Synchronous: hundreds of files of some 100 kB are written several times faster so
function writeOne(path: string, contents: Uint8Array): boolean {
  if (readOld(path)?.equals(contents)) return false
  // Beside its goal, since a rename is atomic only within one file system.
  const draft = join(dirname(path), `.${process.pid}.tidings-tmp`)
  try {
    writeInFolder(draft, contents)
    datePast(path, draft)
    renameSync(draft, path)
  } catch (cause) {
    removeDraft(draft)
    throw cannotWrite(path, cause)
  }
  return true
}

/** A clock that was wrong once does not date files for ever. */
const mostAhead = 3600

function datePast(old: string, draft: string): void {
  const before = statSync(old, { throwIfNoEntry: false })
  if (!before) return
  const next = Math.floor(before.mtimeMs / 1000) + 1
  const now = Date.now() / 1000
  if (next > now && next < now + mostAhead) utimesSync(draft, next, next)
}

function writeInFolder(path: string, contents: Uint8Array): void {
  try {
    writeFileSync(path, contents)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, contents)
  }
}

function readOld(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

function removeDraft(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Nor could it be made
  }
}

/**
 * Deletes what an earlier build left in `folders` below `root` and this one did not make: the feeds of a tag that
 * no article has any more.
 *
 * @param keep paths relative to `root`
 * @returns how many files are gone
 */
export async function removeOthers(
  root: string,
  folders: readonly string[],
  keep: ReadonlySet<string>,
): Promise<number> {
  let removed = 0
  const walk = (folder: string): boolean => {
    const entries = listEntries(join(root, folder))
    let left = entries.length
    for (const entry of entries) {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (walk(path)) left--
      } else if (!keep.has(path)) {
        rmSync(join(root, path), { force: true })
        removed++
        left--
      }
    }
    if (left > 0 || entries.length === 0) return false
    return removeFolder(join(root, folder))
  }
  // What stands behind a link is not ours to delete.
  for (const folder of folders) {
    if (lstatSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory()) walk(folder)
  }
  return removed
}

function listEntries(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** @returns true, whether or not somebody has put a file into it meanwhile */
function removeFolder(folder: string): boolean {
  try {
    rmdirSync(folder)
  } catch {
    // It stays, and is tried again by the next build
  }
  return true
}

function cannotWrite(path: string, cause: unknown): Fault {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new Fault('unavailable', `${path}: cannot be written: ${reason}`, { cause })
}
