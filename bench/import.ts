import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { measure, printTable, type Run } from './measure.ts'

const program = join(import.meta.dirname, '../src/main.ts')
const database = 'tidings_bench_import'

/**
 * How long `subscribers import` takes for a list of LINES, and what memory: as a dry run, into SQLite, into PostgreSQL (where there is
 * one), and a second time, when nothing is new. A tenth of the list before shows whether memory grows with it.
 *
 * @param args [LINES, default 1000000]
 */
export async function run([lines = '1000000']: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-'))
  const rows: string[][] = []
  const told = (what: string, { seconds, megabytes }: Run, count: number) =>
    rows.push([
      what,
      count.toLocaleString('en'),
      seconds.toFixed(1),
      Math.round(count / seconds).toLocaleString('en'),
      megabytes.toFixed(0),
    ])
  try {
    const all = Number(lines)
    for (const count of [Math.floor(all / 10), all]) {
      await writeList(join(folder, 'list.csv'), count)
      await configure(folder, 'sqlite:bench.db')
      told('dry run', await importList(folder, ['--dry-run']), count)
      told('SQLite', await importList(folder), count)
      told('SQLite, again', await importList(folder), count)
      await rm(join(folder, 'bench.db'))
    }
    await onPostgres(async (url) => {
      await configure(folder, url)
      told('PostgreSQL', await importList(folder), all)
    })
    printTable(['import', 'lines', 's', 'lines/s', 'MB at most'], rows)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function importList(cwd: string, options: readonly string[] = []): Promise<Run> {
  const args = [program, 'subscribers', 'import', 'list.csv', '--quiet', ...options]
  return measure(process.execPath, args, { cwd })
}

async function configure(folder: string, store: string): Promise<void> {
  const publication = { title: 'Bench', description: 'Bench', url: 'https://example.org/' }
  await writeFile(join(folder, 'tidings.config.json'), JSON.stringify({ publication, store }))
}

/** Addresses in no order, every tenth name with a comma in it, one in twenty has left. */
async function writeList(path: string, count: number): Promise<void> {
  function* text() {
    yield 'Email,Name,Status,Created At,Language,fields.town\n'
    for (let n = 0; n < count; n++) {
      const mixed = Math.imul(n, 0x9e3779b1) >>> 0
      const name = n % 10 === 0 ? `"Reader, ${n}"` : `Reader ${n}`
      const status = n % 20 === 0 ? 'unsubscribed' : 'active'
      yield `r${mixed.toString(36)}.${n}@example${mixed % 500}.org,${name},${status},2024-0${1 + (n % 9)}-11T10:00:00Z,en,Bath\n`
    }
  }
  await pipeline(Readable.from(text()), createWriteStream(path))
}

async function onPostgres(work: (url: string) => Promise<void>): Promise<void> {
  const server =
    process.env.TIDINGS_TEST_POSTGRES ?? `postgres://${userInfo().username}@127.0.0.1:5432/postgres`
  const client = new pg.Client({ connectionString: server })
  try {
    await client.connect()
  } catch {
    process.stderr.write(`no PostgreSQL at ${new URL(server).host}: left out\n`)
    return
  }
  try {
    await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${database}`)
    const url = new URL(server)
    url.pathname = database
    await work(url.href)
    await client.query(`DROP DATABASE ${database} WITH (FORCE)`)
  } finally {
    await client.end()
  }
}
