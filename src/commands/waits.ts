import type { Config } from '../config.ts'
import { levelAt, wayAt } from '../delivery/pace.ts'
import { relayKey } from '../delivery/shared-paces.ts'
import type { Edition } from '../model/edition.ts'
import type { DeliveryCounts } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import { count } from './terminal.ts'
import { warmUpToday } from './warm-up-quota.ts'

/** How many domains are told. */
const most = 20

type Terms = Pick<Config, 'mail' | 'publication'>

/** Whom the senders of this store spare now, and why: text for people, and the object of `--json`. */
export async function sparedNow({ throttle }: Store, now: Date) {
  const spared = [...(await throttle.paces())].flatMap(([key, pace]) => {
    const way = wayAt(pace, now.getTime())
    const level = levelAt(pace, now.getTime())
    if (way.kind === 'open' && level === 1) return []
    return [
      {
        /** null: the relay as a whole */
        domain: key === relayKey ? null : key,
        /** share of full speed */
        level: Math.round(level * 1000) / 1000,
        /** nothing is sent before; null: something is */
        until: way.kind === 'paused' ? new Date(way.until) : null,
        /** the next message shows whether it takes mail again */
        isTried: way.kind === 'probe',
        reply: pace.reply,
      },
    ]
  })
  const lines = spared.slice(0, most).map(({ domain, level, until, isTried, reply }) => {
    const who = domain ?? 'The relay'
    if (until) return `${who} is left alone until ${until.toISOString()}: ${reply}`
    if (isTried) return `${who} will be tried with one message: ${reply}`
    return `${who} gets ${Math.round(level * 100)} % of full speed after: ${reply}`
  })
  if (spared.length > most) lines.push(`and ${count(spared.length - most, 'more domain')}`)
  return { spared, lines }
}

/** What an edition waits for, besides replies: text for people, and members of its object in `--json`. */
export async function waitsOf(
  edition: Edition,
  { pending }: DeliveryCounts,
  store: Store,
  config: Terms,
  now: Date,
) {
  const { ledger, throttle } = store
  const parked = pending > 0 ? await ledger.parked(edition.id) : []
  const paces = parked.length > 0 ? await throttle.paces() : undefined
  const spreadUntil = pending > 0 ? await throttle.spreadUntil(edition.id) : undefined
  const warmUp = pending > 0 ? await warmUpToday(config, throttle, now) : undefined
  const lines: string[] = []
  for (const { under, count: n } of parked.slice(0, most)) {
    const pace = paces?.get(under)
    const way = wayAt(pace, now.getTime())
    const why =
      way.kind === 'paused'
        ? `, which is left alone until ${new Date(way.until).toISOString()}`
        : ''
    lines.push(`${n.toLocaleString('en')} wait for ${under}${why}${pace ? `: ${pace.reply}` : ''}`)
  }
  if (parked.length > most)
    lines.push(`and others for ${count(parked.length - most, 'more domain')}`)
  const isUsedUp = warmUp !== undefined && warmUp.sent >= warmUp.allowed
  if (isUsedUp) {
    lines.push(
      `The warm-up allows ${count(warmUp.allowed, 'message')} on ${warmUp.day}, and they are sent: run 'tidings send' again from ${warmUp.next.toISOString()}.`,
    )
  }
  if (spreadUntil && spreadUntil > now) lines.push(`Spread until ${spreadUntil.toISOString()}.`)
  return {
    lines,
    /** something stays although this run has done all that it may */
    isLeftOver: parked.length > 0 || isUsedUp,
    json: {
      ...(parked.length > 0 && {
        waiting: parked.map(({ under, count: n }) => ({ domain: under, count: n })),
      }),
      ...(spreadUntil && { spreadUntil }),
      ...(warmUp && { warmUp }),
    },
  }
}
