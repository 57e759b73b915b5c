import { Buffer } from 'node:buffer'
import {
  accessSync,
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { join, sep } from 'node:path'
import { Fault } from '../model/fault.ts'
import type { Problem } from '../model/problem.ts'
import type { Found } from './found.ts'
import { type Listing, pathIn } from './listing.ts'
import { readSource, type Source } from './source.ts'
import { isSameStamp, type Stamp } from './stamp.ts'

/** A list of files, each made when it is asked for. */
export interface Files {
  readonly length: number
  at(place: number): Found | undefined
}

export interface Folder {
  /** in the order of their paths */
  readonly files: Files
  /** folders and files that could not be looked at */
  readonly problems: readonly Problem[]
  /** of the content folder, without symbolic links */
  readonly top: string
  /** all folders as they were before they were looked through; absent where a Listing cannot be made */
  readonly folders?: Listing['folders']
}

export interface ListedFolder extends Folder {
  readonly files: readonly Found[]
}

const mostBytes = 16 * 1024 * 1024

/**
 * Finds the `.md`, `.markdown`, `.txt`, `.html` and `.htm` files below the content folder, at any depth. Passed over: names that begin with a dot,
 * `node_modules`, section pages (`_index.*`), and what is ours in a publication that is its own content folder. Symbolic links are followed,
 * and each folder is looked through once.
 *
 * @param path of the content folder
 * @param folder its name in the publication, in NFC; `.` for the publication itself
 * @param onFound told how many have been found, at each
 * @throws {Fault} 'content-invalid' when there is no such folder
 */
export function listFolder(
  path: string,
  folder: string,
  onFound?: (count: number) => void,
): ListedFolder {
  const problems: Problem[] = []
  if (!isFolder(path)) {
    throw new Fault(
      'content-invalid',
      `${folder}: there is no such folder; create it, or set content.folder`,
    )
  }
  const top = realpathSync(path)
  const { found, ...rest } = walk(top, folder, problems, onFound)
  return { files: found.sort((a, b) => (a.file < b.file ? -1 : 1)), problems, top, ...rest }
}

/** Whether all folders are as they were: then the same names stand in them. */
export function isUnchanged(path: string, { top, folders }: Listing): boolean {
  try {
    if (realpathSync(path) !== top) return false
    return folders.every(([below, stamp]) => {
      const folder = join(top, below)
      // Somebody else may have made the list
      accessSync(folder, constants.R_OK)
      return isSameStamp(stampOf(statSync(folder)), stamp)
    })
  } catch {
    return false
  }
}

/** A file with what tells whether it has changed since. */
export interface ReadFile {
  readonly source: Source
  readonly stamp: Stamp
}

/**
 * Reads one article file. Synchronous: thousands of small files are read several times faster so.
 *
 * @returns a problem when it is too big, no UTF-8, or the file system refuses it
 */
export function readArticleFile({ path, file }: Found): ReadFile | Problem {
  return attempt(file, () => {
    const descriptor = openSync(path, 'r')
    try {
      const stamp = stampOf(fstatSync(descriptor))
      if (stamp.size > mostBytes)
        return { file, message: 'is bigger than 16 MiB; this is no article, move it elsewhere' }
      const source = readSource(file, readWhole(descriptor, stamp.size))
      return 'message' in source ? source : { source, stamp }
    } finally {
      closeSync(descriptor)
    }
  })
}

/** What tells whether a file has changed. @returns undefined when it is gone or out of reach */
export function stampFile({ path }: Found): Stamp | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat && stampOf(stat)
  } catch {
    return undefined
  }
}

function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): Stamp {
  return { size, modified: mtimeMs, changed: ctimeMs, inode: ino }
}

// One buffer for all files: what is read is decoded before the next one comes
let space = Buffer.allocUnsafeSlow(64 * 1024)

function readWhole(descriptor: number, size: number): Uint8Array {
  if (size >= space.length) space = Buffer.allocUnsafeSlow(size * 2)
  let length = 0
  for (;;) {
    const read = readSync(descriptor, space, length, space.length - length, null)
    length += read
    // Room that is left over after a read shows the end, but for files that say they are empty (/proc)
    if (read === 0 || (length === size && size > 0 && length < space.length)) break
    if (length === space.length) space = Buffer.concat([space, Buffer.alloc(length)])
  }
  return space.subarray(0, length)
}

/** Folders of a publication that hold no articles, though files that could be taken for some. */
const ours: ReadonlySet<string> = new Set(['out', 'templates'])

interface Walked {
  readonly found: Found[]
  readonly folders?: Listing['folders']
}

/**
 * Folders first, the links to folders after them: what stands in a folder and behind a link is found where it stands.
 *
 * @param top without symbolic links, as are the paths of all places
 * @param folder see listFolder
 */
function walk(
  top: string,
  folder: string,
  problems: Problem[],
  onFound: (count: number) => void = () => undefined,
): Walked {
  const found: Found[] = []
  const folders: [string, Stamp][] = []
  const seen = new Set<string>()
  const waiting: Found[] = [{ path: top, file: folder === '.' ? '' : folder }]
  const links: Found[] = []
  let isPlain = true
  for (;;) {
    const place = waiting.pop() ?? follow(links.shift(), problems)
    if (place === undefined) break
    if (place === 'nothing' || seen.has(place.path)) continue
    seen.add(place.path)
    // Before it is looked through: what comes afterwards changes it once more
    const stamp = stampFile(place)
    if (stamp) folders.push([place.path.slice(top.length + 1), stamp])
    for (const entry of list(place, problems)) {
      const here = inside(place, entry.name)
      const isWanted = isArticle(entry.name)
      const kind = entry.isFile() ? 'file' : attempt(here.file, () => kindOf(entry, here.path))
      isPlain &&= !entry.isSymbolicLink() && here.path === pathIn(top, folder, here.file)
      if (typeof kind === 'object') {
        if (isWanted) problems.push(kind)
      } else if (kind === 'file') {
        if (isWanted) onFound(found.push(here))
      } else if (kind === 'folder') {
        if (ours.has(here.file)) continue
        if (entry.isSymbolicLink()) links.push(here)
        else waiting.push(here)
      }
    }
  }
  return isPlain && problems.length === 0 && folders.length === seen.size
    ? { found, folders }
    : { found }
}

function list({ path, file }: Found, problems: Problem[]): readonly Dirent[] {
  const entries = attempt(file, () => readdirSync(path, { withFileTypes: true }))
  if ('message' in entries) {
    problems.push(entries)
    return []
  }
  return entries.filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
}

function inside({ path, file }: Found, name: string): Found {
  const whole = file === '' ? name : `${file}/${name}`
  // One spelling on every machine: macOS hands out decomposed names
  return {
    path: `${path}${sep}${name}`,
    file: isPlainName.test(name) ? whole : whole.normalize('NFC'),
  }
}

const isPlainName = /^[\x20-\x7e]*$/

/** @returns undefined when there is no further link */
function follow(link: Found | undefined, problems: Problem[]): Found | 'nothing' | undefined {
  if (link === undefined) return undefined
  const real = attempt(link.file, () => realpathSync(link.path))
  if (typeof real === 'string') return { path: real, file: link.file }
  problems.push(real)
  return 'nothing'
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
