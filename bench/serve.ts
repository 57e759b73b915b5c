import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { renderRss } from '../tests/feeds/written.ts'
import { median, printTable } from './measure.ts'

interface Server {
  readonly name: string
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

interface Case {
  readonly name: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** asks with the ETag of what it has */
  readonly known: boolean
}

interface Load {
  /** requests a second */
  readonly rate: number
  /** of the server's CPU, microseconds a request */
  readonly cpu: number
}

const cases: readonly Case[] = [
  { name: 'small feed', path: 'tags/small/rss.xml', headers: {}, known: false },
  { name: 'small feed, 304', path: 'tags/small/rss.xml', headers: {}, known: true },
  { name: 'large feed', path: 'rss.xml', headers: {}, known: false },
  {
    name: 'large feed, gzip',
    path: 'rss.xml',
    headers: { 'Accept-Encoding': 'gzip' },
    known: false,
  },
  {
    name: 'large feed, gzip, 304',
    path: 'rss.xml',
    headers: { 'Accept-Encoding': 'gzip' },
    known: true,
  },
]

/**
 * `tidings serve` against one worker of nginx on the same files, with the same bytes of gzip (nginx: made beforehand),
 * both writing their log into a file. The load is wrk's.
 */
export async function run(args: readonly string[]): Promise<void> {
  const [seconds = 4, rounds = 3, connections = 32] = args.map(Number)
  for (const program of ['wrk', 'nginx']) {
    if (spawnSync(program, ['-v']).error)
      throw new Error(`${program} is missing (Debian: apt install ${program})`)
  }
  // As it is published: compiled
  const compile = resolve(import.meta.dirname, '../tools/compile.ts')
  execFileSync(process.execPath, [compile], { stdio: 'inherit' })
  const folder = await mkdtemp(join(tmpdir(), 'tidings-serve-'))
  const sizes = await writeSite(folder)
  const servers = [await startNginx(folder), await startOurs(folder)]
  const loads = new Map<string, Load[]>()
  try {
    for (let round = 0; round < rounds; round++) {
      for (const one of cases) {
        for (const server of servers) {
          const key = `${one.name} ${server.name}`
          loads.set(key, [
            ...(loads.get(key) ?? []),
            await load(server, one, { seconds, connections }),
          ])
        }
      }
    }
  } finally {
    for (const server of servers) await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  process.stdout.write(
    `\n${sizes}; ${connections} connections, medians of ${rounds} × ${seconds} s\n`,
  )
  const value = (name: string, server: string, of: keyof Load) =>
    median((loads.get(`${name} ${server}`) ?? []).map((one) => one[of]))
  printTable(
    ['', 'nginx req/s', 'ours req/s', 'ratio', 'nginx CPU µs', 'ours CPU µs', 'per CPU second'],
    cases.map(({ name }) => {
      const [n, o] = [value(name, 'nginx', 'rate'), value(name, 'ours', 'rate')]
      const [nc, oc] = [value(name, 'nginx', 'cpu'), value(name, 'ours', 'cpu')]
      const figures = [n.toFixed(0), o.toFixed(0), (o / n).toFixed(2)]
      return [name, ...figures, nc.toFixed(1), oc.toFixed(1), (nc / oc).toFixed(2)]
    }),
  )
}

async function writeSite(folder: string): Promise<string> {
  const files = { 'rss.xml': feedOf(50, 1_000), 'tags/small/rss.xml': feedOf(10, 0) }
  for (const [path, contents] of Object.entries(files)) {
    const file = join(folder, 'out', path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, contents)
    await writeFile(`${file}.gz`, gzipSync(contents, { level: 9 }))
  }
  await mkdir(join(folder, 'content'))
  const publication = { title: 'Bench', description: 'A bench', url: 'https://example.org/' }
  await writeFile(join(folder, 'tidings.config.json'), JSON.stringify({ publication }))
  const sizes = Object.values(files).map((text) => `${Math.round(text.length / 1000)} kB`)
  return `large: ${sizes[0]}, small: ${sizes[1]}`
}

function feedOf(items: number, words: number): string {
  const url = 'https://example.org/'
  const day = new Date('2026-01-01T00:00:00Z')
  return renderRss({
    id: 'tag:example.org,2026:/feed',
    title: 'Bench',
    description: 'A bench',
    language: 'en',
    homeUrl: url,
    urls: { rss: `${url}rss.xml`, atom: `${url}atom.xml`, json: `${url}feed.json` },
    folder: '',
    updatedAt: day,
    authors: [],
    items: Array.from({ length: items }, (_, index) => ({
      id: `tag:example.org,2026:${index}`,
      url: `${url}${index}/`,
      title: `Article ${index}`,
      summary: prose(40, index),
      ...(words > 0 && { html: `<p>${prose(words, index)}</p>` }),
      publishedAt: day,
      updatedAt: day,
      authors: [],
      tags: [],
      language: 'en',
    })),
  })
}

/** Words that compress as prose does, more or less. */
function prose(count: number, seed: number): string {
  let state = seed + 1
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647
    return (state % 4_000).toString(26).replace(/\d/g, 'e')
  }).join(' ')
}

