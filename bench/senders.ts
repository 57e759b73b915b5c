import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openPostgresStore } from '../src/store/postgres/open-store.ts'
import { printTable } from './measure.ts'

interface Sent {
  readonly submitted: number
  readonly seconds: number
  readonly cpu: number
  readonly megabytes: number
}

const database = 'tidings_bench'

/**
 * What PostgreSQL's ledger can do: a list and a plan of RECIPIENTS, then 1, 2 and 4 senders on one edition. Needs a
 * server where it may make a database: TIDINGS_TEST_POSTGRES.
 *
 * @param args [RECIPIENTS, default 1000000]
 */
export async function run([recipients = '1000000']: readonly string[]): Promise<void> {
  const server =
    process.env.TIDINGS_TEST_POSTGRES ?? `postgres://${userInfo().username}@127.0.0.1:5432/postgres`
  const url = new URL(server)
  url.pathname = database
  await onServer(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
  await onServer(server, `CREATE DATABASE ${database}`)
  try {
    await plan(url.href, Number(recipients))
    await send(url.href, Math.min(20_000, Math.floor(Number(recipients) / 16)))
  } finally {
    await onServer(server, `DROP DATABASE ${database} WITH (FORCE)`)
  }
}

async function plan(url: string, recipients: number): Promise<void> {
  const store = await openPostgresStore(url)
  const now = new Date()
  const imported = await time(async () => {
    for (let start = 0; start < recipients; start += 20_000) {
      const length = Math.min(20_000, recipients - start)
      const people = Array.from({ length }, (_, index) => ({
        address: `reader${start + index}@example${index % 500}.org`,
        name: `Reader ${start + index}`,
      }))
      await store.subscribers.add(people, now)
    }
  })
  const edition = { id: 'bench', subject: 'Bench', createdAt: now, articles: ['bench'] }
  const opened = await time(() => store.ledger.open(edition))
  const counted = await time(() => store.ledger.counts('bench'))
  await store.close()
  printTable(
    ['recipients', 'import', 'plan', 'status'],
    [[String(recipients), ...[imported, opened, counted].map((s) => `${s.toFixed(1)} s`)]],
  )
}

async function send(url: string, each: number): Promise<void> {
  const rows: string[][] = []
  for (const concurrency of [10, 50]) {
    for (const senders of [1, 2, 4]) {
      const sent = await sendTogether(url, { senders, concurrency, each })
      const seconds = Math.max(...sent.map((one) => one.seconds))
      const total = sent.reduce((n, { submitted }) => n + submitted, 0)
      const cpu = sent.reduce((n, one) => n + one.cpu, 0)
      rows.push([
        String(senders),
        String(concurrency),
        Math.round(total / seconds).toString(),
        ((cpu * 1000) / total).toFixed(3),
        Math.max(...sent.map(({ megabytes }) => megabytes)).toFixed(0),
      ])
    }
  }
  printTable(['senders', 'connections each', 'messages/s', 'CPU ms a message', 'MB each'], rows)
}

async function sendTogether(
  url: string,
  { senders, concurrency, each }: { senders: number; concurrency: number; each: number },
): Promise<readonly Sent[]> {
  const script = join(import.meta.dirname, 'senders-child.ts')
  const children = Array.from({ length: senders }, () =>
    fork(script, [url, String(concurrency), String(Math.ceil(each / senders))]),
  )
  await Promise.all(children.map((child) => once(child, 'message')))
  return Promise.all(children.map(begin))
}

async function begin(child: ChildProcess): Promise<Sent> {
  const answer = once(child, 'message')
  child.send('begin')
  const [sent] = await answer
  return sent
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

async function onServer(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(text)
  await client.end()
}
