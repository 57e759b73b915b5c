import type { Context } from 'hono'
import type { Notice, NoticePage } from '../pages/notice-pages.ts'
import type { Subscribers } from '../store/subscribers.ts'
import type { AnswerFile, FileAnswer } from './answer-file.ts'
import type { ClientAddress } from './client-address.ts'
import type { Joining } from './joining.ts'
import type { FileReader, OutFile } from './out-file.ts'
import type { Preferring } from './preferring.ts'
import type { Webhooks } from './webhooks/webhooks.ts'

export interface Site {
  readonly subscribers: Pick<Subscribers, 'findByToken' | 'setStatus'>
  readonly readFile: FileReader
  readonly answerFile: AnswerFile
  /** old paths below `base`, decoded, and where they lead to: an absolute URL, or a path that begins with `base` */
  readonly moved: ReadonlyMap<string, string>
  /** Whether an article was withdrawn from a path: decoded, below `base`, without a slash at its end. */
  readonly isGone: (path: string) => boolean
  readonly page: NoticePage
  readonly clientAddress: ClientAddress
  /** absent: readers cannot join here, since there is no newsletter or no URL for its links */
  readonly joining?: Joining
  /** absent: no mail provider tells us anything */
  readonly webhooks?: Webhooks
  /** absent: there is no newsletter */
  readonly preferring?: Preferring
  /** the path below which everything stands: begins and ends with `/` */
  readonly base: string
  readonly clock: () => Date
  /** takes an entry for each request, with nothing in it of who asked or which link was theirs; or a line of text */
  readonly log: (entry: LogEntry | string) => void
}

export interface LogEntry {
  readonly method: string
  /** what was asked for: the name of a file, or a kind of page */
  readonly what: string
  readonly status: number
  /** milliseconds until the answer was ready */
  readonly ms: number
  /** octets of its body, where they are known beforehand */
  readonly bytes?: number
}

/** What a request carries along. */
export interface Env {
  Bindings: {
    /** the address at the other end of the connection, while there is one */
    peer?: string | undefined
    /** a file to be sent, with its answer: by whoever holds the connection, since it may be large */
    sending?: { readonly file: OutFile; readonly answer: FileAnswer }
  }
  Variables: {
    /** stands in the log in place of the path */
    what: string
    /** the client's IP address, for limits; empty where none is known. Never in the log */
    client: string
  }
}

export type Answer = 200 | 400 | 404 | 410 | 405 | 413 | 500 | 503

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
  return (c: Context<Env>, notice: Notice, status: Answer, language?: string, token?: string) => {
    const bytes = Buffer.from(page(notice, language, token))
    return c.body(bytes, status, { ...own, 'Content-Length': String(bytes.length) })
  }
}
