import { type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { localDay, openTimeZone } from '../content/dates.ts'
import { Fault } from '../model/fault.ts'
import { formatProblem } from '../model/problem.ts'
import { type Built, buildFeeds } from './build-feeds.ts'
import type { Command, Context, Report } from './command.ts'
import { type Explained, explainFiles, explanationText } from './explain.ts'
import { rememberRendered } from './remember-rendered.ts'
import { compileForShortRun } from './short-run.ts'
import { count } from './terminal.ts'

export const command: Command = {
  usage: 'tidings build [--watch | --explain [--strict]]',
  help: `Reads content/ and writes the feeds into out/: RSS, Atom and JSON Feed for the publication and for each
tag, author, section or language (feeds.per), feeds.opml, and index.html for people. Unchanged files are not rewritten.`,
  words: 0,
  options: {
    explain: { type: 'boolean', help: 'before writing, say what readers of each feed will see' },
    strict: {
      type: 'boolean',
      help: 'with --explain: write nothing where an old article would show as new; of feeds that out/ lacks nothing is known',
    },
    watch: { type: 'boolean', short: 'w', help: 'build again whenever the content changes' },
  },
  async run(context, { values }) {
    const { watch, explain, strict } = values
    if (strict && !explain) throw new Fault('usage', '--strict goes with --explain')
    if (watch && explain) throw new Fault('usage', '--watch and --explain: say one of them')
    if (watch) return watchAndBuild(context)
    compileForShortRun()
    const config = await context.loadConfig()
    if (explain) return buildAndExplain(config, context, Boolean(strict))
    const built = await buildFeeds(config, context.now, rememberRendered())
    return buildReport(built, context)
  },
}

/** Says what readers will see, then writes; not when `strict` and something old would show as new. */
async function buildAndExplain(config: Config, context: Context, strict: boolean): Promise<Report> {
  const zone = await openTimeZone(config.publication.timezone)
  const dayOf = (date: string) => {
    const day = new Date(date)
    return Number.isNaN(day.getTime()) ? date : localDay(day, zone).join('-')
  }
  let explained: Explained = { feeds: [], removed: [], isCompared: false }
  let refused = false
  const built = await buildFeeds(config, context.now, rememberRendered(), (next) => {
    explained = explainFiles(next, dayOf)
    refused = strict && explained.feeds.some(({ warnings }) => warnings.length > 0)
    return !refused
  })
  const { text, json } = buildReport(built, context)
  const end = refused ? `${context.paint.bad('✗')} Nothing was written (--strict).` : text
  const { feeds, removed, isCompared } = explained
  return {
    text: `${explanationText(explained, context.paint)}\n\n${end}`,
    json: { ...json, explained: feeds, removedFeeds: removed, isCompared },
    status: refused ? 3 : 0,
  }
}

export interface BuildReport extends Report {
  readonly json: object
}

export function buildReport(
  built: Built,
  { progress, paint }: Pick<Context, 'progress' | 'paint'>,
): BuildReport {
  const { content, feeds, written, unchanged, removed } = built
  const { articles, held } = content.collection
  for (const warning of content.warnings)
    progress.note(`${paint.warn('warning')} ${formatProblem(warning)}`)
  for (const warning of built.warnings) progress.note(`${paint.warn('warning')} ${warning}`)
  const because = (reason: string) => held.filter((one) => one.reason === reason).length
  const out = [
    `${because('draft')} draft`,
    `${because('future')} future`,
    `${because('expired')} expired`,
  ]
  const heldNote =
    held.length > 0 ? ` (held: ${out.filter((part) => !part.startsWith('0 ')).join(', ')})` : ''
  const files = `${written} written, ${unchanged} unchanged${removed > 0 ? `, ${removed} removed` : ''}`
  return {
    text: `${paint.good('✓')} ${count(articles.length, 'article')}${heldNote} → ${count(feeds, 'feed')} in three formats: ${files}`,
    json: {
      articles: articles.length,
      feeds,
      written,
      unchanged,
      removed,
      warnings: content.warnings,
    },
  }
}

/** How long after a change to wait for the next one, in milliseconds: editors save in several steps. */
const settle = 80

async function watchAndBuild(context: Context): Promise<Report> {
  const config = await context.loadConfig()
  const tell = async () => {
    const report = await buildOnce(config, context)
    await context.write(context.json ? `${JSON.stringify(report.json)}\n` : `${report.text}\n`)
  }
  const watching = `Watching ${config.content.folder}/. Ctrl-C ends.`
  await new Promise<void>((done, fail) => {
    let timer: NodeJS.Timeout | undefined
    let building: Promise<void> = Promise.resolve()
    const watchers: FSWatcher[] = ['content', 'templates'].flatMap((what) => {
      const folder = join(config.root, what === 'content' ? config.content.folder : what)
      const onChange = () => {
        clearTimeout(timer)
        timer = setTimeout(() => (building = building.then(tell).catch(fail)), settle)
      }
      try {
        return watch(folder, { recursive: true }, onChange).on('error', fail)
      } catch (cause) {
        if (what === 'templates') return []
        throw new Fault('unavailable', `${folder}: cannot be watched`, { cause })
      }
    })
    // Only now: what is saved during the first build, or in the moment in which it is told, must not go unnoticed
    building = tell()
      .then(() => context.progress.note(context.paint.dim(watching)))
      .catch(fail)
    context.signal.addEventListener('abort', () => {
      clearTimeout(timer)
      for (const watcher of watchers) watcher.close()
      void building.then(() => done())
    })
  })
  return { text: '', json: undefined, status: 130 }
}

/** While watching, a fault of the content is told and the next change waited for. */
async function buildOnce(config: Config, context: Context): Promise<Report> {
  try {
    return buildReport(await buildFeeds(config, context.clock(), rememberRendered()), context)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { text: `${context.paint.bad('✗')} ${error.message}`, json: { error: error.message } }
  }
}
