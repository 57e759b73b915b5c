import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../model/fault.ts'
import type { Problem } from '../model/problem.ts'
import { readSource, type Source } from './source.ts'

export interface Folder {
  /** in the order of their paths */
  readonly sources: readonly Source[]
  /** files that could not be read */
  readonly problems: readonly Problem[]
  /** all article files, with those that could not be read */
  readonly present: ReadonlySet<string>
}

const twins =
  'two files have this name, in two Unicode spellings that look the same; rename one of them'
const mostBytes = 16 * 1024 * 1024

/**
 * Reads the `.md`, `.markdown`, `.txt`, `.html` and `.htm` files below the content folder, at any depth. Passed over: names that begin with a dot,
 * `node_modules`, section pages (`_index.*`), and a README without front matter. Symbolic links are followed, a folder
 * never into itself. Synchronous at heart: thousands of small files are read several times faster so.
 *
 * @param folder relative to `root`
 * @throws {Fault} 'content-invalid' when there is no such folder
 */
export async function readFolder(root: string, folder: string): Promise<Folder> {
  const sources: Source[] = []
  const problems: Problem[] = []
  const present = new Set<string>()
  const top = join(root, folder)
  if (!isFolder(top)) {
    throw new Fault(
      'content-invalid',
      `${folder}: there is no such folder; create it, or set content.folder`,
    )
  }
  const found = walk(top, folder === '.' ? '' : folder, problems, new Set([realpathSync(top)]))
  for (const { path, file } of found.sort((a, b) => (a.file < b.file ? -1 : 1))) {
    const twin = present.has(file)
    const read = twin ? { file, message: twins } : attempt(file, () => readOne(path, file))
    present.add(file)
    if ('message' in read) problems.push(read)
    else if (/(?:^|\/)readme\.[^/]*$/i.test(file) && read.matter.syntax === 'none')
      present.delete(file)
    else sources.push(read)
  }
  return { sources, problems, present }
}

interface Found {
  readonly path: string
  readonly file: string
}

function walk(
  path: string,
  file: string,
  problems: Problem[],
  above: ReadonlySet<string>,
): Found[] {
  const entries = attempt(file, () => readdirSync(path, { withFileTypes: true }))
  if ('message' in entries) {
    problems.push(entries)
    return []
  }
  return entries.flatMap((entry): Found[] => {
    const { name } = entry
    if (name.startsWith('.') || name === 'node_modules') return []
    // One spelling on every machine: macOS hands out decomposed names
    const here = {
      path: join(path, name),
      file: (file === '' ? name : `${file}/${name}`).normalize('NFC'),
    }
    const kind = attempt(here.file, () => kindOf(entry, here.path))
    if (typeof kind === 'object') {
      if (isArticle(name)) problems.push(kind)
      return []
    }
    if (kind === 'file') return isArticle(name) ? [here] : []
    if (kind !== 'folder') return []
    const real = entry.isSymbolicLink() ? realpathSync(here.path) : here.path
    return above.has(real)
      ? []
      : walk(here.path, here.file, problems, new Set([...above, realpathSync(here.path)]))
  })
}

function readOne(path: string, file: string): Source | Problem {
  const bytes = readFileSync(path)
  if (bytes.length > mostBytes)
    return { file, message: 'is bigger than 16 MiB; this is no article, move it elsewhere' }
  return readSource(file, bytes)
}

function isArticle(name: string): boolean {
  return /\.(?:md|markdown|txt|html?)$/i.test(name) && !/^_index\./i.test(name)
}

function kindOf(entry: Dirent, path: string): 'file' | 'folder' | 'other' {
  const stat = entry.isSymbolicLink() ? statSync(path) : entry
  return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other'
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** What the file system refuses is the author's to mend; anything else that is thrown is not. */
function attempt<T>(file: string, work: () => T): T | Problem {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    return {
      file,
      message: `cannot be read (${String(error.code)}); mend its permissions or remove it`,
    }
  }
}
