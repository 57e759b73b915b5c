import { Hono } from 'hono'
import { pagePolicy } from '../hosting/site-rules.ts'
import { Fault, traceOf } from '../model/fault.ts'
import { confirmRoutes } from './routes/confirm.ts'
import { fileRoutes } from './routes/files.ts'
import { preferenceRoutes } from './routes/preferences.ts'
import { subscribeRoutes } from './routes/subscribe.ts'
import { unsubscribeRoutes } from './routes/unsubscribe.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { type Env, type Site, sayer } from './site.ts'

/** The public face of a publication: its files, and the pages by which readers join and leave. */
export function makeApp(site: Site): Hono<Env> {
  const app = new Hono<Env>({ getPath: (request) => pathBelow(site.base, request) })
  const say = sayer(site)

  app.use(async (c, next) => {
    const began = performance.now()
    c.set(
      'client',
      site.clientAddress(c.env?.peer, (name) => c.req.header(name)),
    )
    await next()
    c.res.headers.set('X-Content-Type-Options', 'nosniff')
    c.res.headers.set('Referrer-Policy', 'no-referrer')
    if (!c.res.headers.has('Content-Security-Policy')) {
      c.res.headers.set('Content-Security-Policy', pagePolicy)
    }
    site.log({
      method: methodOf(c.req.method),
      what: c.get('what') ?? '-',
      status: c.res.status,
      ms: Math.round(performance.now() - began),
      ...bytesOf(c.req.method, c.res.headers.get('Content-Length')),
    })
  })
  app.onError((error, c) => {
    if (hasHungUp(error)) return say(c, 'not-now', 400)
    const foreseen = error instanceof Fault
    site.log(`tidings: ${foreseen ? error.message : traceOf(error)}`)
    c.header('Retry-After', '120')
    return say(c, 'not-now', foreseen ? 503 : 500)
  })
  app.notFound((c) => say(c, 'missing', 404))

  app.get('/healthz', async (c) => {
    c.set('what', 'healthz')
    await site.subscribers.findByToken('healthz')
    return c.text('ok\n', 200, { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' })
  })
  unsubscribeRoutes(app, site)
  if (site.preferring) preferenceRoutes(app, site.preferring, site)
  if (site.joining) {
    subscribeRoutes(app, site.joining, site)
    confirmRoutes(app, site.joining, site)
  }
  webhookRoutes(app, site)
  // The last one: it answers whatever path is left
  fileRoutes(app, site)
  return app
}

/** As it was sent: what is encoded stays so until each name is decoded by itself. */
function pathBelow(base: string, request: Request): string {
  const { pathname } = new URL(request.url)
  if (pathname === '/healthz') return pathname
  // What begins with a dot is nowhere to be found
  return pathname.startsWith(base) ? `/${pathname.slice(base.length)}` : '/.outside'
}

function bytesOf(method: string, length: string | null): { bytes?: number } {
  return length === null ? {} : { bytes: method === 'HEAD' ? 0 : Number(length) }
}

/** Anybody can make up a method. */
function methodOf(method: string): string {
  return /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH)$/.test(method) ? method : '-'
}

/** Whoever sent a part of a request and no more: nobody is there to read the answer. */
function hasHungUp(error: Error): boolean {
  return 'code' in error && error.code === 'ECONNRESET'
}
