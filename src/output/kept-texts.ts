import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { keepFile } from './keep-file.ts'

/** Texts that took long to make, kept from one build to the next by a hash of all that they were made from. */
export interface KeptTexts {
  /** @returns undefined for what is not there, or damaged */
  find(key: string): string | undefined
  add(key: string, text: string): void
  /** Forgets all but these. Where nothing can be written, nothing is kept. */
  save(keys: ReadonlySet<string>): void
}

interface Entry {
  readonly bytes: Uint8Array
  readonly digest: string
}

/** Octets; what is beyond is made again each time, since a bigger file would take longer to read than it saves. */
const most = 24 * 1024 * 1024
const form = 1

/**
 * @param path of the memory, which may be deleted at any time
 * @param program what tells one state of the program from another
 */
export function openKeptTexts(path: string, program: string): KeptTexts {
  let former: ReadonlyMap<string, Entry> | undefined
  const added = new Map<string, Entry>()
  const stamp = hash('sha1', program)
  const readOnce = () => (former ??= readEntries(path, stamp))
  return {
    find(key) {
      const { bytes, digest } = added.get(key) ?? readOnce().get(key) ?? {}
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
      const next = new Map<string, Entry>()
      let size = 0
      for (const [key, entry] of [...added, ...readOnce()]) {
        size += entry.bytes.length
        if (keys.has(key) && size <= most) next.set(key, entry)
      }
      writeEntries(path, stamp, next)
    },
  }
}

interface Head {
  readonly form: number
  readonly stamp: string
  readonly entries: readonly (readonly [key: string, octets: number, digest: string])[]
}

function readEntries(path: string, stamp: string): ReadonlyMap<string, Entry> {
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

function writeEntries(path: string, stamp: string, entries: ReadonlyMap<string, Entry>): void {
  const rows = [...entries].map(([key, { bytes, digest }]) => [key, bytes.length, digest] as const)
  const head: Head = { form, stamp, entries: rows }
  const parts = [...entries.values()].map(({ bytes }) => bytes)
  keepFile(path, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...parts]))
}
