import type { Readable } from 'node:stream'
import type { Coding } from './codings.ts'

export type Found = { readonly kind: 'folder' } | OutFile

/** A file of out/, as it was at one moment. */
export interface OutFile {
  readonly kind: 'file'
  /** below the root, with `/` between its parts */
  readonly name: string
  readonly type: string
  /** changes with its bytes: a strong entity tag without quotes (RFC 9110 §8.8.3) */
  readonly tag: string
  /** in octets */
  readonly size: number
  /** seconds since 1970; later than that of any other bytes that stood there before */
  readonly modified: number
  /** undefined for a large one: see `open` */
  readonly bytes: Uint8Array | undefined
  /** Whether it still stands there as it was. */
  isCurrent(): boolean
  /** Reads a part; both ends are within the file. @returns undefined when it has changed meanwhile */
  open(start: number, end: number): Promise<Readable | undefined>
  /** Compresses it. Absent or undefined where that is of no use; no promise when it was made before. */
  readonly encode?: (coding: Coding) => Uint8Array | undefined | Promise<Uint8Array | undefined>
  /**
   * A feed with no more than what is new since a version that had one of these tags.
   * @returns undefined when none of them is known
   */
  readonly delta?: (tags: readonly string[]) => string | undefined
}

/**
 * Finds what is public at a path.
 *
 * @param parts names of folders and of the file; none is empty, begins with a dot or holds a separator
 * @returns undefined where there is nothing to serve
 */
export type FileReader = (parts: readonly string[]) => Promise<Found | undefined>