async function startNginx(folder: string): Promise<Server> {
  const port = await freePort()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/temporary;`)
    .join(' ')
  const conf = join(folder, 'nginx.conf')
  await writeFile(
    conf,
    `user root; pid ${folder}/pid; daemon off; error_log ${folder}/error.log; master_process off;
events { } http { access_log ${folder}/access.log; sendfile on; keepalive_requests 1000000; ${temporary}
server { listen 127.0.0.1:${port}; root ${folder}/out; gzip_static on; gzip_vary on;
add_header Cache-Control "public, no-cache"; } }`,
  )
  const child = spawn('nginx', ['-c', conf, '-e', join(folder, 'error.log')], { stdio: 'ignore' })
  return started('nginx', `http://127.0.0.1:${port}/`, child)
}

async function startOurs(folder: string): Promise<Server> {
  const port = await freePort()
  const main = resolve(import.meta.dirname, '../dist/main.js')
  const log = openSync(join(folder, 'serve.log'), 'w')
  const args = [main, 'serve', '-C', folder, '--port', String(port)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', log] })
  return started('ours', `http://127.0.0.1:${port}/`, child)
}

async function started(
  name: string,
  url: string,
  child: ReturnType<typeof spawn>,
): Promise<Server> {
  const ended = new Promise<void>((done) => child.on('exit', () => done()))
  while (
    !(await fetch(`${url}rss.xml`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`)
    await pause(100)
  }
  return {
    name,
    url,
    pid: child.pid ?? 0,
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

async function load(
  { url, pid }: Server,
  { path, headers, known }: Case,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<Load> {
  const plain = { 'Accept-Encoding': 'identity', ...headers }
  const { headers: had } = await fetch(url + path, { headers: plain })
  const asked = { ...plain, ...(known && { 'If-None-Match': had.get('ETag') ?? '' }) }
  const status = (await fetch(url + path, { headers: asked })).status
  if (status !== (known ? 304 : 200)) throw new Error(`${url}${path}: ${status}`)
  const flags = Object.entries(asked).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  // V8 has to see what is asked for before it is quick
  await wrk([`-c${connections}`, '-t1', '-d1s', ...flags, url + path])
  const before = cpuOf(pid)
  const output = await wrk([`-c${connections}`, '-t1', `-d${seconds}s`, ...flags, url + path])
  const requests = Number(/(\d+) requests in/.exec(output)?.[1])
  if (/Non-2xx|Socket errors/.test(output) && !known) throw new Error(output)
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]),
    cpu: ((cpuOf(pid) - before) / requests) * 1e6,
  }
}

function wrk(args: readonly string[]): Promise<string> {
  const child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (data) => (said += data))
  return new Promise((done) => child.on('close', () => done(said)))
}

/** Seconds of CPU that a process has had, all its threads together; a tick is 10 ms. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
