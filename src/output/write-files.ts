import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
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
 * A file that already has these bytes is left alone, with its modification time.
 *
 * @throws {Fault} 'unavailable' when the folder cannot be written
 */
export async function writeFiles(root: string, files: readonly OutputFile[]): Promise<WriteResult> {
  let written = 0
  for (const file of files) {
    if (await writeOne(join(root, file.path), Buffer.from(file.contents))) written++
  }
  return { written, unchanged: files.length - written }
}

async function writeOne(path: string, contents: Buffer): Promise<boolean> {
  const old = await readFile(path).catch(() => undefined)
  if (old?.equals(contents)) return false
  // Beside its goal, since a rename is atomic only within one file system.
  const draft = join(dirname(path), `.${process.pid}.tidings-tmp`)
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(draft, contents)
    await rename(draft, path)
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw cannotWrite(path, cause)
  }
  return true
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
  const walk = async (folder: string): Promise<boolean> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])
    let left = entries.length
    for (const entry of entries) {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (await walk(path)) left--
      } else if (!keep.has(path)) {
        await rm(join(root, path), { force: true })
        removed++
        left--
      }
    }
    if (left > 0 || entries.length === 0) return false
    await rmdir(join(root, folder)).catch(() => undefined)
    return true
  }
  for (const folder of folders) await walk(folder)
  return removed
}

function cannotWrite(path: string, cause: unknown): Fault {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new Fault('unavailable', `${path}: cannot be written: ${reason}`, { cause })
}
