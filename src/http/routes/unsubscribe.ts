import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Leaving, leave } from '../leave.ts'
import { type Env, largestBody, type Site, sayer } from '../site.ts'

/** The page by which readers leave, and the POST of mail programs (RFC 8058). */
export function unsubscribeRoutes(app: Hono<Env>, site: Site): void {
  const say = sayer(site)
  const told = (c: Context<Env>, { notice, status, language, token }: Leaving) =>
    say(c, notice, status, language, token)
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
}
