import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { commandHelp, globalOptions, overview } from './command-help.ts'
import type { Command, Context, Option, Report } from './commands/command.ts'
import { makePaint, makeProgress, showsUnicode } from './commands/terminal.ts'
import { loadConfig } from './config.ts'
import { Fault, type FaultCode } from './model/fault.ts'

/** Loaded only when run: rendering and sending bring large libraries with them. */
const commands: Readonly<
  Record<string, { about: string; load: () => Promise<{ command: Command }> }>
> = {
  init: { about: 'make a new publication', load: () => import('./commands/init.ts') },
  build: { about: 'content → feeds and pages in out/', load: () => import('./commands/build.ts') },
  send: {
    about: 'plan, render and deliver the next edition',
    load: () => import('./commands/send.ts'),
  },
  publish: { about: 'build, then send', load: () => import('./commands/publish.ts') },
  stats: { about: 'how many read, join and leave', load: () => import('./commands/stats.ts') },
  status: { about: 'editions and their deliveries', load: () => import('./commands/status.ts') },
  show: { about: 'a message, as it was sent', load: () => import('./commands/show.ts') },
  resolve: {
    about: 'decide deliveries of unknown fate',
    load: () => import('./commands/resolve.ts'),
  },
  cancel: { about: 'call an edition off', load: () => import('./commands/cancel.ts') },
  subscribers: {
    about: 'the list: add, remove, import, export…',
    load: () => import('./commands/subscribers.ts'),
  },
  serve: {
    about: 'out/ and the unsubscribe links, over HTTP',
    load: () => import('./commands/serve.ts'),
  },
  bounces: {
    about: 'bounces, complaints and wishes to leave, read from a mailbox',
    load: () => import('./commands/bounces.ts'),
  },
  backup: {
    about: 'a copy of the store, while it is in use',
    load: () => import('./commands/backup.ts'),
  },
  import: { about: 'articles from elsewhere', load: () => import('./commands/import.ts') },
  check: { about: 'what a feed validator objects to', load: () => import('./commands/check.ts') },
}

/** Exit status by kind of failure (README). */
const statusOf: Readonly<Record<FaultCode, number>> = {
  usage: 2,
  'config-invalid': 2,
  'content-invalid': 2,
  conflict: 4,
  unavailable: 4,
  interrupted: 130,
}

/** Runs one command to its end, says what went wrong, and leaves the exit status with the process. */
export async function runCommandLine(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  // Nobody reads on (`| head`): work in hand is not given up for that. Who writes is told by `writeOut`.
  process.stdout.on('error', () => undefined)
  process.stderr.on('error', () => undefined)
  try {
    process.exitCode = await main(argv, env)
  } catch (error) {
    if (error instanceof Fault) {
      process.stderr.write(`tidings: ${error.message}\n`)
      process.exitCode = statusOf[error.code]
      if (argv.includes('--json')) {
        const { code, message } = error
        await writeOut(`${JSON.stringify({ error: { code, message } })}\n`).catch(() => undefined)
      }
    } else {
      const stack = error instanceof Error ? error.stack : String(error)
      process.stderr.write(
        `tidings: this is a fault of tidings itself; please report it with what follows.\n${stack}\n`,
      )
      process.exitCode = 1
    }
  }
}

