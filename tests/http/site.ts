import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { takeEvents } from '../../src/bounces/take-events.ts'
import { fileAnswers } from '../../src/http/answer-file.ts'
import { makeApp } from '../../src/http/app.ts'
import { clientAddress, proxyCheck } from '../../src/http/client-address.ts'
import { encodedFiles } from '../../src/http/encoded-files.ts'
import { feedMemory } from '../../src/http/feed-memory.ts'
import { type Patience, usualPatience } from '../../src/http/guard-connections.ts'
import type { Joining } from '../../src/http/joining.ts'
import { makeLimiter } from '../../src/http/limiter.ts'
import { listen } from '../../src/http/listen.ts'
import { outFiles } from '../../src/http/out-files.ts'
import { quickFiles } from '../../src/http/quick-files.ts'
import type { LogEntry } from '../../src/http/site.ts'
import type { Webhooks } from '../../src/http/webhooks/webhooks.ts'
import type { Subscriber } from '../../src/model/subscriber.ts'
import type { FrameInput } from '../../src/pages/frame.ts'
import { noticePages } from '../../src/pages/notice-pages.ts'
import { preferencePages } from '../../src/pages/preference-pages.ts'
import type { Store } from '../../src/store/store.ts'
import { templates } from '../edition/templates.ts'
import { publication } from '../feeds/samples.ts'
import { temporarySqlite } from '../store/temporary-sqlite.ts'

export const topics = [
  { id: 'arts', name: 'Arts & books', tags: ['arts'], default: false },
  { id: 'politics', name: 'Politics', tags: ['politics'], default: true },
]

export const now = new Date('2026-11-01T00:00:00Z')

/** A server with a real store, and with these files below out/. */
export async function startSite(
  files: Readonly<Record<string, string>> = {},
  {
    base = '/',
    trustedProxies = [],
    hubs = [],
    moved = {},
    gone = [],
    url: published = publication.url,
    patience = usualPatience,
    webhooks,
    at,
    clock = () => now,
    joining,
    language = 'en',
  }: {
    base?: string
    trustedProxies?: readonly string[]
    hubs?: readonly string[]
    moved?: Readonly<Record<string, string>>
    gone?: readonly string[]
    /** where out/ is published */
    url?: string
    patience?: Patience
    webhooks?: Pick<Webhooks, 'keys' | 'fetchText'>
    /** the folder of another one: serves the same files, with the same cache */
    at?: string
    clock?: () => Date
    /** opens the pages by which readers join */
    joining?: (store: Store, frame: FrameInput) => Promise<Joining>
    language?: string
  } = {},
) {
  const database = await temporarySqlite()
  const store = await database.connect()
  const { subscribers } = store
  const place = at ?? database.folder
  const out = join(place, 'out')
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(out, path)), { recursive: true })
    await writeFile(join(out, path), contents)
  }
  const log: string[] = []
  const note = (entry: LogEntry | string) => {
    log.push(typeof entry === 'string' ? entry : lineOf(entry))
  }
  const cache = join(place, 'cache')
  const opened = {
    readFile: outFiles(out, {
      hidden: [join(out, 'outbox')],
      encoded: encodedFiles(join(cache, 'encoded')),
      memory: feedMemory(join(cache, 'served')),
    }),
    answerFile: fileAnswers({ url: published, hubs, clock: () => new Date() }),
    moved: new Map(Object.entries(moved)),
    isGone: (path: string) => gone.includes(path),
  }
  const frame = {
    publication: { ...publication, language },
    newsletter: 'The <Letter>',
    contact: 'news@example.org',
    base,
    templates,
  }
  const secrets = [await store.secrets.kept('server')] as const
  const asked = { count: 0 }
  const app = makeApp({
    preferring: {
      subscribers,
      holdings: store,
      pages: preferencePages({ ...frame, topics, canJoin: true, canMove: true }),
      limiter: makeLimiter(),
      ownOrigin: 'https://news.example.org',
      clock: () => now,
      moving: { secrets, asked: () => (asked.count += 1) },
    },
    subscribers,
    ...(webhooks && {
      webhooks: {
        ...webhooks,
        ...store.feedback,
        take: (events, at) => takeEvents(store, events, at),
      },
    }),
    ...opened,
    page: noticePages({ ...frame, canJoin: true, hasPreferences: true }),
    ...(joining && { joining: await joining(store, frame) }),
    clientAddress: clientAddress(trustedProxies),
    base,
    clock,
    log: note,
  })
  const server = await listen(app, {
    host: '127.0.0.1',
    port: 0,
    quick: quickFiles({ ...opened, log: note }),
    isProxy: proxyCheck(trustedProxies),
    patience,
  })
  const url = `${server.origin}${base}`
  return {
    url,
    origin: server.origin,
    app,
    out,
    folder: database.folder,
    store,
    secrets,
    /** how often a message was announced */
    asked,
    subscribers,
    log,
    close: () => store.close(),
    stop: (patience: number) => server.close(patience),
    get: (path: string, init: RequestInit = {}) =>
      fetch(`${url}${path}`, { redirect: 'manual', ...init }),
    /** Sends a request target as it is: `fetch` would tidy it up. */
    raw: (target: string, head = '') => askRaw(server.origin, target, head),
    async join(address: string, language?: string): Promise<Subscriber> {
      await subscribers.add([{ address, name: '', ...(language && { language }) }], now)
      const reader = await subscribers.find(address)
      if (!reader) throw new Error('not added')
      return reader
    },
    statusOf: async (address: string) => (await subscribers.find(address))?.status,
    async [Symbol.asyncDispose]() {
      await server.close(0).catch(() => undefined)
      await database[Symbol.asyncDispose]()
    },
  }
}

function lineOf({ method, what, status, ms }: LogEntry): string {
  return `${method} ${what} ${status} ${ms} ms`
}

async function askRaw(origin: string, target: string, head: string): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  socket.write(
    `GET ${target} HTTP/1.1\r\nHost: news.example.org\r\n${head}Connection: close\r\n\r\n`,
  )
  return text(socket)
}
