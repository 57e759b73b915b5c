import { hash, randomUUID } from 'node:crypto'
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
import type { Coding } from './codings.ts'
import { compressWell } from './compress.ts'

/** Compressed forms of files: each made once and kept. */
export interface EncodedFiles {
  /**
   * @param tag stands for the bytes: a hash of them
   * @returns undefined where compressing is of no use
   */
  encode(coding: Coding, tag: string, bytes: Uint8Array): Promise<Uint8Array | undefined>
}

const endings: Readonly<Record<Coding, string>> = { br: 'br', zstd: 'zst', gzip: 'gz' }
const mostKept = 256 * 1024 * 1024
/**
 * @param folder may be deleted at any time; where it cannot be written, nothing is kept beyond this process
 */
export function encodedFiles(folder: string): EncodedFiles {
  const underway = new Map<string, Promise<Uint8Array | undefined>>()
  // Another version of a library may write other bytes, under the same tag
  const { zlib, brotli, zstd } = process.versions
  const program = hash('sha256', [1, zlib, brotli, zstd].join()).slice(0, 8)
  let written = sweep(folder, mostKept)
  async function make(path: string, coding: Coding, bytes: Uint8Array) {
    const kept = readKept(path)
    const encoded = kept ?? (await compressWell(coding, bytes))
    // Not worth the trouble: an empty file says so
    const use = encoded.length < bytes.length * 0.95 ? encoded : encoded.subarray(0, 0)
    if (!kept) {
      keep(folder, path, use)
      written += use.length
      if (written > mostKept) written = sweep(folder, mostKept / 2)
    }
    return use.length > 0 ? use : undefined
  }
  return {
    encode(coding, tag, bytes) {
      const path = join(folder, `${program}-${tag}.${endings[coding]}`)
      const making = underway.get(path) ?? make(path, coding, bytes)
      underway.set(path, making)
      return making.finally(() => underway.delete(path))
    },
  }
}

function readKept(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

function keep(folder: string, path: string, bytes: Uint8Array): void {
  const draft = join(folder, `.${randomUUID()}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(draft, bytes, { flush: true })
    renameSync(draft, path)
  } catch {
    rmSync(draft, { force: true })
  }
}

/** Deletes the oldest ones until the rest is at most so large. @returns how large it is */
function sweep(folder: string, most: number): number {
  const files = list(folder).sort((a, b) => b.time - a.time)
  let total = 0
  for (const { path, size } of files) {
    if (total + size > most) rmSync(path, { force: true })
    else total += size
  }
  return total
}

function list(folder: string) {
  try {
    return readdirSync(folder).flatMap((name) => {
      const path = join(folder, name)
      const stat = statSync(path, { throwIfNoEntry: false })
      return stat ? [{ path, size: stat.size, time: stat.mtimeMs }] : []
    })
  } catch {
    return []
  }
}
