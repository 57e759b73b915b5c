import type { Config } from '../config.ts'
import type { PagesInput } from '../pages/page-views.ts'

/** Where `tidings serve` lets readers join. */
export function joinOf({ newsletter, server }: Config): PagesInput['join'] {
  if (!newsletter || !server.url) return undefined
  return { url: new URL('subscribe', server.url).href, newsletter: newsletter.name }
}
