import type { Context, Hono } from 'hono'
import { preflight } from '../../hosting/site-rules.ts'
import type { OutFile } from '../out-file.ts'
import { splitPath } from '../path.ts'
import { type Env, type Site, sayer } from '../site.ts'

/** What stands in out/: every path that is nothing else. */
export function fileRoutes(app: Hono<Env>, site: Site): void {
  const say = sayer(site)
  const send = async (c: Context<Env>, file: OutFile) => {
    c.set('what', encodeURI(file.name))
    const { method } = c.req
    const asked = { method, header: (name: string) => c.req.header(name), peer: c.env.peer }
    const answer = await site.answerFile(asked, file)
    c.env.sending = { file, answer }
    const { status, headers } = answer
    return new Response(null, { status, headers: { ...headers } })
  }
  app.get('*', async (c) => {
    const parts = splitPath(c.req.path)
    if (!parts) return c.notFound()
    const path = parts.names.join('/')
    const moved = site.moved.get(parts.folder && path !== '' ? `${path}/` : path)
    if (moved !== undefined) {
      c.set('what', 'moved')
      return c.body(null, 301, { Location: moved, 'Cache-Control': 'public, max-age=3600' })
    }
    const found = await site.readFile(parts.names)
    if (!found && site.isGone(path)) {
      c.set('what', 'gone')
      return say(c, 'gone', 410)
    }
    if (!found) return c.notFound()
    if (found.kind === 'file') return parts.folder ? c.notFound() : send(c, found)
    const last = parts.names.at(-1)
    if (!parts.folder && last !== undefined) {
      // Relative: no path can make it lead to another host
      return c.body(null, 301, { Location: `./${encodeURIComponent(last)}/` })
    }
    const index = await site.readFile([...parts.names, 'index.html'])
    return index?.kind === 'file' ? send(c, index) : c.notFound()
  })
  app.options('*', async (c) => {
    const allow = { Allow: 'GET, HEAD, OPTIONS' }
    return c.body(null, 204, c.req.header('Origin') ? { ...allow, ...preflight } : allow)
  })
  app.all('*', (c) => {
    c.header('Allow', 'GET, HEAD, OPTIONS')
    return say(c, 'missing', 405)
  })
}
