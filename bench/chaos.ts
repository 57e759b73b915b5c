import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { fatesOf, type MoodyRelay, seeded, startMoodyRelay } from '../tests/mail/moody-relay.ts'
import { printTable } from './measure.ts'

const program = join(import.meta.dirname, '../src/main.ts')
const database = 'tidings_chaos'
const connections = 2
const minute = 60_000
/** A sender that has nothing taken for so long rests, and is ended: the next one starts later by its clock. Milliseconds. */
const patience = 700

/**
 * `tidings send`, two at once and killed again and again, through a relay that fails one in ten at every stage, until nobody is left;
 * then what the program says of each recipient is compared with what the relay took. A soak, which says how long it took.
 *
 * @param args [RECIPIENTS, default 20000] [sqlite|postgres, default sqlite; postgres: where TIDINGS_TEST_POSTGRES says] [SEED]
 */
export async function run([
  recipients = '20000',
  store = 'sqlite',
  seed = String(Date.now() % 2 ** 32),
]: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-chaos-'))
  const random = seeded(Number(seed))
  const started = performance.now()
  let end: () => void = () => {}
  const relay = await startMoodyRelay(random, { whenTaken: () => end() })
  const location =
    store === 'postgres' ? await newDatabase() : `sqlite:${join(folder, 'tidings.db')}`
  try {
    await publish(folder, relay, location, Number(recipients))
    const tally = await sendAll(folder, random, (whenTaken) => {
      end = whenTaken
    })
    const deliveries = await readDeliveries(folder)
    const seconds = (performance.now() - started) / 1000
    print({ relay, deliveries, store, seed, seconds, ...tally })
  } finally {
    await relay[Symbol.asyncDispose]()
    if (store === 'postgres') await onServer(`DROP DATABASE ${database} WITH (FORCE)`)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function publish(
  folder: string,
  { url }: MoodyRelay,
  store: string,
  recipients: number,
): Promise<void> {
  const config = {
    publication: { title: 'Paper', description: 'A paper', url: 'https://example.org/' },
    newsletter: { from: 'News <news@example.org>', postalAddress: '1 Street, Town' },
    mail: { transport: url, connections },
    store,
  }
  const list = Array.from(
    { length: recipients },
    (_, index) => `reader${index}@example${index % 200}.org,Reader ${index}`,
  )
  mkdirSync(join(folder, 'content'))
  writeFileSync(join(folder, 'tidings.config.json'), JSON.stringify(config))
  writeFileSync(
    join(folder, 'content/first.md'),
    '---\ntitle: First\ndate: 2026-01-01\n---\n\nNews.\n',
  )
  writeFileSync(join(folder, 'list.csv'), `email,name\n${list.join('\n')}\n`)
  const { status, said } = await tidings(['subscribers', 'import', 'list.csv', '-C', folder]).ended
  if (status !== 0) throw new Error(`the import ended with ${status}: ${said}`)
}

interface Tally {
  readonly rounds: number
  readonly runs: number
  readonly kills: number
}

/** Each round is later by the clock of the senders, so that what was deferred is due, and the relay has had its rest. */
async function sendAll(
  folder: string,
  random: () => number,
  onTaken: (listen: () => void) => void,
): Promise<Tally> {
  let [rounds, runs, kills, now] = [0, 0, 0, Date.now()]
  for (;;) {
    const { ended, taken } = await sendTogether(folder, new Date(now), random, onTaken)
    for (const { status, signal, said } of ended) {
      if (signal === 'SIGKILL') kills += 1
      // Interrupted once more when it was about to end
      else if (signal !== 'SIGINT' && ![0, 3, 4, 130].includes(status ?? -1)) {
        throw new Error(`send ended with ${status}: ${said}`)
      }
    }
    rounds += 1
    runs += ended.length
    now += taken > 0 ? 10 * minute : 60 * minute
    const ways = ended.map(({ status, signal }) => signal ?? status).join(', ')
    process.stderr.write(`round ${rounds}: ${taken} taken; ${ways}\n`)
    if (taken < 10 && (await isDone(folder))) return { rounds, runs, kills }
  }
}

/** Two senders, of whom now and then one is killed. */
async function sendTogether(
  folder: string,
  now: Date,
  random: () => number,
  onTaken: (listen: () => void) => void,
): Promise<{ readonly ended: readonly Ended[]; readonly taken: number }> {
  const args = ['send', '--json', '--now', now.toISOString(), '-C', folder]
  const senders = [tidings(args), tidings(args)]
  const startUp = 60_000
  let [taken, lastTaken] = [0, performance.now() + startUp]
  let untilKill = 50 + random() * 1500
  onTaken(() => {
    taken += 1
    lastTaken = performance.now()
    untilKill -= 1
    if (untilKill > 0) return
    untilKill = 50 + random() * 1500
    const { child } = senders[random() < 0.5 ? 0 : 1] ?? {}
    setTimeout(() => child?.kill('SIGKILL'), random() * 5)
  })
  const watch = setInterval(() => {
    if (performance.now() < lastTaken + patience) return
    for (const { child } of senders) child.kill(random() < 0.5 ? 'SIGKILL' : 'SIGINT')
    lastTaken = performance.now() + startUp
  }, 100)
  const ended = await Promise.all(senders.map((sender) => sender.ended))
  clearInterval(watch)
  return { ended, taken }
}

async function isDone(folder: string): Promise<boolean> {
  const { out } = await tidings(['status', '--json', '-C', folder]).ended
  const [edition] = JSON.parse(out).editions
  return edition.pending + edition.claimed + edition.submitting + edition.deferred === 0
}

async function readDeliveries(folder: string) {
  const { out } = await tidings(['status', '--json', '-C', folder]).ended
  const [{ id }] = JSON.parse(out).editions
  const { out: csv } = await tidings(['status', id, '--csv', '-C', folder]).ended
  const rows = csv.trimEnd().split('\n').slice(1)
  return rows.map((row) => {
    const [address = '', state = ''] = row.split(',')
    return { address, state }
  })
}

function print(
  result: Tally & {
    readonly relay: MoodyRelay
    readonly deliveries: readonly { readonly address: string; readonly state: string }[]
    readonly store: string
    readonly seed: string
    readonly seconds: number
  },
): void {
  const { relay, deliveries, store, seed, seconds, runs, kills } = result
  const { twice, missed, lied, uncertain } = fatesOf(relay, deliveries)
  const count = (state: string) => deliveries.filter((one) => one.state === state).length
  const unanswered = uncertain.filter((address) => relay.unanswered.has(address)).length
  printTable(
    ['', store],
    Object.entries({
      recipients: deliveries.length,
      'failures of the relay': relay.moods,
      'runs of tidings send': runs,
      'of them killed': kills,
      submitted: count('submitted'),
      rejected: count('rejected'),
      'uncertain, as the relay did not answer': unanswered,
      'uncertain, as the sender was killed': uncertain.length - unanswered,
      'mailed twice': twice.length,
      missed: missed.length,
      'said otherwise than it was': lied.length,
      seconds: seconds.toFixed(0),
    }).map(([name, value]) => [name, String(value)]),
  )
  process.stdout.write(`\nSeed ${seed}.\n`)
  if (twice.length + missed.length + lied.length > 0) process.exitCode = 1
}

interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly said: string
}

function tidings(args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, said] = ['', '']
  child.stdout.on('data', (data) => (out += data))
  child.stderr.on('data', (data) => (said += data))
  const ended = once(child, 'close').then(([status, signal]) => ({ status, signal, out, said }))
  return { child, ended }
}

async function newDatabase(): Promise<string> {
  await onServer(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
  await onServer(`CREATE DATABASE ${database}`)
  const url = new URL(server())
  url.pathname = database
  return url.href
}

function server(): string {
  return (
    process.env.TIDINGS_TEST_POSTGRES ?? `postgres://${userInfo().username}@127.0.0.1:5432/postgres`
  )
}

async function onServer(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: server() })
  await client.connect()
  await client.query(text)
  await client.end()
}
