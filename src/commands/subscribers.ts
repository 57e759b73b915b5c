import { addressKey, readAddress } from '../mail/address.ts'
import { Fault } from '../model/fault.ts'
import { type SubscriberStatus, subscriberStatuses } from '../model/subscriber.ts'
import type { Store } from '../store/store.ts'
import type { AddOutcome } from '../store/subscribers.ts'
import { writeSubscribersCsv } from '../subscribers/csv.ts'
import { cleanName } from '../subscribers/name.ts'
import { writeTopics } from '../subscribers/topic-words.ts'
import type { Command, Context, Report, Values } from './command.ts'
import { importList } from './import-list.ts'
import { snippetReport } from './join-snippet.ts'
import { openStore } from './open-store.ts'
import { parseList } from './reader-list.ts'
import { languageOf, setSubscriber, topicsOf } from './set-subscriber.ts'
import { showSubscriber } from './show-subscriber.ts'

interface Job {
  readonly context: Context
  readonly store: Store
  readonly values: Values
  readonly words: readonly string[]
}

const actions: Readonly<Record<string, (job: Job) => Promise<Report>>> = {
  add,
  remove,
  import: ({ context, store, values, words }) =>
    importList(context, store.subscribers, { values, files: words }),
  export: exportList,
  list,
  show: ({ store, words }) => showSubscriber(store, words),
  set: async ({ context, store, values, words }) =>
    setSubscriber(store, {
      words,
      values,
      config: await context.loadConfig(),
      now: context.clock(),
    }),
  form,
  erase,
}

export const command: Command = {
  usage: 'tidings subscribers add|remove|import|export|list|show|set|form|erase …',
  help: `  add ADDRESS             adds one reader; --name, --language, --topics
  remove ADDRESS…         takes readers off the list; no import brings them back
  import FILE…            adds readers from exports of Mailchimp, Substack, Ghost, Buttondown, beehiiv, Kit and
                          listmonk, or from any table with a column of addresses (- reads standard input);
                          --dry-run shows what it understands
  export                  writes the whole list as CSV, as import takes it back
  list                    shows the list
  show ADDRESS            everything held on one reader: what they chose and agreed to, got, and what came back
  set ADDRESS             what a reader asked for: --name, --language, --topics, --pause; no list changes it any more
  form                    a form in HTML for other pages, by which readers join; --language
  erase ADDRESS…          deletes all that is held on a reader; a keyed hash is left, by which no list brings them back

Nobody who has left, or must never be mailed again, is brought back by add or import; 'add --returning' does so,
for somebody who asked for it.`,
  options: {
    name: { type: 'string', value: 'NAME', help: 'add, set: the name of the reader' },
    language: {
      type: 'string',
      value: 'TAG',
      help: 'add, set, form: the language to write in, such as es (BCP 47)',
    },
    topics: {
      type: 'string',
      value: 'IDS',
      help: 'add, set: the topics to send, with commas between them; all, or none: only what is for everybody',
    },
    pause: { type: 'string', value: 'DAY', help: 'set: no mail before that day; none: no pause' },
    returning: { type: 'boolean', help: 'add: even if they had left; they asked for it' },
    'dry-run': { type: 'boolean', help: 'import: shows what it understands, and stores nothing' },
    field: {
      type: 'string',
      multiple: true,
      value: 'COLUMN',
      help: 'import: takes a column along as a field; COLUMN=name calls it so',
    },
    rejects: {
      type: 'string',
      value: 'FILE',
      help: 'import: writes the lines that cannot be used, and why, as CSV',
    },
    status: {
      type: 'string',
      value: 'STATUS',
      help: `list, export: only ${subscriberStatuses.join(', ')}`,
    },
  },
  async run(context, { values, positionals }) {
    const [verb = '', ...words] = positionals
    const action = Object.hasOwn(actions, verb) ? actions[verb] : undefined
    if (!action) {
      throw new Fault(
        'usage',
        `${verb || 'subscribers'}: say one of ${Object.keys(actions).join(', ')}`,
      )
    }
    if (words.length > 0 && (verb === 'list' || verb === 'export')) {
      throw new Fault(
        'usage',
        `${words[0]}: one word too many; subscribers ${verb} takes options only`,
      )
    }
    if (verb === 'import' && values['dry-run']) {
      return importList(context, undefined, { values, files: words })
    }
    const store = await openStore(await context.loadConfig())
    try {
      return await action({ context, store, values, words })
    } finally {
      await store.close()
    }
  },
}

