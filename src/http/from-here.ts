import type { Context } from 'hono'
import type { Env } from './site.ts'

/**
 * Whether a button was on our own page. Browsers say so in a header that no page can change; those that do not know it
 * may name an origin, which our policy of sending no referrer makes `null` (Fetch, "append a request `Origin` header").
 *
 * @param ownOrigin absent: nobody knows under which name we are reached
 */
export function isFromHere(c: Context<Env>, ownOrigin: string | undefined): boolean {
  const site = c.req.header('Sec-Fetch-Site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = c.req.header('Origin')
  return origin === undefined || origin === 'null' || origin === ownOrigin
}
