import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { isFromHere } from '../from-here.ts'
import { confirm, type Joining } from '../joining.ts'
import { type Env, largestBody, own, type Site, sayer } from '../site.ts'

/** The page of the link in the message, and its button. */
export function confirmRoutes(app: Hono<Env>, joining: Joining, site: Pick<Site, 'page'>): void {
  const say = sayer(site)

  async function answer(c: Context<Env>, pressed?: boolean) {
    const { notice, status, language } = await confirm(joining, c.req.param('token') ?? '', pressed)
    return c.body(joining.pages.say(notice, language), status, own)
  }

  app.use('/confirm/:token', async (c, next) => {
    c.set('what', 'confirm/…')
    await next()
  })
  app.get('/confirm/:token', (c) => answer(c))
  app.post(
    '/confirm/:token',
    bodyLimit({ maxSize: largestBody, onError: (c) => say(c, 'not-now', 413) }),
    async (c) => {
      // A body that is no form says nothing
      const body = await c.req.parseBody().catch((): Record<string, unknown> => ({}))
      return answer(c, body.confirm === 'yes' && isFromHere(c, joining.ownOrigin))
    },
  )
  app.all('/confirm/:token', (c) => {
    c.header('Allow', 'GET, HEAD, POST')
    return say(c, 'missing', 405)
  })
}
