import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The sources as they are; .ci/run names what is made of them for the published package, which starts faster. */
const program = resolve(root, process.env.TIDINGS_TEST_PROGRAM ?? 'src/main.ts')

/** Starts the real program. */
export function start(
  args: readonly string[],
  { env = {} }: { env?: NodeJS.ProcessEnv } = {},
): {
  child: ChildProcess
  ended: Promise<Ended>
} {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (data) => (said.stdout += data))
  child.stderr.on('data', (data) => (said.stderr += data))
  const ended = new Promise<Ended>((done) =>
    child.on('close', (status) => done({ status, ...said })),
  )
  return { child, ended }
}

/** Runs the real program to its end. */
export async function tidings(
  args: readonly string[],
  { input = '', env = {} }: { input?: string | Uint8Array; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const { child, ended } = start(args, { env })
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(input)
  return ended
}

/** A folder with these files in it. */
export async function folderOf(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-'))
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), contents)
  }
  return folder
}

export const publication = {
  title: 'Paper',
  description: 'A paper',
  url: 'https://example.org/',
  timezone: 'Europe/Madrid',
}

export const newsletter = {
  from: 'News <news@example.org>',
  postalAddress: '1 Street, Town',
  subscribers: 'content/subscribers.csv',
}

/** A publication with its configuration, an article or more, and three readers. */
export function newPublication(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  config: object = {},
): Promise<string> {
  return folderOf({
    'tidings.config.json': JSON.stringify({ publication, newsletter, ...config }),
    'content/first.md':
      '---\ntitle: First\ndate: 2026-01-01\ntags: [one]\n---\n\nThe *first* article.\n',
    'content/subscribers.csv':
      'email,name\nann@example.org,Ann\nbob@example.org,Bob\ncy@example.org,Cy\n',
    ...files,
  })
}

export function article(title: string, date: string, body = 'Text.'): string {
  return `---\ntitle: ${JSON.stringify(title)}\ndate: ${date}\n---\n\n${body}\n`
}
