/**
 * What the file system says of a file without opening it. Whatever writes to a file moves `changed`, which no program
 * can set; a file that took the place of another has another `inode`.
 */
export interface Stamp {
  /** octets */
  readonly size: number
  /** milliseconds since 1970-01-01T00:00Z, with fractions */
  readonly modified: number
  readonly changed: number
  readonly inode: number
}

// A file that was written just before it was read may be written again within the same tick of the file system's
// clock: what is so young is read once more by the next build (as Git does). 2 seconds is the coarsest clock there is.
const young = 2000
/** No file is stamped so. */
const never: Stamp = { size: -1, modified: -1, changed: -1, inode: -1 }

/** @param startedAt the clock's time before any file was read, in milliseconds */
export function safeStamp(stamp: Stamp, startedAt: number): Stamp {
  return Math.max(stamp.modified, stamp.changed) >= startedAt - young ? never : stamp
}

/** The same of a folder: it has others when a name in it has come or gone. On FAT disks they may have no times at all. */
export function safeFolderStamp(stamp: Stamp, startedAt: number): Stamp {
  return stamp.modified > 0 && stamp.changed > 0 ? safeStamp(stamp, startedAt) : never
}

export function isSameStamp(a: Stamp, b: Stamp): boolean {
  return (
    a.size === b.size && a.modified === b.modified && a.changed === b.changed && a.inode === b.inode
  )
}
