import type { Hono } from 'hono'
import { answerFile } from '../answer-file.ts'
import { splitPath } from '../path.ts'
import { type Env, type Site, sayer } from '../site.ts'

/** What stands in out/: every path that is nothing else. */
export function fileRoutes(app: Hono<Env>, site: Site): void {
  const say = sayer(site)
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
}
