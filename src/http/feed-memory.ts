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
import { join } from 'node:path'

/** A state in which a feed document has been served. */
interface Version {
  /** of its bytes */
  readonly tag: string
  /** seconds */
  readonly modified: number
  /** of its entries */
  readonly keys: readonly string[]
}

/** The versions in which feed documents have been served: across restarts, and not for ever. */
export interface FeedMemory {
  /**
   * Notes the version that stands.
   *
   * @param name of the document, below out/
   * @param version as it is on the disk
   * @returns its Last-Modified in seconds: later than that of the version before by a second at least, whatever the
   *   clock and the file say. Some readers pass over a body whose date has not moved.
   */
  note(name: string, version: Version): number
  /** The entries of the latest version that has one of these tags. */
  keysOf(name: string, tags: readonly string[]): ReadonlySet<string> | undefined
}

const form = 1
const mostVersions = 50
/** Of all versions of one document together. */
const mostKeys = 20_000
const mostDays = 90

/** @param folder may be deleted at any time: readers get whole feeds then */
export function feedMemory(folder: string): FeedMemory {
  const known = new Map<string, readonly Version[]>()
  const sets = new WeakMap<Version, ReadonlySet<string>>()
  forgetOld(folder)
  const pathOf = (name: string) => join(folder, `${hash('sha256', name).slice(0, 32)}.json`)
  const versionsOf = (name: string) => {
    const versions = known.get(name) ?? readVersions(pathOf(name), name)
    known.set(name, versions)
    return versions
  }
  return {
    note(name, version) {
      const versions = versionsOf(name)
      const last = versions.at(-1)
      if (last?.tag === version.tag) return last.modified
      const modified = Math.max(version.modified, last ? last.modified + 1 : 0)
      const next = [...versions, { ...version, modified }].slice(-mostVersions)
      while (next.length > 1 && countKeys(next) > mostKeys) next.shift()
      known.set(name, next)
      write(folder, pathOf(name), JSON.stringify({ form, name, versions: next }))
      return modified
    },
    keysOf(name, tags) {
      const found = versionsOf(name).findLast(({ tag }) => tags.includes(tag))
      if (found === undefined) return undefined
      const keys = sets.get(found) ?? new Set(found.keys)
      sets.set(found, keys)
      return keys
    },
  }
}

function countKeys(versions: readonly Version[]): number {
  return versions.reduce((sum, { keys }) => sum + keys.length, 0)
}

function readVersions(path: string, name: string): readonly Version[] {
  try {
    const read = JSON.parse(readFileSync(path, 'utf8'))
    return read.form === form && read.name === name ? read.versions.filter(isVersion) : []
  } catch {
    return []
  }
}

function isVersion(value: Partial<Version>): value is Version {
  const { tag, modified, keys } = value
  return typeof tag === 'string' && Number.isSafeInteger(modified) && Array.isArray(keys)
}

function write(folder: string, path: string, text: string): void {
  const draft = `${path}.${process.pid}`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(draft, text)
    renameSync(draft, path)
  } catch {
    // It is known as long as this process lives
    rmSync(draft, { force: true })
  }
}

function forgetOld(folder: string): void {
  const oldest = Date.now() - mostDays * 24 * 3600 * 1000
  try {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      if (statSync(path).mtimeMs < oldest) rmSync(path, { force: true })
    }
  } catch {
    // There is none, or another process was quicker
  }
}
