import type { Context } from 'hono'
import type { Notice, NoticePage } from '../pages/notice-pages.ts'
import type { Subscribers } from '../store/subscribers.ts'
import type { ClientAddress } from './client-address.ts'

export type Found =
  | { readonly kind: 'folder' }
  | {
      readonly kind: 'file'
      /** below the root, with `/` between its parts */
      readonly name: string
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly modified: Date
      /** strong, in its quotes (RFC 9110 §8.8.3) */
      readonly etag: string
    }

/**
 * Finds what is public at a path.
 *
 * @param parts names of folders and of the file; none is empty, begins with a dot or holds a separator
 * @returns undefined where there is nothing to serve
 */
export type FileReader = (parts: readonly string[]) => Promise<Found | undefined>

export interface Site {
  readonly subscribers: Pick<Subscribers, 'findByToken' | 'setStatus'>
  readonly readFile: FileReader
  readonly page: NoticePage
  readonly clientAddress: ClientAddress
  /** the path below which everything stands: begins and ends with `/` */
  readonly base: string
  readonly clock: () => Date
  /** takes a line for each request, with nothing in it of who asked or which link was theirs */
  readonly log: (line: string) => void
}

/** What a request carries along. */
export interface Env {
  /** the address at the other end of the connection, while there is one */
  Bindings: { peer?: string | undefined }
  Variables: {
    /** stands in the log in place of the path */
    what: string
    /** the client's IP address, for limits; empty where none is known. Never in the log */
    client: string
  }
}

export type Answer = 200 | 400 | 404 | 405 | 413 | 500 | 503

/** What stands on every answer of ours that is no file. */
export const own = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Robots-Tag': 'noindex',
} as const

/** The largest body that is read, in bytes. */
export const largestBody = 64 * 1024

/** Answers with one of our own pages. */
export function sayer({ page }: Pick<Site, 'page'>) {
  return (c: Context<Env>, notice: Notice, status: Answer, language?: string) =>
    c.body(page(notice, language), status, own)
}
