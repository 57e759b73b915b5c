import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { sendChangeMails } from '../delivery/change-mails.ts'
import { type JoinMails, sendJoinMails } from '../delivery/join-mails.ts'
import type { Joining } from '../http/joining.ts'
import { makeLimiter } from '../http/limiter.ts'
import { openMailer } from '../mail/open-mailer.ts'
import { Fault } from '../model/fault.ts'
import type { FrameInput } from '../pages/frame.ts'
import { joinPages } from '../pages/join-pages.ts'
import type { Store } from '../store/store.ts'
import { changeLetters } from './change-letters.ts'
import type { Context } from './command.ts'
import { joinLetters } from './join-letters.ts'
import { letterhead } from './letterhead.ts'
import { serverSecrets } from './server-secrets.ts'

/** A relay is asked for one message at a time; the other is for the one that it is slow to end. */
const connections = 2

export interface JoinDesk {
  readonly pages: Joining
  /** begins no more messages; resolves when none is in flight, or after `patience` ms */
  close(patience: number): Promise<void>
}

interface Desk {
  readonly store: Store
  readonly frame: FrameInput
  /** takes what went wrong, for the operator */
  readonly log: (line: string) => void
}

/**
 * Opens the pages by which readers join, and begins to send the messages that they ask for.
 *
 * @returns undefined where nobody can join: there is no newsletter, no URL for its links, or no way to send. The last of
 *   these is noted, and no reason to stop the rest
 */
export async function openJoining(
  config: Config,
  context: Pick<Context, 'clock' | 'progress'>,
  desk: Desk,
): Promise<JoinDesk | undefined> {
  const { newsletter, server } = config
  if (!newsletter || !server.url) return undefined
  try {
    return await open({ ...config, newsletter }, server.url, context.clock, desk)
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'config-invalid') throw error
    context.progress.note(`Nobody can join, since no mail can be sent. ${error.message}`)
    return undefined
  }
}

async function open(
  config: Config & { readonly newsletter: NonNullable<Config['newsletter']> },
  url: string,
  clock: Context['clock'],
  { store, frame, log }: Desk,
): Promise<JoinDesk> {
  const { publication, newsletter, root, mail, server } = config
  const { joins, subscribers } = store
  const secrets = await serverSecrets(config, store)
  const { templates } = frame
  const pages = joinPages({ ...frame, topics: newsletter.topics })
  for (const language of templates.languages.keys()) await joins.keepText(pages.consent(language))
  const head = letterhead(config)
  const terms = {
    head,
    publication,
    newsletter,
    templates,
    secrets,
    server: url,
    clock,
  }
  const letters = joinLetters(terms)
  // A template that is wrong is found before the first reader asks
  await letters.render('confirm', publication.language)
  const mailer = openMailer(mail.transport, { root, connections })
  const stop = new AbortController()
  const composeChange = changeLetters(terms)
  const changing = {
    changes: store.changes,
    subscribers,
    mailer,
    compose: composeChange,
    clock,
    signal: stop.signal,
  }
  const mails: JoinMails = sendJoinMails({
    also: (room) => sendChangeMails(changing, room),
    joins,
    subscribers,
    mailer,
    compose: letters.compose,
    clock,
    perHour: server.joinsPerHour,
    note: (line) => log(`tidings: ${line}`),
    signal: stop.signal,
  })
  return {
    pages: {
      joins,
      pages,
      secrets,
      limiter: makeLimiter(),
      origins: server.joinOrigins,
      ownOrigin: new URL(url).origin,
      clock,
      asked: mails.nudge,
    },
    async close(patience) {
      stop.abort()
      // A relay that says nothing keeps nobody: what is in flight then counts as sent
      await Promise.race([mails.done, pause(patience, undefined, { ref: false })])
      await mailer.close()
    },
  }
}
