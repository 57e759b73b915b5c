import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Fault } from '../model/fault.ts'
import type { Notice, NoticePage } from '../pages/notice-pages.ts'
import type { Subscribers } from '../store/subscribers.ts'
import { answerFile } from './answer-file.ts'
import { type Leaving, leave } from './leave.ts'
import { splitPath } from './path.ts'

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
  /** the path below which everything stands: begins and ends with `/` */
  readonly base: string
  readonly clock: () => Date
  /** takes a line for each request, with nothing in it of who asked or which link was theirs */
  readonly log: (line: string) => void
}

/** The largest body that is read, in bytes. */
const largestBody = 64 * 1024

/** Nothing but our own style sheet and pictures; forms to ourselves only. */
const policy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const own = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Robots-Tag': 'noindex',
} as const

interface Env {
  Variables: { what: string }
}

type Answer = 200 | 400 | 404 | 405 | 413 | 500 | 503

/** The public face of a publication: its files, and the page by which readers leave (RFC 8058). */
export function makeApp(site: Site): Hono<Env> {
  const app = new Hono<Env>({ getPath: (request) => pathBelow(site.base, request) })
  const say = (c: Context<Env>, notice: Notice, status: Answer, language?: string) =>
    c.body(site.page(notice, language), status, own)

  app.use(async (c, next) => {
    const began = performance.now()
    await next()
    c.res.headers.set('X-Content-Type-Options', 'nosniff')
    c.res.headers.set('Referrer-Policy', 'no-referrer')
    if (!c.res.headers.has('Content-Security-Policy')) {
      c.res.headers.set('Content-Security-Policy', policy)
    }
    const took = Math.round(performance.now() - began)
    site.log(`${methodOf(c.req.method)} ${c.get('what') ?? '-'} ${c.res.status} ${took} ms`)
  })
  app.onError((error, c) => {
    if (hasHungUp(error)) return say(c, 'not-now', 400)
    const foreseen = error instanceof Fault
    site.log(foreseen ? `tidings: ${error.message}` : placeOf(error))
    c.header('Retry-After', '120')
    return say(c, 'not-now', foreseen ? 503 : 500)
  })
  app.notFound((c) => say(c, 'missing', 404))

  app.get('/healthz', async (c) => {
    c.set('what', 'healthz')
    await site.subscribers.findByToken('healthz')
    return c.text('ok\n', 200, { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' })
  })

  const told = (c: Context<Env>, { notice, status, language }: Leaving) =>
    say(c, notice, status, language)
  app.use('/unsubscribe/:token', async (c, next) => {
    c.set('what', 'unsubscribe/…')
    await next()
  })
  app.get('/unsubscribe/:token', async (c) =>
    told(c, await leave(site, c.req.param('token'), undefined)),
  )
  app.post(
    '/unsubscribe/:token',
    bodyLimit({ maxSize: largestBody, onError: (c) => say(c, 'not-now', 413) }),
    async (c) => {
      // A body that is no form says nothing
      const body = await c.req.parseBody().catch(() => ({}))
      return told(c, await leave(site, c.req.param('token'), body))
    },
  )
  app.all('/unsubscribe/:token', (c) => {
    c.header('Allow', 'GET, HEAD, POST')
    return say(c, 'missing', 405)
  })

  app.get('*', async (c) => {
    const parts = splitPath(c.req.path)
    const found = parts && (await site.readFile(parts.names))
    if (!parts || !found) return c.notFound()
    if (found.kind === 'file' && parts.folder) return c.notFound()
    if (found.kind === 'file') {
      c.set('what', encodeURI(found.name))
      return answerFile(c.req.raw.headers, found)
    }
    const last = parts.names.at(-1)
    if (!parts.folder && last !== undefined) {
      // Relative: no path can make it lead to another host
      return c.body(null, 301, { Location: `./${encodeURIComponent(last)}/` })
    }
    const index = await site.readFile([...parts.names, 'index.html'])
    if (index?.kind !== 'file') return c.notFound()
    c.set('what', encodeURI(index.name))
    return answerFile(c.req.raw.headers, index)
  })
  app.all('*', (c) => {
    c.header('Allow', 'GET, HEAD')
    return say(c, 'missing', 405)
  })
  return app
}

/** As it was sent: what is encoded stays so until each name is decoded by itself. */
function pathBelow(base: string, request: Request): string {
  const { pathname } = new URL(request.url)
  if (pathname === '/healthz') return pathname
  // What begins with a dot is nowhere to be found
  return pathname.startsWith(base) ? `/${pathname.slice(base.length)}` : '/.outside'
}

/** Anybody can make up a method. */
function methodOf(method: string): string {
  return /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH)$/.test(method) ? method : '-'
}

/** Whoever sent a part of a request and no more: nobody is there to read the answer. */
function hasHungUp(error: Error): boolean {
  return 'code' in error && error.code === 'ECONNRESET'
}

/** Where a fault of ours happened; its message might quote what a reader sent. */
function placeOf(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return `tidings: this is a fault of tidings itself; please report it: ${[error.name, ...frames].join('\n')}`
}
