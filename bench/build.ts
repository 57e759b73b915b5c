import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileName, makeCollection } from './collection.ts'
import { measure, median, printTable, type Run } from './measure.ts'

const here = import.meta.dirname
const tidings = resolve(here, '../dist/main.js')
const work = join(tmpdir(), 'tidings-bench')

interface Contestant {
  readonly name: string
  /** runs once; `cold` has forgotten everything from before */
  readonly run: (cold: boolean) => Promise<Run>
  /** whether a second run, after one edit, is of interest */
  readonly edits: boolean
}

/** Builds the site's feeds and those of 40 tags, in full text, from collections of several sizes. */
export async function run(args: readonly string[]): Promise<void> {
  const sizes = args.length > 0 ? args.map(Number) : [1_000, 10_000, 100_000]
  installPeers()
  // As it is published: compiled
  execFileSync(process.execPath, [resolve(here, '../tools/compile.ts')], { stdio: 'inherit' })
  for (const size of sizes) {
    await compare(size)
    rmSync(join(work, 'aside'), { recursive: true, force: true })
  }
}

function installPeers(): void {
  const folder = join(work, 'peers')
  mkdirSync(folder, { recursive: true })
  cpSync(join(here, 'peers'), folder, { recursive: true })
  if (existsSync(join(folder, 'node_modules'))) return
  process.stderr.write('Installing the peers…\n')
  execFileSync('npm', ['install', '--no-fund', '--no-audit'], { cwd: folder, stdio: 'inherit' })
}

async function compare(size: number): Promise<void> {
  const base = join(work, String(size))
  const content = join(base, 'content')
  process.stderr.write(`${size} articles…\n`)
  makeCollection(content, size)
  const rounds = size > 20_000 ? 3 : 5
  const contestants = [
    ...floors(content),
    ours(base, content),
    ...hugo(base),
    naive(base, content),
    ...eleventy(base, content, size),
  ]
  const cold = new Map<string, Run[]>()
  const warm = new Map<string, Run[]>()
  // Round by round, not peer by peer: what disturbs the machine disturbs all alike.
  for (let round = 0; round < rounds; round++) {
    for (const { name, run, edits } of contestants) {
      add(cold, name, await run(true))
      if (!edits) continue
      appendFileSync(join(content, fileName(size - 1 - round)), `\nEdited ${Date.now()}.\n`)
      add(warm, name, await run(false))
    }
  }
  report(size, contestants, cold, warm)
}

function add(runs: Map<string, Run[]>, name: string, run: Run): void {
  runs.set(name, [...(runs.get(name) ?? []), run])
}

function report(
  size: number,
  contestants: readonly Contestant[],
  cold: ReadonlyMap<string, Run[]>,
  warm: ReadonlyMap<string, Run[]>,
): void {
  const seconds = (runs: readonly Run[] | undefined) =>
    median((runs ?? []).map((run) => run.seconds))
  const [reference, afterEdit] = [cold, warm].map((runs) => seconds(runs.get('Hugo')))
  const rows = contestants.map(({ name }) => {
    const first = seconds(cold.get(name))
    const second = seconds(warm.get(name))
    const memory = median((cold.get(name) ?? []).map((run) => run.megabytes))
    return [
      name,
      text(first, 3),
      ratio(first, reference),
      text(second, 3),
      ratio(second, afterEdit),
      text(memory, 0),
    ]
  })
  process.stdout.write(`\n${size.toLocaleString('en')} articles, medians\n`)
  printTable(['', 'cold, s', '× Hugo', 'after one edit, s', '× Hugo', 'peak memory, MB'], rows)
}

function text(value: number, digits: number): string {
  return Number.isNaN(value) ? '' : value.toFixed(digits)
}

function ratio(value: number, reference = Number.NaN): string {
  return text(value / reference, 2)
}

function floors(content: string): Contestant[] {
  const floor = (what: string, name: string): Contestant => ({
    name,
    run: () => measure(process.execPath, [join(work, 'peers/floor.mjs'), what, content]),
    edits: false,
  })
  return [
    floor('empty', 'empty Node'),
    floor('stat', 'walk and stat'),
    floor('read', 'read all files'),
  ]
}

function ours(base: string, content: string): Contestant {
  const folder = join(base, 'tidings')
  mkdirSync(folder, { recursive: true })
  link(content, join(folder, 'content'))
  const publication = { title: 'Bench', description: 'Bench', url: 'https://example.org/' }
  writeFileSync(
    join(folder, 'tidings.config.json'),
    JSON.stringify({ publication, feeds: { per: ['tag'] } }),
  )
  return {
    name: 'tidings (RSS, Atom, JSON)',
    edits: true,
    run: (cold) => {
      if (cold) setAside(folder, ['out', '.tidings', 'tidings.lock'])
      return measure(process.execPath, [tidings, 'build', '-C', folder, '--quiet'])
    },
  }
}

