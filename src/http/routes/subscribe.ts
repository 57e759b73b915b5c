import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { readJoinForm } from '../../subscribers/join-form.ts'
import { type Asked, ask, type Joining, newForm } from '../joining.ts'
import { type Env, largestBody, own, type Site, sayer } from '../site.ts'

/** The form by which readers join, for people and for programs. */
export function subscribeRoutes(app: Hono<Env>, joining: Joining, site: Pick<Site, 'page'>): void {
  const say = sayer(site)
  const { pages } = joining

  app.use('/subscribe', async (c, next) => {
    c.set('what', 'subscribe')
    await next()
    const origin = c.req.header('Origin') ?? ''
    c.res.headers.append('Vary', 'Accept, Origin')
    if (joining.origins.includes(origin)) c.res.headers.set('Access-Control-Allow-Origin', origin)
  })

  app.get('/subscribe', (c) => {
    const language = pages.languageOf(c.req.query('language') ?? '')
    const state = newForm(joining, { address: '', name: '', language })
    if (!wantsJson(c)) return c.body(pages.form(state), 200, own)
    const topics = pages.topics.map(({ id, name, default: chosen }) => ({ id, name, chosen }))
    const consent = pages.consent(language).text
    return c.json({ token: state.token, language, topics, consent }, 200, told)
  })

  app.options('/subscribe', (c) => {
    c.header('Allow', 'GET, HEAD, POST, OPTIONS')
    if (!joining.origins.includes(c.req.header('Origin') ?? '')) return c.body(null, 204)
    c.header('Access-Control-Allow-Methods', 'GET, POST')
    c.header('Access-Control-Allow-Headers', 'Content-Type')
    c.header('Access-Control-Max-Age', '600')
    return c.body(null, 204)
  })

  app.post(
    '/subscribe',
    bodyLimit({ maxSize: largestBody, onError: (c) => say(c, 'not-now', 413) }),
    async (c) => {
      const isJson = mediaType(c) === 'application/json'
      if (isJson && !mayAsk(c, joining)) return c.json({ error: foreign }, 403, told)
      const fields = await bodyOf(c, isJson)
      if (!fields) return isJson ? c.json({ error: malformed }, 400, told) : say(c, 'not-now', 400)
      const form = readJoinForm(
        fields,
        pages.topics.map(({ id }) => id),
      )
      const language = pages.languageOf(form.language)
      const asked = await ask(joining, form, {
        client: c.get('client'),
        origin: standing(c, joining),
      })
      if (asked.kind === 'slower') c.header('Retry-After', String(Math.ceil(asked.wait / 1000)))
      if (asked.kind === 'full') c.header('Retry-After', '600')
      return isJson ? tell(c, pages, asked, language) : show(c, say, pages, asked, language)
    },
  )

  app.all('/subscribe', (c) => {
    c.header('Allow', 'GET, HEAD, POST, OPTIONS')
    return say(c, 'missing', 405)
  })
}

const told = { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' } as const

const foreign = {
  code: 'origin',
  message: 'scripts of this site may not ask here; name it under server.joinOrigins',
} as const
const malformed = { code: 'malformed', message: 'expected a JSON object' } as const

type Pages = Joining['pages']

/** For people. What was entered is never a reason for another status than that of the form. */
function show(
  c: Context<Env>,
  say: ReturnType<typeof sayer>,
  pages: Pages,
  asked: Asked,
  language: string,
) {
  switch (asked.kind) {
    case 'asked':
      return c.body(pages.asked(asked.address, language), 200, own)
    case 'slower':
      return c.body(pages.say('slower', language), 429, own)
    case 'full':
      return say(c, 'not-now', 503, language)
    case 'again':
      return c.body(pages.form(asked.state), isMistake(asked) ? 422 : 200, own)
  }
}

/** For programs. */
function tell(c: Context<Env>, pages: Pages, asked: Asked, language: string) {
  switch (asked.kind) {
    case 'asked':
      return c.json({ status: 'asked', message: pages.told('asked', language) }, 202, told)
    case 'slower':
      return c.json(
        { error: { code: 'slower', message: pages.told('slower', language) } },
        429,
        told,
      )
    case 'full':
      return c.json({ error: { code: 'full', message: 'too many are waiting' } }, 503, told)
    case 'again': {
      const { why: code = 'lookOver', hint, token } = asked.state
      const message = pages.told(code, language, hint)
      return c.json(
        { error: { code, message, ...(hint !== undefined && { hint }) }, token },
        422,
        told,
      )
    }
  }
}

function isMistake({ state: { why } }: Extract<Asked, { kind: 'again' }>): boolean {
  return why === 'noAddress' || why === 'wrongAddress' || why === 'trap'
}

function wantsJson(c: Context<Env>): boolean {
  const accept = c.req.header('Accept') ?? ''
  return accept.includes('application/json') && !accept.includes('text/html')
}

function mediaType(c: Context<Env>): string {
  return (c.req.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** @returns undefined for what is no form and no object */
async function bodyOf(
  c: Context<Env>,
  isJson: boolean,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    if (!isJson) return await c.req.parseBody({ all: true })
    const body: unknown = await c.req.json()
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
    return isObject ? (body as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Programs that are no browser say no origin, and may. */
function mayAsk(c: Context<Env>, { origins, ownOrigin }: Joining): boolean {
  const origin = c.req.header('Origin')
  return origin === undefined || origin === ownOrigin || origins.includes(origin)
}

/** The site on which a form stood that is not our own. */
function standing(c: Context<Env>, { ownOrigin }: Joining): string {
  const origin = c.req.header('Origin') ?? ''
  return origin === ownOrigin || !/^https?:\/\/[\w.:[\]-]{1,255}$/.test(origin) ? '' : origin
}
