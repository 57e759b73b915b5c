import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Fault } from '../model/fault.ts'
import type { SubscriberStatus } from '../model/subscriber.ts'
import { type ListDay, lastDays, listDays } from '../statistics/days.ts'
import { type FeedAudience, feedAudienceOf } from '../statistics/feed-audience.ts'
import { gather, spark } from '../statistics/spark.ts'
import { statisticsSvg } from '../statistics/svg.ts'
import type { DeliveryCounts } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import type { Command, Context, Report, Values } from './command.ts'
import { recipients } from './delivery-counts.ts'
import { openStore } from './open-store.ts'
import { count, table } from './terminal.ts'

/** How many editions are told, the newest first. */
const mostEditions = 12
/** How many signs a line of a chart has: with its name it fits into 80. */
const mostSigns = 60

const dayLength = 86_400_000

export const command: Command = {
  usage: 'tidings stats [--days N] [--svg FILE]',
  help: `How many subscribe, joined and left, day by day and edition by edition; what became of the messages; and how many
read the feeds: what aggregators say of their subscribers, and readers that ask themselves, counted by 'tidings serve'
without knowing them. No pixel, no rewritten link: docs/statistics.md says what is kept.`,
  words: 0,
  options: {
    days: { type: 'string', value: 'N', help: 'how many days to look back, 30 without it' },
    svg: { type: 'string', value: 'FILE', help: 'also draw it: an SVG that stands by itself' },
  },
  async run(context, { values }) {
    const days = daysOf(values)
    const config = await context.loadConfig()
    const store = await openStore(config)
    try {
      const { timezone, title } = config.publication
      const numbers = await gatherNumbers(store, { days, timezone, now: context.now })
      if (typeof values.svg === 'string') {
        const picture = { title, days: numbers.days, audience: numbers.audience }
        await writeSvg(context, values.svg, statisticsSvg(picture))
      }
      return report(numbers, context)
    } finally {
      await store.close()
    }
  },
}

interface EditionNumbers {
  readonly id: string
  readonly subject: string
  readonly createdAt: Date
  readonly counts: DeliveryCounts
  /** from its day until the next edition's */
  readonly joins: number
  readonly leaves: number
}

interface Numbers {
  readonly subscribers: Readonly<Record<SubscriberStatus, number>>
  readonly days: readonly ListDay[]
  readonly editions: readonly EditionNumbers[]
  readonly audience: FeedAudience
}

async function gatherNumbers(
  { subscribers, statistics, ledger }: Store,
  { days, timezone, now }: { days: number; timezone: string; now: Date },
): Promise<Numbers> {
  // One more: no time zone is a whole day away from UTC
  const since = new Date(Math.floor(now.getTime() / dayLength - days) * dayLength - dayLength)
  const names = lastDays(days, now, timezone)
  const all = (await ledger.editions()).slice(0, mostEditions)
  const editions: EditionNumbers[] = []
  for (const [at, { id, subject, createdAt }] of all.entries()) {
    const until = all[at - 1]?.createdAt ?? now
    const moved = await statistics.movementsBetween(createdAt, until)
    editions.push({ id, subject, createdAt, counts: await ledger.counts(id), ...moved })
  }
  const today = now.toISOString().slice(0, 10)
  const seen = await statistics.audience(since.toISOString().slice(0, 10))
  return {
    subscribers: await subscribers.counts(),
    days: listDays(names, timezone, await statistics.movements(since)),
    editions,
    audience: feedAudienceOf(seen, today),
  }
}

function report(numbers: Numbers, { paint, unicode }: Pick<Context, 'paint' | 'unicode'>): Report {
  const { subscribers, days, editions, audience } = numbers
  const joins = days.reduce((sum, day) => sum + day.joins, 0)
  const leaves = days.reduce((sum, day) => sum + day.leaves, 0)
  const text = [
    paint.bold(count(subscribers.active, 'subscriber')) +
      `  in ${count(days.length, 'day')} ${joins.toLocaleString('en')} joined, ${leaves.toLocaleString('en')} left`,
    '',
    ...chart(days, unicode),
    ...editionLines(editions),
    ...audienceLines(audience, unicode),
  ].join('\n')
  return {
    text,
    json: {
      subscribers,
      days,
      editions: editions.map(({ counts, ...edition }) => ({
        ...edition,
        recipients: recipients(counts),
        ...counts,
      })),
      feeds: audience,
    },
  }
}

function chart(days: readonly ListDay[], unicode: boolean): string[] {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const on = gather(
    days.map(({ subscribers }) => subscribers),
    mostSigns,
    (values) => values.at(-1) ?? 0,
  )
  const least = Math.max(0, Math.min(...on) - 1)
  const joins = gather(
    days.map((day) => day.joins),
    mostSigns,
    sum,
  )
  const leaves = gather(
    days.map((day) => day.leaves),
    mostSigns,
    sum,
  )
  const dates = `${days[0]?.day ?? ''}${(days.at(-1)?.day ?? '').padStart(Math.max(11, on.length - 10))}`
  const each = Math.ceil(days.length / mostSigns)
  return [
    `             ${days.length > 1 ? dates : days[0]?.day}`,
    `subscribers  ${spark(on, { unicode, least })}`,
    `joined       ${spark(joins, { unicode })}`.trimEnd(),
    `left         ${spark(leaves, { unicode })}`.trimEnd(),
    ...(each > 1 ? [`             each sign is ${count(each, 'day')}`] : []),
  ]
}

function editionLines(editions: readonly EditionNumbers[]): string[] {
  if (editions.length === 0) return []
  const rows = editions.map(({ id, counts, joins, leaves }) => {
    const waiting = counts.pending + counts.claimed + counts.submitting + counts.deferred
    const failed = counts.rejected + counts.uncertain
    const numbers = [recipients(counts), counts.submitted, waiting, failed, joins, leaves]
    return [
      id.length > 28 ? `${id.slice(0, 27)}…` : id,
      ...numbers.map((n) => n.toLocaleString('en')),
    ]
  })
  const head = ['EDITION', 'READERS', 'SENT', 'WAITING', 'FAILED', 'JOINED', 'LEFT']
  return ['', table([head, ...rows])]
}

function audienceLines({ aggregators, readers, total }: FeedAudience, unicode: boolean): string[] {
  if (total === 0) return []
  const most = Math.max(readers, ...aggregators.map(({ subscribers }) => subscribers), 1)
  const bar = (value: number) => (unicode ? '█' : '#').repeat(Math.ceil((value / most) * 30))
  const rows = [
    ...aggregators
      .slice(0, 10)
      .map(({ name, subscribers }) => [name, subscribers.toLocaleString('en'), bar(subscribers)]),
    ['read directly, a day', readers.toLocaleString('en'), bar(readers)],
  ]
  return ['', table([['FEEDS', `~${total.toLocaleString('en')}`], ...rows])]
}

async function writeSvg({ cwd }: Context, file: string, svg: string): Promise<void> {
  try {
    await writeFile(resolve(cwd, file), svg)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('usage', `--svg ${file}: cannot be written: ${reason}`, { cause })
  }
}

function daysOf({ days }: Values): number {
  if (days === undefined) return 30
  if (/^\d{1,4}$/.test(String(days)) && Number(days) >= 1 && Number(days) <= 3660)
    return Number(days)
  throw new Fault('usage', `--days ${days}: expected a whole number from 1 to 3660`)
}