/**
 * Takes away what a run has made. Not deleted: for seconds after that ext4 passes over the places of deleted files one by
 * one whenever a new one is made, and who makes most pays most.
 */
function setAside(folder: string, names: readonly string[]): void {
  const aside = mkdtempSync(join(makeFolder(join(work, 'aside')), 'run-'))
  for (const name of names.filter((name) => existsSync(join(folder, name))))
    renameSync(join(folder, name), join(aside, name))
}

function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true })
  return path
}

function hugo(base: string): Contestant[] {
  if (spawnSync('hugo', ['version']).status !== 0) {
    process.stderr.write('Hugo is not installed (apt-get install hugo): left out\n')
    return []
  }
  const folder = join(base, 'hugo')
  mkdirSync(join(folder, 'layouts/_default'), { recursive: true })
  writeFileSync(join(folder, 'config.toml'), hugoConfig)
  writeFileSync(join(folder, 'layouts/_default/rss.xml'), hugoTemplate)
  return [
    {
      name: 'Hugo',
      edits: true,
      run: (cold) => {
        if (cold) setAside(folder, ['public', 'resources'])
        return measure('hugo', ['--quiet', '-s', folder])
      },
    },
  ]
}

// No pages of articles and no lists, but every article with its permanent link; Hugo follows no link to content/.
const hugoConfig = `baseURL = "https://example.org/"
title = "Bench"
ignoreErrors = ["error-disable-taxonomy"]
disableKinds = ["section", "taxonomy", "404", "robotsTXT", "sitemap"]
[[module.mounts]]
source = "../content"
target = "content"
[[cascade]]
[cascade._target]
kind = "page"
[cascade._build]
render = "link"
[outputs]
home = ["RSS"]
term = ["RSS"]
page = []
[taxonomies]
tag = "tags"
`

const hugoTemplate = `<rss version="2.0"><channel><title>{{ .Title }}</title><link>{{ .Permalink }}</link><description>Bench</description>
{{ range first 20 .RegularPages }}<item><title>{{ .Title }}</title><link>{{ .Permalink }}</link><guid>{{ .Permalink }}</guid><pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate><description>{{ .Content | html }}</description></item>
{{ end }}</channel></rss>
`

function naive(base: string, content: string): Contestant {
  return {
    name: 'naive script (gray-matter, marked, feed)',
    edits: false,
    run: () =>
      measure(process.execPath, [join(work, 'peers/naive.mjs'), content, join(base, 'naive')]),
  }
}

function eleventy(base: string, content: string, size: number): Contestant[] {
  if (size > 20_000) return []
  const folder = join(base, 'eleventy')
  mkdirSync(folder, { recursive: true })
  link(content, join(folder, 'content'))
  link(join(work, 'peers/node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'eleventy.config.js'), eleventyConfig)
  writeFileSync(join(folder, 'content/content.json'), '{"permalink": false}')
  const tags = Array.from({ length: 40 }, (_, index) => `tag-${index}`)
  for (const name of ['all', ...tags])
    writeFileSync(join(folder, `${name}.njk`), eleventyFeed(name))
  return [
    {
      name: 'Eleventy with its RSS plugin',
      edits: false,
      run: () =>
        measure(
          process.execPath,
          [join(work, 'peers/node_modules/@11ty/eleventy/cmd.cjs'), '--quiet'],
          { cwd: folder },
        ),
    },
  ]
}

const eleventyConfig = `import rss from '@11ty/eleventy-plugin-rss'
export default (config) => { config.addPlugin(rss) }
`

function eleventyFeed(collection: string): string {
  return `---
permalink: ${collection === 'all' ? 'rss.xml' : `tags/${collection}/rss.xml`}
eleventyExcludeFromCollections: true
---
<rss version="2.0"><channel><title>Bench</title><link>https://example.org/</link><description>Bench</description>
{%- for post in collections['${collection}'] | reverse %}{% if loop.index <= 20 %}
<item><title>{{ post.data.title }}</title><link>https://example.org/{{ post.fileSlug }}/</link><pubDate>{{ post.date | dateToRfc822 }}</pubDate><description>{{ post.templateContent }}</description></item>
{%- endif %}{% endfor %}</channel></rss>
`
}

function link(target: string, path: string): void {
  if (!existsSync(path)) symlinkSync(target, path)
}
