import { hash } from 'node:crypto'
import { constants, existsSync, type Stats, statSync } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Coding } from './codings.ts'
import type { EncodedFiles } from './encoded-files.ts'
import { cutFeed } from './feed-delta.ts'
import type { FeedMemory } from './feed-memory.ts'
import { type Held, holdFiles } from './held-files.ts'
import { isCompressible, isFeed, mediaTypeOf } from './media-types.ts'
import type { FileReader, OutFile } from './out-file.ts'

/** What a path may lead to that is nothing to serve. */
const absent: ReadonlySet<string | undefined> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'ELOOP',
  'ENAMETOOLONG',
])

/** Files of at most this size stand in memory and can be compressed; larger ones are read as they are sent. */
const largestHeld = 8 * 1024 * 1024
/** Of all files in memory, with their compressed forms. */
const mostHeld = 64 * 1024 * 1024
const smallestEncoded = 200

export interface OutFilesOptions {
  /** absolute folders that are never served, inside the root or not */
  readonly hidden: readonly string[]
  readonly encoded: EncodedFiles
  readonly memory: FeedMemory
}

/**
 * Reads what stands below `root`, wherever its links lead: never a file outside of it, one whose name or folder begins
 * with a dot, or one in a `hidden` folder. Files stay in memory while they are as they were.
 *
 * @param root absolute; it may not be there yet
 */
export function outFiles(root: string, { hidden, ...makers }: OutFilesOptions): FileReader {
  const held = holdFiles(mostHeld)
  return async (parts) => {
    try {
      const top = await realpath(root)
      const path = await realpath(resolve(top, ...parts))
      const hiddenPaths = await Promise.all(hidden.map(realPlace))
      const below = relative(top, path)
      if (!isInside(top, path) || /(?:^|[/\\])\./.test(below)) return undefined
      if (hiddenPaths.some((folder) => isInside(folder, path))) return undefined
      if (isRehearsed(top, below)) return undefined
      // Asked before it is opened: opening a pipe would wait for a writer
      const kind = await stat(path)
      if (kind.isDirectory()) return { kind: 'folder' }
      if (!kind.isFile()) return undefined
      const known = held.find(path)
      if (known?.isCurrent()) return known
      return await readFile(path, { name: below.split(sep).join('/'), held, ...makers })
    } catch (error) {
      if (absent.has((error as NodeJS.ErrnoException).code)) return undefined
      throw error
    }
  }
}

/** An edition that was only rehearsed: see `send --dry-run`. */
function isRehearsed(top: string, below: string): boolean {
  const [folder, edition] = below.split(sep)
  if (folder !== 'editions' || edition === undefined) return false
  return existsSync(join(top, folder, edition, '.rehearsal'))
}

async function realPlace(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder)
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

const reading = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)

interface Shelf extends Omit<OutFilesOptions, 'hidden'> {
  readonly name: string
  readonly held: Held
}

async function readFile(path: string, shelf: Shelf): Promise<OutFile> {
  const { name, held, memory } = shelf
  const handle = await open(path, reading)
  try {
    const { bytes, stats } = await readWhole(handle)
    const tag = bytes ? hash('sha256', bytes, 'base64url').slice(0, 22) : tagOf(stats)
    const type = mediaTypeOf(name)
    const cutting = bytes && isFeed(name) ? cutFeed(bytes.toString()) : undefined
    const seconds = modifiedOf(stats, tag, held.find(path))
    const modified = cutting
      ? memory.note(name, { tag, modified: seconds, keys: cutting.keys })
      : seconds
    const { size } = stats
    const file: OutFile = {
      kind: 'file',
      name,
      type,
      tag,
      size,
      modified,
      bytes,
      isCurrent: () => isSame(statNow(path), stats),
      open: (start, end) => openPart(path, stats, start, end),
      ...(bytes &&
        size >= smallestEncoded &&
        isCompressible(type) &&
        coder(path, tag, bytes, shelf)),
      ...(bytes && cutting && { delta: deltas(name, bytes, shelf) }),
    }
    held.add(path, file, size)
    return file
  } finally {
    await handle.close()
  }
}

/** Whatever a build puts in its place meanwhile, this is one file; who writes into it is waited for. */
async function readWhole(
  handle: FileHandle,
  patience = 3,
): Promise<{ readonly bytes: Buffer<ArrayBuffer> | undefined; readonly stats: Stats }> {
  const before = await handle.stat()
  if (before.size > largestHeld) return { bytes: undefined, stats: before }
  const bytes = Buffer.alloc(before.size)
  const { bytesRead } = await handle.read(bytes, 0, before.size, 0)
  const stats = await handle.stat()
  if (bytesRead === before.size && isSame(stats, before)) return { bytes, stats }
  if (patience === 0) throw new Error('a file in out/ changes faster than it can be read')
  return readWhole(handle, patience - 1)
}

// Synchronous: the answer is in the kernel's memory, sooner than a thread of libuv could be asked
function statNow(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function isSame(now: Stats | undefined, before: Stats): boolean {
  return (
    now !== undefined &&
    now.ino === before.ino &&
    now.size === before.size &&
    now.mtimeMs === before.mtimeMs &&
    now.ctimeMs === before.ctimeMs
  )
}

/** Of a file that is too large to read for its hash. */
function tagOf({ size, mtimeMs, ino }: Stats): string {
  return `${size.toString(36)}-${Math.round(mtimeMs * 1000).toString(36)}-${ino.toString(36)}`
}

/** In seconds; later than before where the bytes are others, though builds may follow each other faster. */
function modifiedOf({ mtimeMs }: Stats, tag: string, before: OutFile | undefined): number {
  const seconds = Math.floor(mtimeMs / 1000)
  if (before === undefined) return seconds
  return before.tag === tag ? before.modified : Math.max(seconds, before.modified + 1)
}

function coder(
  path: string,
  tag: string,
  bytes: Uint8Array,
  { encoded, held }: Shelf,
): Pick<OutFile, 'encode'> {
  const made = new Map<Coding, Uint8Array | undefined>()
  return {
    encode(coding) {
      if (made.has(coding)) return made.get(coding)
      return encoded.encode(coding, tag, bytes).then((result) => {
        if (!made.has(coding)) held.grow(path, result?.length ?? 0)
        made.set(coding, result)
        return result
      })
    },
  }
}

function deltas(
  name: string,
  bytes: Buffer,
  { memory }: Shelf,
): (tags: readonly string[]) => string | undefined {
  const made = new WeakMap<ReadonlySet<string>, string>()
  return (tags) => {
    const known = memory.keysOf(name, tags)
    if (known === undefined) return undefined
    const delta = made.get(known) ?? cutFeed(bytes.toString())?.without(known)
    if (delta !== undefined) made.set(known, delta)
    return delta
  }
}

/** @returns undefined when another file stands there by now */
async function openPart(path: string, stats: Stats, start: number, end: number) {
  const handle = await open(path, reading)
  if (!isSame(await handle.stat(), stats)) {
    await handle.close()
    return undefined
  }
  return handle.createReadStream({ start, end })
}