async function add({ context, store, values, words }: Job): Promise<Report> {
  const [given, ...more] = words
  if (given === undefined || more.length > 0) {
    throw new Fault(
      'usage',
      'subscribers add takes one ADDRESS; --name gives the name; a list goes through import',
    )
  }
  const reading = readAddress(given)
  if ('reason' in reading) throw new Fault('usage', `${given}: ${reading.reason}`)
  const { address } = reading.mailbox
  const name = cleanName(typeof values.name === 'string' ? values.name : reading.mailbox.name)
  const language = languageOf(values.language)
  const topics = topicsOf(values.topics, await context.loadConfig())
  const now = context.clock()
  if (values.returning) {
    await store.subscribers.readmit(address)
    await store.subscribers.setStatus(address, 'active', now)
  }
  const [outcome] = await store.subscribers.add(
    [{ address, name, ...(language && { language }), ...(topics && { topics }) }],
    now,
  )
  const said: Readonly<Record<AddOutcome, string>> = {
    added: 'added',
    updated: 'updated',
    unchanged: 'is on the list already',
    'kept-out':
      "had left, was erased, or must not be mailed, and stays out; if they asked to come back: 'add --returning'",
  }
  return {
    text: `${address} ${outcome && said[outcome]}`,
    json: { address, outcome },
    ...(outcome === 'kept-out' && { status: 3 }),
  }
}

async function form({ context, values }: Job): Promise<Report> {
  return snippetReport(await context.loadConfig(), languageOf(values.language))
}

async function remove({ context, store, words }: Job): Promise<Report> {
  return each(words, 'remove', 'taken off the list', (address) =>
    store.subscribers.setStatus(address, 'unsubscribed', context.clock()),
  )
}

async function erase({ context, store, words }: Job): Promise<Report> {
  const list = await parseList(await context.loadConfig(), context.now)
  const listed = new Set(list?.subscribers.map(({ address }) => addressKey(address)))
  const back = words.filter((address) => listed.has(addressKey(address)))
  if (list && back.length > 0) {
    const message = `${list.file} names ${back.join(', ')}: delete them there first, since what stands there is held, too`
    throw new Fault('usage', message)
  }
  return each(words, 'erase', 'erased', (address) =>
    store.subscribers.erase(address, context.clock()),
  )
}

async function each(
  addresses: readonly string[],
  verb: string,
  done: string,
  act: (address: string) => Promise<boolean>,
): Promise<Report> {
  if (addresses.length === 0)
    throw new Fault('usage', `subscribers ${verb} takes at least one ADDRESS`)
  const lines: string[] = []
  const unknown: string[] = []
  for (const address of addresses) {
    if (await act(address)) lines.push(`${address} ${done}`)
    else unknown.push(address)
  }
  lines.push(...unknown.map((address) => `${address} is not on the list`))
  return {
    text: lines.join('\n'),
    json: { [verb === 'erase' ? 'erased' : 'removed']: addresses.length - unknown.length, unknown },
    ...(unknown.length > 0 && { status: 3 }),
  }
}

async function exportList({ context, store, values }: Job): Promise<Report> {
  const status = statusOf(values.status)
  if (context.json) return list({ context, store, values, words: [] })
  const fieldNames = await store.subscribers.fieldNames()
  for await (const piece of writeSubscribersCsv(store.subscribers.list(status), fieldNames))
    await context.write(piece)
  return { text: '', json: undefined }
}

async function list({ context, store, values }: Job): Promise<Report> {
  const people: unknown[] = []
  const now = context.clock()
  for await (const subscriber of store.subscribers.list(statusOf(values.status))) {
    const { address, name, fields, language, topics, pausedUntil, status } = subscriber
    if (context.json) people.push({ address, name, fields, language, topics, pausedUntil, status })
    else {
      const chosen = topics && `topics: ${writeTopics(subscriber)}`
      const isPaused = pausedUntil !== undefined && pausedUntil > now
      const paused = isPaused && `paused until ${pausedUntil.toISOString().slice(0, 10)}`
      const parts = [address, name, language, status, chosen, paused].filter((part) => part)
      await context.write(`${parts.join('  ')}\n`)
    }
  }
  const counts = await store.subscribers.counts()
  const others = subscriberStatuses.filter((word) => word !== 'active' && counts[word] > 0)
  return {
    text: [`${counts.active} active`, ...others.map((word) => `${counts[word]} ${word}`)].join(
      ', ',
    ),
    json: { subscribers: people, counts },
  }
}

function statusOf(value: unknown): SubscriberStatus | undefined {
  if (value === undefined) return undefined
  const status = subscriberStatuses.find((word) => word === value)
  if (status) return status
  throw new Fault('usage', `--status ${value}: say one of ${subscriberStatuses.join(', ')}`)
}