async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { name, rest } = splitCommand(argv)
  const entry = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (name !== undefined && !entry)
    throw new Fault('usage', `${name}: no such command; see 'tidings --help'`)
  const command = entry && (await entry.load()).command
  const { values, positionals } = parse(rest, { ...globalOptions, ...command?.options }, name)
  if (values.version) return say(`${version()}\n`)
  if (!command && values.json) throw new Fault('usage', "no command; see 'tidings --help'")
  if (values.help || !command)
    return say(
      command ? commandHelp(command) : overview(commands),
      command ? 0 : values.help ? 0 : 2,
    )

  const extra = positionals[command.words ?? Number.POSITIVE_INFINITY]
  if (extra !== undefined) {
    throw new Fault('usage', `${extra}: one word too many; see 'tidings ${name} --help'`)
  }

  const quiet = Boolean(values.quiet)
  const progress = makeProgress(process.stderr, quiet)
  const cwd = workingDirectory(values.directory)
  const now = readNow(asText(values.now))
  let interrupted: AbortSignal | undefined
  const context: Context = {
    cwd,
    loadConfig: () => loadConfig(cwd, { file: asText(values.config), env }),
    now,
    clock: runningFrom(now),
    progress,
    get signal() {
      // Only what settles something first asks for it: everything else ends at once.
      interrupted ??= onInterrupt(progress.note)
      return interrupted
    },
    json: Boolean(values.json),
    paint: makePaint(process.stdout, env),
    unicode: showsUnicode(env),
    // Making it loads the streams of Node, which few commands need
    get stdin() {
      return process.stdin
    },
    write: writeOut,
  }
  try {
    const report = await command.run(context, { values, positionals })
    progress.end()
    await print(report, { json: context.json, quiet })
    return report.status ?? 0
  } finally {
    progress.end()
  }
}

/** The first word that is neither an option nor an option's value is the command. */
function splitCommand(argv: readonly string[]): { name?: string; rest: string[] } {
  const { tokens } = parseArgs({
    args: [...argv],
    options: globalOptions as Record<string, Option>,
    strict: false,
    tokens: true,
    allowPositionals: true,
  })
  const first = tokens.find((token) => token.kind === 'positional')
  if (!first) return { rest: [...argv] }
  return { name: first.value, rest: argv.filter((_, index) => index !== first.index) }
}

function parse(
  args: string[],
  options: Record<string, Option>,
  name = '',
): Pick<ReturnType<typeof parseArgs>, 'values' | 'positionals'> {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: true })
  } catch (cause) {
    const reason =
      cause instanceof Error ? (cause.message.split(/\. To specify|\.?\n/)[0] ?? '') : String(cause)
    throw new Fault('usage', `${reason}; see 'tidings ${name ? `${name} ` : ''}--help'`, { cause })
  }
}

function workingDirectory(directory: unknown): string {
  const cwd = resolve(asText(directory) ?? '.')
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return cwd
  throw new Fault('usage', `-C ${cwd}: no such folder`)
}

function readNow(now: string | undefined): Date {
  if (now === undefined) return new Date()
  const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/
  const zoned = !now.includes('T') || /(Z|[+-]\d{2}:?\d{2})$/.test(now)
  const instant = new Date(zoned ? now : `${now}Z`)
  if (iso.test(now) && isDay(now.slice(0, 10)) && !Number.isNaN(instant.getTime())) return instant
  throw new Fault('usage', `--now '${now}': not an instant; write it as 2026-11-23T08:00:00Z`)
}

/** Whether there is such a day: Date makes 3 March of 31 February. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

/** A clock that starts at `now` and runs as fast as any other. */
function runningFrom(now: Date): () => Date {
  const started = performance.now()
  return () => new Date(now.getTime() + performance.now() - started)
}

/** The first signal asks for an orderly end; the second one ends at once. */
function onInterrupt(note: (line: string) => void): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130)
      note('Stopping after what is in flight; once more to stop at once.')
      controller.abort(
        new Fault('interrupted', 'Interrupted. Nothing is lost: run it again to go on.'),
      )
    })
  }
  return controller.signal
}

async function print(
  { json, text }: Report,
  how: { json: boolean; quiet: boolean },
): Promise<void> {
  if (how.json && json === undefined) return
  if (how.json) return await writeOut(`${JSON.stringify(json)}\n`)
  if (text !== '' && !how.quiet) await writeOut(`${text}\n`)
}

/** @throws {Fault} 'unavailable' when nobody reads on, or there is no room */
function writeOut(text: string | Uint8Array): Promise<void> {
  return new Promise((done, fail) =>
    process.stdout.write(text, (error) =>
      error ? fail(new Fault('unavailable', `standard output: ${error.message}`)) : done(),
    ),
  )
}

async function say(text: string, status = 0): Promise<number> {
  await writeOut(text)
  return status
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return String(JSON.parse(text).version)
}
