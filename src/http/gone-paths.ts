import { readFileSync, statSync } from 'node:fs'

/**
 * Whether an article was withdrawn from a path, by the list that builds keep: read again when it has changed.
 *
 * @param file a list in JSON of paths, decoded, without slashes at their ends; it may not be there
 */
export function gonePaths(file: string): (path: string) => boolean {
  let paths: ReadonlySet<string> = new Set()
  let read = -1
  return (path) => {
    const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (modified !== read) {
      paths = readPaths(file)
      read = modified
    }
    return paths.has(path)
  }
}

function readPaths(file: string): ReadonlySet<string> {
  try {
    const list: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return new Set(Array.isArray(list) ? list : [])
  } catch {
    return new Set()
  }
}
