import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { readFileSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { keepFile } from './keep-file.ts'
import type { OutputFile } from './write-files.ts'

/** What former builds made of what: files that would come out the same need not be made again. */
export interface KeptFiles {
  /**
   * The files of a group, when it was made from the same and every file of it stands as it was made.
   *
   * @param key all that the files depend on; without it, whatever they were made from
   */
  find(group: string, key?: string): readonly string[] | undefined
  /** Remembers what a group is made from. To be called when its files have been written. */
  add(group: string, key: string, files: readonly OutputFile[]): void
  /**
   * Forgets the groups that were neither found nor added. Where nothing can be written, nothing is kept. To be called
   * as late as possible.
   */
  save(): void
}

/** `[path, hash of the contents, stamp]` of each file; without a stamp, the file has to be read. */
type KeptFile = readonly [path: string, hash: string, stamp: string]
interface Group {
  readonly key: string
  readonly files: readonly KeptFile[]
}

interface Added {
  readonly file: string
  readonly digest: string
  /** octets */
  readonly size: number
}

const form = 1

/**
 * @param root the folder of the files
 * @param path of the memory itself, which may be deleted at any time
 */
export function openKeptFiles(root: string, path: string): KeptFiles {
  const former = readGroups(path)
  const next = new Map<string, Group>()
  const added = new Map<string, { readonly key: string; readonly files: readonly Added[] }>()
  let isChanged = false
  return {
    find(name, key) {
      const group = former.get(name)
      if (!group || (key !== undefined && group.key !== key)) return undefined
      const files = group.files.map((kept) => stillThere(root, kept))
      const found = files.filter((file) => file !== undefined)
      if (found.length < files.length) return undefined
      isChanged ||= found.some((file, at) => file !== group.files[at])
      next.set(name, { key: group.key, files: found })
      return found.map(([file]) => file)
    },
    add(name, key, files) {
      isChanged = true
      const kept = files.map(({ path: file, contents }) => {
        return { file, digest: hash('sha1', contents), size: Buffer.byteLength(contents) }
      })
      added.set(name, { key, files: kept })
    },
    save() {
      // Now, and not when it was written: what is too young to be told apart has to be read by the next build
      for (const [name, { key, files }] of added) {
        const stamped = files.map(({ file, digest, size }): KeptFile => {
          const now = stamp(join(root, file))
          // Nobody else has written to it meanwhile
          return [file, digest, now.startsWith(`${size} `) ? now : '']
        })
        next.set(name, { key, files: stamped })
      }
      if (isChanged || next.size !== former.size) writeGroups(path, next)
    },
  }
}

function stillThere(root: string, kept: KeptFile): KeptFile | undefined {
  const [file, digest, before] = kept
  const path = join(root, file)
  const now = stamp(path)
  if (now !== '' && now === before) return kept
  try {
    return hash('sha1', readFileSync(path)) === digest ? [file, digest, now] : undefined
  } catch {
    return undefined
  }
}

/**
 * What tells whether a file has changed; empty for one that is gone, or so young that it may be written again within
 * one tick of the file system's clock. A clock of whole seconds is taken for one of two.
 */
function stamp(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return ''
  const { size, mtimeMs, ctimeMs, ino }: Stats = stat
  const tick = ctimeMs % 1000 === 0 ? 2000 : 20
  return Date.now() - ctimeMs > tick ? [size, mtimeMs, ctimeMs, ino].join(' ') : ''
}

function readGroups(path: string): ReadonlyMap<string, Group> {
  try {
    const [digest = '', text = ''] = splitOnce(readFileSync(path, 'utf8'))
    if (digest !== hash('sha1', text)) return new Map()
    const [version, groups] = JSON.parse(text)
    return new Map<string, Group>(version === form ? groups : [])
  } catch {
    return new Map()
  }
}

function writeGroups(path: string, groups: ReadonlyMap<string, Group>): void {
  const text = JSON.stringify([form, [...groups]])
  keepFile(path, `${hash('sha1', text)}\n${text}`)
}

function splitOnce(text: string): readonly [string, string] {
  const at = text.indexOf('\n')
  return [text.slice(0, at), text.slice(at + 1)]
}
