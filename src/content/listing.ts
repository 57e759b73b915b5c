import { sep } from 'node:path'
import type { Stamp } from './stamp.ts'

/**
 * What a folder of articles was like when it was looked through: as long as none of its folders has changed, the same
 * files stand in it. None is made of a tree with links in it, or with names that are spelled otherwise than they are shown.
 */
export interface Listing {
  /** of the content folder, without symbolic links */
  readonly top: string
  /** all folders, by their paths below `top`, which itself is '' */
  readonly folders: readonly (readonly [path: string, stamp: Stamp])[]
  /** files that are found and stand in no table, in order */
  readonly others: readonly string[]
}

/** Where a file of such a tree stands. @param folder the content folder, relative to the publication's */
export function pathIn(top: string, folder: string, file: string): string {
  const path = folder === '.' ? `${top}/${file}` : top + file.slice(folder.length)
  return sep === '/' ? path : path.replaceAll('/', sep)
}

/** All files of two lists that are in order, in order. */
export function* inOrder(
  count: number,
  fileAt: (at: number) => string,
  others: readonly string[],
): Generator<string> {
  let next = 0
  for (let at = 0; at < count; at++) {
    const file = fileAt(at)
    for (let other = others[next]; other !== undefined && other < file; other = others[next]) {
      yield other
      next++
    }
    yield file
  }
  yield* others.slice(next)
}
