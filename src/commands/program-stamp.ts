import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A hash of the sources and libraries of the published package, put here by tools/compile.ts. */
declare const TIDINGS_COMPILED: string

const rooms = [
  '.',
  'commands',
  'content',
  'edition',
  'feeds',
  'hosting',
  'model',
  'output',
  'pages',
  'templates',
  'threads',
]
const libraries = ['feed', 'htmlparser2', 'liquidjs', 'luxon', 'satteri', 'smol-toml', 'yaml']

/**
 * What tells one state of the program from another: its own files, the libraries that render, Node. What is kept from
 * one build to the next under one state is of no use to another.
 */
export function stampProgram(): string {
  known ??= takeStamp()
  return known
}

let known: string | undefined

function takeStamp(): string {
  const { node, tz, icu } = process.versions
  const code = typeof TIDINGS_COMPILED === 'string' ? TIDINGS_COMPILED : stampSources()
  return [node, tz, icu, process.platform, code].join('\n')
}

function stampSources(): string {
  const source = dirname(import.meta.dirname)
  const own = rooms.flatMap((room) => {
    const folder = join(source, room)
    return readdirSync(folder).map((name) => `${room}/${name} ${stamp(join(folder, name))}`)
  })
  const theirs = libraries.map((name) => {
    const path = fileURLToPath(import.meta.resolve(name))
    return `${path} ${stamp(path)}`
  })
  const [modules = ''] = /^.*[/\\]node_modules[/\\]/.exec(theirs[0] ?? '') ?? []
  // npm writes it whenever any package changes, those too that ours are made of
  const installed = modules === '' ? '' : stamp(join(modules, '.package-lock.json'))
  return [installed, ...own, ...theirs].join('\n')
}

function stamp(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${stat.size} ${stat.mtimeMs} ${stat.ino}` : ''
}
