import { simpleParser } from 'mailparser'
import { joinLetters } from '../../src/commands/join-letters.ts'
import type { Letterhead } from '../../src/commands/letterhead.ts'
import { workOff } from '../../src/delivery/join-mails.ts'
import { makeLimiter } from '../../src/http/limiter.ts'
import { openMailer } from '../../src/mail/open-mailer.ts'
import type { Topic } from '../../src/model/topic.ts'
import { joinPages } from '../../src/pages/join-pages.ts'
import type { Secrets } from '../../src/subscribers/signed-token.ts'
import { sourceOf, templates } from '../edition/templates.ts'
import { publication } from '../feeds/samples.ts'
import { type RelayOptions, startRelay } from '../mail/relay.ts'
import { startSite } from './site.ts'

export const noon = new Date('2026-11-23T12:00:00Z')

export const newsletter = {
  name: 'The <Letter>',
  from: 'News <news@example.org>',
  listId: 'news.example.org',
  postalAddress: '1 Street, Town',
  subject: '',
  maxArticles: 12,
  topics: [],
} as const

export const head: Letterhead = {
  from: { name: 'News', address: 'news@example.org' },
  replyTo: { name: '', address: 'desk@example.org' },
  list: { id: 'news.example.org', name: 'The <Letter>' },
  keys: [],
}

export interface JoinSiteOptions {
  readonly topics?: readonly Topic[]
  readonly origins?: readonly string[]
  readonly language?: string
  readonly secrets?: Secrets
  readonly relay?: RelayOptions
  readonly base?: string
  readonly perHour?: number
}

type Fields = Readonly<Record<string, string>>

/** The pages of joining on a real server, with a real store, a relay that keeps what it gets, and a clock to turn. */
export async function startJoinSite({
  topics = [],
  origins = [],
  language = 'en',
  secrets = ['a secret of the tests'],
  relay: relayOptions = {},
  base = '/',
  perHour = 500,
}: JoinSiteOptions = {}) {
  const relay = await startRelay(relayOptions)
  let now = noon
  const clock = () => now
  const own = { origin: '' }
  const asked: Date[] = []
  const site = await startSite(
    { 'tidings.css': sourceOf('tidings.css'), 'index.html': '<title>Front</title>' },
    {
      base,
      language,
      clock,
      trustedProxies: ['127.0.0.1'],
      async joining({ joins }, frame) {
        const pages = joinPages({ ...frame, topics })
        for (const tag of templates.languages.keys()) await joins.keepText(pages.consent(tag))
        return {
          joins,
          pages,
          secrets,
          limiter: makeLimiter(),
          origins,
          get ownOrigin() {
            return own.origin
          },
          clock,
          asked: () => asked.push(now),
        }
      },
    },
  )
  own.origin = site.origin
  const mailer = openMailer(relay.url, { root: site.folder, connections: 1 })
  const letters = joinLetters({
    head,
    publication: { ...publication, language },
    newsletter,
    templates,
    secrets,
    server: site.url,
    clock,
  })
  const notes: string[] = []
  const work = () =>
    workOff({
      joins: site.store.joins,
      subscribers: site.subscribers,
      mailer,
      compose: letters.compose,
      clock,
      perHour,
      note: (line) => notes.push(line),
      signal: new AbortController().signal,
    })
  const pass = (ms: number) => {
    now = new Date(now.getTime() + ms)
  }

  /** Reads the form, and waits as long as a person needs. */
  async function token(path = 'subscribe'): Promise<string> {
    const page = await (await site.get(path)).text()
    pass(3000)
    return tokenIn(page)
  }

  const send = (fields: Fields | URLSearchParams, headers: Fields = {}) =>
    site.get('subscribe', { method: 'POST', body: new URLSearchParams(fields), headers })

  return {
    ...site,
    relay,
    notes,
    asked,
    now: clock,
    pass,
    token,
    /** sends a form as it is */
    send,
    work,
    /** asks as a person does, and lets the message leave */
    async ask(address: string, fields: Fields = {}) {
      const form = `subscribe?language=${fields.language ?? ''}`
      const answer = await send({ address, token: await token(form), ...fields })
      await work()
      return answer
    },
    /** the link in the latest message */
    async link(): Promise<string> {
      const { text = '' } = await simpleParser(relay.messages.at(-1)?.raw ?? '')
      return /https?:\S+/.exec(text)?.[0] ?? ''
    },
    press: (link: string, headers: Fields = {}) =>
      fetch(link, { method: 'POST', body: new URLSearchParams({ confirm: 'yes' }), headers }),
    async [Symbol.asyncDispose]() {
      await mailer.close()
      await site[Symbol.asyncDispose]()
      await relay[Symbol.asyncDispose]()
    },
  }
}

/** The token of the form on a page. */
export function tokenIn(page: string): string {
  return /name="token" value="([^"]*)"/.exec(page)?.[1] ?? ''
}
