import { hash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { FileReader, Found } from './site.ts'

/** What a path may lead to that is nothing to serve. */
const absent: ReadonlySet<string | undefined> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'ELOOP',
  'ENAMETOOLONG',
])

/**
 * Reads what stands below `root`, wherever its links lead: never a file outside of it, one whose name or folder begins
 * with a dot, or one in a `hidden` folder.
 *
 * @param root absolute; it may not be there yet
 * @param hidden absolute folders, inside `root` or not
 */
export function outFiles(root: string, hidden: readonly string[]): FileReader {
  return async (parts) => {
    try {
      const top = await realpath(root)
      const path = await realpath(resolve(top, ...parts))
      const hiddenPaths = await Promise.all(hidden.map(realPlace))
      const below = relative(top, path)
      if (!isInside(top, path) || /(?:^|[/\\])\./.test(below)) return undefined
      if (hiddenPaths.some((folder) => isInside(folder, path))) return undefined
      // Asked before it is opened: opening a pipe would wait for a writer
      const kind = await stat(path)
      if (kind.isDirectory()) return { kind: 'folder' }
      return kind.isFile() ? await readWhole(path, below) : undefined
    } catch (error) {
      if (absent.has((error as NodeJS.ErrnoException).code)) return undefined
      throw error
    }
  }
}

async function realPlace(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder)
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Bytes and time of one and the same file, whatever a build puts in its place meanwhile. */
async function readWhole(path: string, below: string): Promise<Found> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    const { mtime } = await file.stat()
    const bytes = await file.readFile()
    const name = below.split(sep).join('/')
    return { kind: 'file', name, bytes, modified: mtime, etag: `"${hash('sha256', bytes)}"` }
  } finally {
    await file.close()
  }
}
