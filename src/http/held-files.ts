import type { OutFile } from './out-file.ts'

/** Files in memory, by their paths: the latest used stay, as many as there is room for. */
export interface Held {
  /** As it was read, which may be long ago. */
  find(path: string): OutFile | undefined
  /** @param weight in octets */
  add(path: string, file: OutFile, weight: number): void
  /** A file that is held has got heavier. */
  grow(path: string, weight: number): void
}

const mostFiles = 5_000
/** What a file weighs beside its octets. */
const overhead = 2_000

/** @param most octets in all */
export function holdFiles(most: number): Held {
  const files = new Map<string, { readonly file: OutFile; weight: number }>()
  let total = 0
  const drop = (path: string) => {
    total -= files.get(path)?.weight ?? 0
    files.delete(path)
  }
  const makeRoom = () => {
    for (const path of files.keys()) {
      if (total <= most && files.size <= mostFiles) return
      drop(path)
    }
  }
  return {
    find(path) {
      const found = files.get(path)
      if (!found) return undefined
      files.delete(path)
      files.set(path, found)
      return found.file
    },
    add(path, file, weight) {
      drop(path)
      const whole = overhead + (file.bytes ? weight : 0)
      files.set(path, { file, weight: whole })
      total += whole
      makeRoom()
    },
    grow(path, weight) {
      const found = files.get(path)
      if (!found) return
      found.weight += weight
      total += weight
      makeRoom()
    },
  }
}
