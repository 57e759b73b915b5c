import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Subscriber } from '../../model/subscriber.ts'
import { isFromHere } from '../from-here.ts'
import { everythingHeld } from '../held.ts'
import { confirmMove, type Preferring, press, readerOf, waitOf } from '../preferring.ts'
import { type Env, largestBody, own, type Site, sayer } from '../site.ts'

const paths = [
  ['/preferences/:token', 'preferences/…', 'GET, HEAD, POST'],
  ['/preferences/:token/data', 'preferences/…/data', 'GET, HEAD'],
  ['/preferences/:token/erase', 'preferences/…/erase', 'GET, HEAD, POST'],
  ['/change-address/:token', 'change-address/…', 'GET, HEAD, POST'],
] as const

/** The pages on which readers choose, move and are forgotten. Who opens one changes nothing. */
export function preferenceRoutes(
  app: Hono<Env>,
  preferring: Preferring,
  site: Pick<Site, 'page'>,
): void {
  const say = sayer(site)
  const { pages, clock } = preferring
  const small = bodyLimit({ maxSize: largestBody, onError: (c) => say(c, 'not-now', 413) })

  for (const [path, what] of paths) {
    app.use(path, async (c, next) => {
      c.set('what', what)
      const wait = waitOf(preferring, c.get('client'))
      if (wait === 0) return await next()
      c.header('Retry-After', String(Math.ceil(wait / 1000)))
      return c.body(pages.say('slower'), 429, own)
    })
  }

  /** The same answer for every token that nobody has. */
  async function forReader(
    c: Context<Env>,
    answer: (reader: Subscriber) => Promise<Response> | Response,
  ): Promise<Response> {
    const reader = await readerOf(preferring, c.req.param('token') ?? '')
    return reader ? answer(reader) : say(c, 'unknown', 404)
  }

  app.get('/preferences/:token', (c) =>
    forReader(c, (reader) => c.body(pages.preferences(reader, clock()), 200, own)),
  )
  app.post('/preferences/:token', small, (c) =>
    forReader(c, async (reader) => {
      if (!isFromHere(c, preferring.ownOrigin)) {
        return c.body(pages.preferences(reader, clock()), 403, own)
      }
      const { page, status } = await press(preferring, reader, await formOf(c))
      return c.body(page, status, own)
    }),
  )

  app.get('/preferences/:token/data', (c) =>
    forReader(c, async (reader) => {
      const held = await everythingHeld(preferring.holdings, reader)
      return c.body(`${JSON.stringify(held, null, 2)}\n`, 200, {
        ...own,
        'Content-Type': 'application/json',
        'Content-Disposition': 'attachment; filename="my-data.json"',
      })
    }),
  )

  app.get('/preferences/:token/erase', (c) =>
    forReader(c, (reader) => c.body(pages.erase(reader), 200, own)),
  )
  app.post('/preferences/:token/erase', small, (c) =>
    forReader(c, async (reader) => {
      const { confirm } = await formOf(c)
      const isMeant = confirm === 'yes' && isFromHere(c, preferring.ownOrigin)
      if (!isMeant) return c.body(pages.erase(reader), 403, own)
      await preferring.subscribers.erase(reader.address, clock())
      return c.body(pages.say('erased', reader.language), 200, own)
    }),
  )

  async function moved(c: Context<Env>, pressed?: boolean) {
    const { page, status } = await confirmMove(preferring, c.req.param('token') ?? '', pressed)
    return c.body(page, status, own)
  }
  app.get('/change-address/:token', (c) => moved(c))
  app.post('/change-address/:token', small, async (c) => {
    const { confirm } = await formOf(c)
    return moved(c, confirm === 'yes' && isFromHere(c, preferring.ownOrigin))
  })

  for (const [path, , allowed] of paths) {
    app.all(path, (c) => {
      c.header('Allow', allowed)
      return say(c, 'missing', 405)
    })
  }
}

/** A body that is no form says nothing. */
async function formOf(c: Context<Env>): Promise<Readonly<Record<string, unknown>>> {
  return await c.req.parseBody({ all: true }).catch((): Record<string, unknown> => ({}))
}
