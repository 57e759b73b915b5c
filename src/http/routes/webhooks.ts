import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { dig, type ProviderEvent, textAt } from '../../bounces/provider-event.ts'
import { readMailgunEvents } from '../../bounces/providers/mailgun.ts'
import { readPostmarkEvents } from '../../bounces/providers/postmark.ts'
import { readSendgridEvents } from '../../bounces/providers/sendgrid.ts'
import { readSesEvents } from '../../bounces/providers/ses.ts'
import { type Env, own, type Site, sayer } from '../site.ts'
import {
  hasCredentials,
  isSignedByMailgun,
  isSignedBySendgrid,
  mailgunWindow,
} from '../webhooks/signatures.ts'
import { snsVerifier } from '../webhooks/sns.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'

/** Batches of a thousand events, or the head of a message that came back, in octets. */
const largestBatch = 2 * 1024 * 1024

/** `accepted` also of what came before, `refused`: forged, or not for us; `malformed`: signed, and no JSON */
type Result = 'accepted' | 'refused' | 'malformed'

type Receive = (c: Context<Env>, body: Uint8Array) => Promise<Result>

/**
 * Takes the events of mail providers, each at webhooks/NAME when its key is known: verified against the body as it was
 * sent, once each. Who is refused hears no reason.
 */
export function webhookRoutes(app: Hono<Env>, site: Site): void {
  const say = sayer(site)
  const receivers = site.webhooks ? receiversOf(site.webhooks, site) : {}
  for (const [name, receive] of Object.entries(receivers)) {
    const path = `/webhooks/${name}`
    app.post(
      path,
      bodyLimit({ maxSize: largestBatch, onError: (c) => c.text('too big\n', 413, plain) }),
      async (c) => {
        c.set('what', `webhooks/${name}`)
        const result = await receive(c, new Uint8Array(await c.req.arrayBuffer()))
        return c.text(`${result}\n`, statuses[result], plain)
      },
    )
    app.all(path, (c) => {
      c.set('what', `webhooks/${name}`)
      c.header('Allow', 'POST')
      return say(c, 'missing', 405)
    })
  }
}

const statuses = { accepted: 200, refused: 403, malformed: 400 } as const
const plain = { ...own, 'Content-Type': 'text/plain; charset=utf-8' }

function receiversOf(hooks: Webhooks, { clock }: Site): Readonly<Record<string, Receive>> {
  const { ses, postmark, mailgun, sendgrid } = hooks.keys
  return {
    ...(ses && { ses: sesReceiver(hooks, ses, clock) }),
    ...(postmark && {
      async postmark(c: Context<Env>, body: Uint8Array) {
        if (!hasCredentials(c.req.header('Authorization') ?? '', postmark)) return 'refused'
        return takeAll(hooks, readJson(body), readPostmarkEvents, clock())
      },
    }),
    ...(mailgun && {
      async mailgun(_: Context<Env>, body: Uint8Array) {
        const now = clock()
        const told = readJson(body)
        const signature = dig(told, 'signature')
        if (!isSignedByMailgun(signature, mailgun, now)) return 'refused'
        const token = `mailgun ${textAt(signature, 'token')}`
        // The token is all that is signed: with another body it is somebody else's
        if (await hooks.isSpent(token)) return 'accepted'
        const result = await takeAll(hooks, dig(told, 'event-data'), readMailgunEvents, now)
        await hooks.spend(token, { now, until: new Date(now.getTime() + 2 * mailgunWindow) })
        return result
      },
    }),
    ...(sendgrid && {
      async sendgrid(c: Context<Env>, body: Uint8Array) {
        const timestamp = c.req.header('X-Twilio-Email-Event-Webhook-Timestamp') ?? ''
        const signature = c.req.header('X-Twilio-Email-Event-Webhook-Signature') ?? ''
        if (!isSignedBySendgrid(body, { timestamp, signature }, sendgrid)) return 'refused'
        return takeAll(hooks, readJson(body), readSendgridEvents, clock())
      },
    }),
  } satisfies Record<string, Receive>
}

function sesReceiver(hooks: Webhooks, topic: string, clock: () => Date): Receive {
  const verified = snsVerifier(topic, hooks.fetchText, clock)
  return async (_, body) => {
    const message = await verified(readJson(body))
    if (!message) return 'refused'
    if (message.kind === 'confirmation') await hooks.fetchText(message.subscribeUrl)
    if (message.kind !== 'notification') return 'accepted'
    return takeAll(hooks, readJson(Buffer.from(message.told)), readSesEvents, clock())
  }
}

async function takeAll(
  { take }: Webhooks,
  told: unknown,
  read: (told: unknown) => readonly ProviderEvent[],
  now: Date,
): Promise<Result> {
  if (typeof told !== 'object' || told === null) return 'malformed'
  await take(read(told), now)
  return 'accepted'
}

/** Of objects and lists; a batch of a thousand events has some thousands. A million take half a second to read. */
const mostOpened = 30_000

function readJson(body: Uint8Array): unknown {
  try {
    let opened = 0
    for (const octet of body) if (octet === 0x5b || octet === 0x7b) opened += 1
    return opened > mostOpened ? undefined : JSON.parse(Buffer.from(body).toString())
  } catch {
    return undefined
  }
}
