import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { composeMessage } from '../src/mail/message.ts'
import { openSqliteStore } from '../src/store/sqlite/open-store.ts'
import { filled, letter, readerOf } from './letter.ts'
import { median, printTable } from './measure.ts'

/** CPU seconds of all processes together, resident MB of the biggest. */
export interface Sent {
  readonly seconds: number
  readonly cpu: number
  readonly megabytes: number
}

export interface Terms {
  readonly folder: string
  readonly count: number
  readonly connections: number
  readonly port: number
  /** subscribers of the list: those beyond `count` wait */
  readonly list: number
}

type Sender = (terms: Terms) => Promise<Sent>

const senders: Readonly<Record<string, Sender>> = {
  'smtp-source, in C': smtpSource,
  'Nodemailer, html and text a message': (terms) => together(['naive'], terms, ''),
  'ours, ledger on': (terms) => ours(['ours'], terms),
  'ours, ledger on, RSA-2048': (terms) => ours(['signed'], terms),
  'ours, ledger on, two processes': (terms) => ours(['ours', 'ours'], terms),
  'ours, ledger on, RSA-2048, two processes': (terms) => ours(['signed', 'signed'], terms),
}

/**
 * Sends a message of 56 KB to so many recipients, to a relay that takes all and keeps nothing: the rounds take turns,
 * and the medians are shown. Needs smtp-sink and smtp-source of Postfix; no daemon.
 *
 * @param args [RECIPIENTS, default 5000] [ROUNDS, 3] [CONNECTIONS, 10] [rows whose names match this]
 *   [SUBSCRIBERS of the list, as many as RECIPIENTS]
 */
export async function run([
  count = '5000',
  rounds = '3',
  connections = '10',
  only = '',
  list = count,
]: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-'))
  const chosen = Object.entries(senders).filter(([name]) => new RegExp(only).test(name))
  const results = new Map<string, Sent[]>(chosen.map(([name]) => [name, []]))
  const load = loadavg()[0]?.toFixed(1)
  const [most, size] = [Number(count), Number(list)]
  const terms = { folder, count: most, connections: Number(connections), list: size }
  try {
    for (let round = 0; round < Number(rounds); round += 1) {
      for (const [name, send] of chosen) {
        results.get(name)?.push(await toSink((port) => send({ ...terms, port })))
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  print(results, Number(count))
  process.stdout.write(`\nLoad of this machine before: ${load}.\n`)
}

function print(results: ReadonlyMap<string, readonly Sent[]>, count: number): void {
  const rates = new Map(
    [...results].map(([name, runs]) => [name, count / median(runs.map(({ seconds }) => seconds))]),
  )
  const [source, naive] = Object.keys(senders).map((n) => rates.get(n))
  printTable(
    ['sending', 'messages/s', 'CPU ms a message', 'MB', '× Nodemailer', '× smtp-source'],
    [...results].map(([name, runs]) => {
      const rate = rates.get(name) ?? Number.NaN
      return [
        name,
        rate.toFixed(0),
        ((median(runs.map(({ cpu }) => cpu)) * 1000) / count).toFixed(3),
        Math.max(...runs.map(({ megabytes }) => megabytes)).toFixed(0),
        naive ? (rate / naive).toFixed(1) : '–',
        source ? (rate / source).toFixed(2) : '–',
      ]
    }),
  )
}

async function smtpSource({ folder, count, connections, port }: Terms): Promise<Sent> {
  const file = join(folder, 'message')
  const { bytes } = await composeMessage(filled(1))
  writeFileSync(file, Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n'))
  const from = letter.from.address
  const args = ['-N', '-d', '-m', count, '-s', connections, '-f', from, '-F', file]
  const started = performance.now()
  const child = spawn(
    find('smtp-source'),
    [...args, '-t', 'reader@example.net', `127.0.0.1:${port}`].map(String),
    { stdio: 'inherit' },
  )
  let last = { cpu: 0, megabytes: 0 }
  const sampler = setInterval(() => {
    last = usageOf(child.pid) ?? last
  }, 10)
  const [code] = await once(child, 'exit')
  const seconds = (performance.now() - started) / 1000
  clearInterval(sampler)
  if (code !== 0) throw new Error(`smtp-source ended with ${code}`)
  return { seconds, ...last }
}

/** As Linux sees a process, in ticks of 10 ms. */
function usageOf(pid: number | undefined): { cpu: number; megabytes: number } | undefined {
  try {
    const ticks = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]
    if (peak === undefined) return undefined
    return { cpu: (Number(ticks[11]) + Number(ticks[12])) / 100, megabytes: Number(peak) / 1024 }
  } catch {
    return undefined
  }
}

/** Sends to a relay that takes all and keeps nothing. */
export async function toSink<T>(send: (port: number) => Promise<T>): Promise<T> {
  const port = await freePort()
  const relay = await startSink(find('smtp-sink'), port)
  return send(port).finally(() => relay.kill())
}

export async function ours(kinds: readonly string[], terms: Terms): Promise<Sent> {
  const file = join(terms.folder, `${terms.port}.db`)
  const now = new Date()
  const store = await openSqliteStore(file)
  for (let start = 0; start < terms.list; start += 20_000) {
    const length = Math.min(20_000, terms.list - start)
    const readers = Array.from({ length }, (_, index) => readerOf(start + index))
    await store.subscribers.add(readers, now)
  }
  await store.ledger.open({ id: 'bench', subject: '', createdAt: now, articles: ['bench'] })
  const sent = await together(kinds, terms, file)
  const { submitted } = await store.ledger.counts('bench')
  await store.close()
  if (submitted !== terms.count) throw new Error(`only ${submitted} of ${terms.count} were sent`)
  return sent
}

/** Processes that start at one word, and share the connections. */
async function together(
  kinds: readonly string[],
  { port, connections, count, list }: Terms,
  what: string,
): Promise<Sent> {
  const script = join(import.meta.dirname, 'send-child.ts')
  const each = Math.ceil(connections / kinds.length)
  const limit = list > count ? Math.ceil(count / kinds.length) : count
  const children = kinds.map((kind) =>
    fork(script, [kind, ...[port, each, limit, what].map(String)]),
  )
  await Promise.all(children.map((child) => once(child, 'message')))
  const sent = await Promise.all(children.map(begin))
  return {
    seconds: Math.max(...sent.map(({ seconds }) => seconds)),
    cpu: sent.reduce((sum, { cpu }) => sum + cpu, 0),
    megabytes: Math.max(...sent.map(({ megabytes }) => megabytes)),
  }
}

function begin(child: ChildProcess): Promise<Sent> {
  return new Promise((resolve, reject) => {
    child.once('message', (sent) => resolve(sent as Sent))
    child.once('exit', () => reject(new Error('a sender ended early')))
    child.send('begin')
  })
}

async function startSink(sink: string, port: number): Promise<ChildProcess> {
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn(sink, [...user, `127.0.0.1:${port}`, '1000'], { stdio: 'inherit' })
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = connect(port, '127.0.0.1')
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isUp) return child
    await pause(20)
  }
  child.kill()
  throw new Error(`${sink} does not listen`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function find(program: string): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const found = folders.map((folder) => join(folder, program)).find(isProgram)
  if (found) return found
  throw new Error(
    `${program} is missing: it comes with Postfix. Install postfix, or unpack its package and put usr/sbin in PATH`,
  )
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
