import type { Config } from '../config.ts'
import { makeApp } from '../http/app.ts'
import { type Audience, feedAudience } from '../http/audience.ts'
import { clientAddress, proxyCheck } from '../http/client-address.ts'
import { listen } from '../http/listen.ts'
import { quickFiles } from '../http/quick-files.ts'
import { requestLog } from '../http/request-log.ts'
import { parseAddress } from '../mail/address.ts'
import { Fault } from '../model/fault.ts'
import type { FrameInput } from '../pages/frame.ts'
import { noticePages } from '../pages/notice-pages.ts'
import { readTemplates } from '../templates/read-templates.ts'
import type { Command, Context, Values } from './command.ts'
import { type JoinDesk, openJoining } from './joining.ts'
import { openStore } from './open-store.ts'
import { preferringOf } from './preferring.ts'
import { bounceDoor, listenForBounces } from './serve-bounces.ts'
import { servedFiles } from './serve-files.ts'
import { webhooksOf } from './serve-webhooks.ts'

/** How long requests in hand may take once we are told to stop, in milliseconds. */
const patience = 10_000

export const command: Command = {
  usage: 'tidings serve [--port N] [--host ADDRESS] [--bounces PORT [--lmtp]]',
  help: `Serves out/, the form by which readers join and the unsubscribe links of messages (RFC 8058) over HTTP, below the path of server.url, until it is
interrupted. It listens on this machine only unless --host says otherwise: let a proxy that speaks HTTPS stand in front and
pass paths on as they are. GET /healthz answers 200 when the store does. With --bounces it also takes mail that comes
back, and nothing else: bounces, complaints, wishes to leave (docs/bounces.md).`,
  words: 0,
  options: {
    port: { type: 'string', value: 'N', help: 'the port, server.port without it; 0: a free one' },
    host: {
      type: 'string',
      value: 'ADDRESS',
      help: 'the address to listen on, 127.0.0.1 without it; 0.0.0.0 or :: for all',
    },
    bounces: { type: 'string', value: 'PORT', help: 'take mail that comes back there, by SMTP' },
    lmtp: { type: 'boolean', help: 'by LMTP, from a mail system beside us' },
  },
  async run(context, { values }) {
    const { signal } = context
    const config = await context.loadConfig()
    const where = { host: hostOf(values), port: portOf(values, config.server.port) }
    const door = bounceDoor(values, config, where.host)
    const store = await openStore(config, { toSend: true })
    let desk: JoinDesk | undefined
    let audience: Audience | undefined
    try {
      const base = new URL(config.server.url ?? 'http://localhost/').pathname
      const frame = await frameOf(config, base)
      const log = requestLog(context.progress.note, context.clock)
      const clientOf = clientAddress(config.server.trustedProxies)
      const { clock } = context
      const { statistics } = store
      audience = feedAudience({ statistics, clientAddress: clientOf, clock, log })
      const served = servedFiles(config, { base, clock })
      const files = { ...served, answerFile: audience.watch(served.answerFile) }
      desk = await openJoining(config, context, { store, frame, log })
      const app = makeApp({
        subscribers: store.subscribers,
        ...files,
        page: noticePages({
          ...frame,
          canJoin: desk !== undefined,
          hasPreferences: config.newsletter !== undefined,
        }),
        ...(desk && { joining: desk.pages }),
        ...(config.newsletter && {
          preferring: preferringOf(config, context.clock, { store, frame, desk }),
        }),
        clientAddress: clientOf,
        ...webhooksOf(config, store),
        base,
        clock: context.clock,
        log,
      })
      const quick = quickFiles({ ...files, log })
      const isProxy = proxyCheck(config.server.trustedProxies)
      const server = await listen(app, { ...where, quick, isProxy })
      sayWhere(context, config, `${server.origin}${base}`)
      const mail = door && (await listenForBounces(config, context, store, door))
      await aborted(signal)
      await Promise.all([server.close(patience), mail?.close()])
      return { text: 'Stopped.', json: { url: `${server.origin}${base}` }, status: 130 }
    } finally {
      await desk?.close(patience)
      await audience?.close()
      await store.close()
    }
  },
}

function sayWhere({ progress }: Context, { file, server }: Config, url: string): void {
  progress.note(`Listening on ${url}${server.url ? `, which readers reach as ${server.url}` : ''}`)
  if (server.url) return
  progress.note(`${file}: server.url is not set: the messages that are sent have no link to here`)
}

async function frameOf(
  { root, publication, newsletter }: Config,
  base: string,
): Promise<FrameInput> {
  const sender = newsletter && parseAddress(newsletter.replyTo ?? newsletter.from)?.address
  const contact = sender ?? publication.author?.email
  return {
    publication,
    newsletter: newsletter?.name ?? publication.title,
    ...(contact !== undefined && { contact }),
    base,
    templates: await readTemplates(root),
  }
}

function hostOf({ host }: Values): string {
  if (host === undefined) return '127.0.0.1'
  if (typeof host === 'string' && host.trim() !== '') return host.trim()
  throw new Fault('usage', '--host: name an address of this machine, such as 0.0.0.0')
}

function portOf({ port }: Values, usual: number): number {
  if (port === undefined) return usual
  if (/^\d{1,5}$/.test(String(port)) && Number(port) <= 65_535) return Number(port)
  throw new Fault('usage', `--port ${port}: expected a whole number from 0 to 65535`)
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }))
}
