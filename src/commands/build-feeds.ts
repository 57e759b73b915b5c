import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type Content, loadContent } from '../content/load.ts'
import { renderAll } from '../content/render-all.ts'
import { termRoots } from '../feeds/channels.ts'
import type { ExplainTerms } from '../feeds/explain.ts'
import { Fault } from '../model/fault.ts'
import { formatProblem } from '../model/problem.ts'
import { openKeptFiles } from '../output/kept-files.ts'
import { openKeptTexts } from '../output/kept-texts.ts'
import { type OutputFile, removeOthers, writeFiles } from '../output/write-files.ts'
import { openThreads } from '../threads/open-threads.ts'
import type { Threads } from '../threads/threads.ts'
import { correct } from './keep-corrections.ts'
import { keepEditionsOfBuild } from './keep-editions.ts'
import { keepHistory, nextHistory } from './keep-history.ts'
import { keepHosting } from './keep-hosting.ts'
import type { RenderAhead } from './keep-renderings.ts'
import { makeArchive } from './make-archive.ts'
import { makeOutputs } from './make-outputs.ts'
import { stampProgram } from './program-stamp.ts'
import { readAgain } from './read-again.ts'
import type { OpenRenderer } from './remember-rendered.ts'

/** What a build has made. */
export interface Built {
  readonly content: Content
  readonly feeds: number
  readonly written: number
  readonly unchanged: number
  readonly removed: number
  /** all that belongs into out/, relative to it */
  readonly paths: ReadonlySet<string>
  /** what did not go as it should, and stops nobody */
  readonly warnings: readonly string[]
}

/**
 * Reads the content as far as commands need it.
 *
 * @param readOnly writes nothing: what was read is not kept for the next command either
 * @param threads of a caller who has more for them to do, and calls `keep` himself
 * @throws {Fault} 'content-invalid' that names every fault of every file
 */
export async function readContent(
  config: Config,
  now: Date,
  { readOnly = false, threads }: { readonly readOnly?: boolean; readonly threads?: Threads } = {},
): Promise<Content> {
  const { root, publication, content } = config
  const { folder, permalink } = content
  const program = stampProgram()
  const cache = { folder: cacheFolder(root), startedAt: Date.now(), program, readOnly }
  using own = threads ? undefined : openThreads()
  const aids = { cache, threads: threads ?? own }
  const loaded = await loadContent({ root, folder, publication, permalink, now, ...aids })
  const isNoted = loaded.gone.length === 0
  if ((!threads && isNoted) || loaded.problems.length > 0) loaded.keep()
  if (loaded.problems.length > 0) {
    throw new Fault('content-invalid', loaded.problems.map(formatProblem).join('\n'))
  }
  return loaded
}

/** Writes down the identities that were minted, before anything that carries them leaves the house. */
export async function keepLock({ root }: Config, { lock }: Content): Promise<void> {
  if (lock.changed) await writeFiles(root, [{ path: lock.file, contents: lock.text }])
}

/** What a build is about to write. */
export interface Review extends Pick<ExplainTerms, 'wasPublished' | 'wasWithdrawn'> {
  readonly out: string
  /** those that may have changed */
  readonly files: readonly OutputFile[]
  /** all that will be there, of feeds and their pages */
  readonly paths: ReadonlySet<string>
}

/**
 * Content → feeds in out/. Files that a former build left and this one does not make are deleted.
 *
 * @param review looks at what is about to be written, before anything at all is; false: write nothing
 */
export function buildFeeds(
  config: Config,
  now: Date,
  render: OpenRenderer,
  review: (next: Review) => boolean = () => true,
): Promise<Built> {
  return readAgain(() => buildOnce(config, now, render, review))
}

async function buildOnce(
  config: Config,
  now: Date,
  render: OpenRenderer,
  review: (next: Review) => boolean,
): Promise<Built> {
  using threads = openThreads()
  const corrected = correct(config, await readContent(config, now, { threads }), now)
  const { content } = corrected
  const next = nextHistory(config, content, now)
  const out = join(config.root, 'out')
  const kept = openKeptFiles(out, join(cacheFolder(config.root), 'outputs'))
  const texts = openKeptTexts(join(cacheFolder(config.root), 'renderings'), stampProgram())
  // Until the history has noted where articles stood that are gone, only the cache knows
  const keepNow = next.changed ? () => undefined : content.keep
  const ahead: RenderAhead = (articles, render) => renderAll(articles, render, threads, keepNow)
  const making = { render, ahead, threads, past: next.past, kept, texts }
  const made = await makeOutputs(config, content.collection, making)
  keepNow()
  const { wasPublished } = content
  const { wasWithdrawn } = next
  if (!review({ out, files: made.files, paths: new Set(made.paths), wasPublished, wasWithdrawn })) {
    return {
      content,
      feeds: made.feeds,
      written: 0,
      unchanged: 0,
      removed: 0,
      paths: new Set(),
      warnings: [],
    }
  }
  await keepLock(config, content)
  await corrected.keep()
  await keepHistory(config, next)
  content.keep()
  const editions = await keepEditionsOfBuild(config, kept)
  // Before the feed that leads to it
  const { history } = next.past
  const archive = await makeArchive(config, content.collection, { history, kept })
  const result = await writeFiles(out, made.files)
  const hosting = await keepHosting(config, next.gonePaths)
  const paths = new Set([...made.paths, ...archive.paths, ...editions.paths])
  const removed = await removeOthers(out, [...termRoots, 'archive'], paths)
  made.keep()
  const written = result.written + archive.written + editions.written + hosting.written
  const unchanged =
    made.paths.length - result.written + archive.unchanged + editions.unchanged + hosting.unchanged
  const warnings = editions.warning === undefined ? [] : [editions.warning]
  return { content, feeds: made.feeds, written, unchanged, removed, paths, warnings }
}

/** May be deleted at any time. */
function cacheFolder(root: string): string {
  return join(root, '.tidings/cache')
}
