import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { once } from '../model/memo.ts'
import { keepFile } from './keep-file.ts'

/** Texts that took long to make, kept from one build to the next by a hash of all that they were made from. */
export interface KeptTexts {
  /** @returns undefined for what is not there, or damaged */
  find(key: string): string | undefined
  add(key: string, text: string): void
  /** @param keys of what is still of use: the rest is forgotten sooner or later. Where nothing can be written, nothing is kept. */
  save(keys: () => ReadonlySet<string>): void
}

interface Entry {
  readonly bytes: Uint8Array
  readonly digest: string
}

type Entries = ReadonlyMap<string, Entry>

/** Octets; what is beyond is made again each time, since a bigger file would take longer to read than it saves. */
const most = 24 * 1024 * 1024
const form = 1

/** Octets of later texts beside the others, before all are written anew: one edit is not to rewrite what a thousand articles became. */
const mostBeside = 256 * 1024

/**
 * @param path of the memory, which may be deleted at any time, as may the one beside it (`.changes`)
 * @param program what tells one state of the program from another
 */
export function openKeptTexts(path: string, program: string): KeptTexts {
  const added = new Map<string, Entry>()
  const stamp = hash('sha1', program)
  const laterPath = `${path}.changes`
  const former = once(() => ({
    base: readEntries(path, stamp),
    later: readEntries(laterPath, stamp),
  }))
  return {
    find(key) {
      const { base, later } = former()
      const { bytes, digest } = added.get(key) ?? later.get(key) ?? base.get(key) ?? {}
      // Each by itself, since a build asks for few of them
      if (bytes === undefined || hash('sha1', bytes) !== digest) return undefined
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
    },
    add(key, text) {
      const bytes = Buffer.from(text)
      added.set(key, { bytes, digest: hash('sha1', bytes) })
    },
    save(keys) {
      if (added.size === 0) return
      const { base, later } = former()
      const beside = new Map([...later, ...added])
      const size = beside.values().reduce((size, { bytes }) => size + bytes.length, 0)
      const isFew = base.size > 0 && size <= mostBeside
      if (!isFew) writeEntries(path, stamp, pick([...base, ...beside], keys()))
      writeEntries(laterPath, stamp, isFew ? beside : new Map())
    },
  }
}

/** Those of the keys, up to `most` octets; of two of one key, the last. */
function pick(entries: Iterable<readonly [string, Entry]>, keys: ReadonlySet<string>): Entries {
  const picked = new Map<string, Entry>()
  let size = 0
  for (const [key, entry] of new Map(entries)) {
    if (!keys.has(key) || size + entry.bytes.length > most) continue
    size += entry.bytes.length
    picked.set(key, entry)
  }
  return picked
}

interface Head {
  readonly form: number
  readonly stamp: string
  readonly entries: readonly (readonly [key: string, octets: number, digest: string])[]
}

function readEntries(path: string, stamp: string): Entries {
  const found = new Map<string, Entry>()
  try {
    const file = readFileSync(path)
    let at = file.indexOf(10) + 1
    const head: Head = JSON.parse(file.toString('utf8', 0, at))
    if (head.form !== form || head.stamp !== stamp) return new Map()
    for (const [key, octets, digest] of head.entries) {
      found.set(key, { bytes: file.subarray(at, at + octets), digest })
      at += octets
    }
    return found
  } catch {
    return new Map()
  }
}

function writeEntries(path: string, stamp: string, entries: Entries): void {
  const rows = [...entries].map(([key, { bytes, digest }]) => [key, bytes.length, digest] as const)
  const head: Head = { form, stamp, entries: rows }
  const parts = [...entries.values()].map(({ bytes }) => bytes)
  keepFile(path, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...parts]))
}
