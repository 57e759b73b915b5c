import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** The first pattern that a path begins with decides its floor; what none names is a pure step. */
const floors: readonly [prefix: string, floor: number][] = [
  ['src/model/', 0],
  ['src/store/ledger.ts', 2],
  ['src/store/subscribers.ts', 2],
  ['src/store/address-changes.ts', 2],
  ['src/store/editions.ts', 2],
  ['src/store/secrets.ts', 2],
  ['src/store/joins.ts', 2],
  ['src/store/feedback.ts', 2],
  ['src/store/store.ts', 2],
  ['src/store/statistics.ts', 2],
  ['src/store/audience-days.ts', 2],
  ['src/store/throttle.ts', 2],
  ['src/mail/mailer.ts', 2],
  ['src/bounces/find-reader.ts', 3],
  ['src/bounces/take-in.ts', 3],
  ['src/bounces/take-events.ts', 3],
  ['src/bounces/listen.ts', 4],
  ['src/bounces/read-mailbox.ts', 4],
  ['src/bounces/keep-mail.ts', 4],
  ['src/delivery/retry.ts', 1],
  ['src/delivery/transitions.ts', 1],
  ['src/delivery/pace.ts', 1],
  ['src/delivery/signal.ts', 1],
  ['src/delivery/limits.ts', 1],
  ['src/delivery/warm-up.ts', 1],
  ['src/delivery/', 3],
  ['src/http/out-files.ts', 4],
  ['src/http/gone-paths.ts', 4],
  ['src/http/encoded-files.ts', 4],
  ['src/http/feed-memory.ts', 4],
  ['src/http/listen.ts', 4],
  ['src/http/fetch-text.ts', 4],
  ['src/http/', 3],
  ['src/store/', 4],
  ['src/mail/mailer/', 4],
  ['src/mail/open-mailer.ts', 4],
  ['src/content/read-', 4],
  ['src/content/lazy-body.ts', 4],
  ['src/content/render-all.ts', 4],
  ['src/content/do-jobs.ts', 4],
  ['src/content/thread-jobs.ts', 4],
  ['src/threads/open-threads.ts', 4],
  ['src/threads/', 1],
  ['src/thread', 5],
  ['src/content/cache-file.ts', 4],
  ['src/content/kept-articles.ts', 4],
  ['src/content/git-dates.ts', 4],
  ['src/content/load.ts', 4],
  ['src/content/measure-media.ts', 4],
  ['src/templates/read-templates.ts', 4],
  ['src/hubs/', 4],
  ['src/output/', 4],
  ['src/check/fetch-document.ts', 4],
  ['src/commands/', 5],
  ['src/command', 5],
  ['src/config', 5],
  ['src/main.ts', 5],
  ['src/command-line.ts', 5],
  ['src/index.ts', 5],
  ['src/', 1],
]

/** The one place, or the few places, from which a vendor library may be imported. */
const vendors: Readonly<Record<string, readonly string[]>> = {
  'postal-mime': ['src/bounces/open-mail.ts'],
  'smtp-server': ['src/bounces/listen.ts'],
  nodemailer: ['src/mail/quoted-printable.ts', 'src/mail/mailer/'],
  mjml: ['src/edition/mjml.ts'],
  feed: ['src/feeds/'],
  luxon: ['src/content/dates.ts', 'src/edition/format-date.ts'],
  'node:sqlite': ['src/store/sqlite'],
  pg: ['src/store/postgres'],
  yaml: ['src/content/'],
  'smol-toml': ['src/content/'],
  satteri: ['src/content/markdown.ts'],
  htmlparser2: ['src/content/', 'src/edition/mail-html.ts', 'src/check/html.ts'],
  saxes: ['src/check/xml-tree.ts'],
  liquidjs: ['src/templates/liquid.ts'],
  'html-to-text': ['src/edition/'],
  'csv-parse': ['src/subscribers/csv-records.ts'],
  'csv-stringify': ['src/subscribers/csv.ts'],
  hono: ['src/http/'],
  '@hono/node-server': ['src/http/listen.ts'],
}

/** What a pure step has no business with. */
const effects = /^node:(fs|net|http|https|tls|dns|child_process|worker_threads|readline)(\/|$)/

const sources = globSync('src/**/*.ts', { cwd: root })
const imports = sources.flatMap((file) => importsOf(file))

interface Import {
  readonly from: string
  /** a path below the root, or the name of a package */
  readonly to: string
  readonly own: boolean
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const statements = text.matchAll(
    /^(?:import|export)(?:[\w\s{},*$]*\bfrom)?\s*'([^']+)'|(?:await |=> )import\('([^']+)'\)/gm,
  )
  return [...statements].map(([, named, dynamic]) => {
    const name = named ?? dynamic ?? ''
    if (!name.startsWith('.')) return { from: file, to: name, own: false }
    return { from: file, to: relative(root, resolve(root, dirname(file), name)), own: true }
  })
}

function floorOf(path: string): number {
  return floors.find(([prefix]) => path.startsWith(prefix))?.[1] ?? Number.NaN
}

function vendorOf(name: string): string {
  const [first = '', second = ''] = name.split('/')
  return first.startsWith('@') ? `${first}/${second}` : first
}

const lines = (list: readonly Import[]) => list.map(({ from, to }) => `${from} → ${to}`)

describe('the house', () => {
  it('reads the imports of every source file', () => {
    expect(imports.length).toBeGreaterThan(sources.length)
    expect(lines(imports)).toContain('src/command-line.ts → src/config.ts')
  })

  it('has no import that goes up a floor', () => {
    const upward = imports.filter(({ from, to, own }) => own && floorOf(to) > floorOf(from))
    expect(lines(upward)).toEqual([])
  })

  it('has no adapter that knows another one', () => {
    const sideways = imports.filter(
      ({ from, to, own }) =>
        own && floorOf(from) === 4 && floorOf(to) === 4 && from.split('/')[1] !== to.split('/')[1],
    )
    expect(lines(sideways)).toEqual([])
  })

  it('lets pure steps touch no file, no network and no other process', () => {
    const impure = imports.filter(
      ({ from, to, own }) => !own && floorOf(from) <= 1 && effects.test(to),
    )
    expect(lines(impure)).toEqual([])
  })

  it('imports each vendor library in its own place only', () => {
    const strays = imports.filter(({ from, to, own }) => {
      if (own) return false
      const name = to.startsWith('node:') ? to : vendorOf(to)
      if (name.startsWith('node:') && !Object.hasOwn(vendors, name)) return false
      return !(vendors[name] ?? []).some((place) => from.startsWith(place))
    })
    expect(lines(strays)).toEqual([])
  })

  it('has no file that reads the environment besides the entry, which hands it to the configuration', () => {
    const readers = sources.filter((file) =>
      /process\.env/.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(readers).toEqual(['src/main.ts'])
  })
})
