import { hash } from 'node:crypto'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import { archiveFolder } from '../edition/edition-feed.ts'
import type { SentEdition } from '../model/edition.ts'
import { Fault } from '../model/fault.ts'
import type { KeptFiles } from '../output/kept-files.ts'
import { type OutputFile, type WriteResult, writeFiles } from '../output/write-files.ts'
import type { Store } from '../store/store.ts'
import { readTemplates } from '../templates/read-templates.ts'
import type { Templates } from '../templates/templates.ts'
import { archiveFeed } from './archive-feed.ts'
import { joinOf } from './join-link.ts'
import { stampProgram } from './program-stamp.ts'

/** Marks an edition in out/ that was only rehearsed: it is no part of the archive, and the next build removes it. */
export const rehearsalMark = '.rehearsal'

export interface KeptEditions extends WriteResult {
  /** below out/ */
  readonly paths: readonly string[]
  /** why the archive was left as it was */
  readonly warning?: string
}

/**
 * Writes the pages of editions that out/ lacks, since mails link to them and out/ may be deleted at any time; the page
 * that lists them all, and their feed. A page that is there is left as it is.
 */
export async function keepEditions(config: Config, store: Store): Promise<KeptEditions> {
  const editions = await sentEditions(store)
  const pages = await keepPages(config, store, editions)
  const files = await archiveFiles(config, await readTemplates(config.root), editions)
  return sum(pages, await writeAll(config, files))
}

/**
 * What a build keeps of the editions. Where the store is out of reach (a machine that only builds has no password),
 * the archive stays as it is; where there is none yet, it is empty.
 */
export async function keepEditionsOfBuild(config: Config, kept: KeptFiles): Promise<KeptEditions> {
  if (!config.newsletter) return { written: 0, unchanged: 0, paths: [] }
  const out = join(config.root, 'out')
  removeRehearsed(join(out, archiveFolder))
  const store = await openIfThere(config)
  if (typeof store === 'string') {
    const files = await archiveFiles(config, await readTemplates(config.root), [])
    const paths = files.flatMap(({ path }) => (existsSync(join(out, path)) ? [path] : []))
    const warning = store === '' ? {} : { warning: store }
    if (paths.length > 0) return { written: 0, unchanged: paths.length, paths, ...warning }
    return { ...(await writeAll(config, files)), ...warning }
  }
  try {
    const editions = await sentEditions(store)
    const pages = await keepPages(config, store, editions)
    return sum(pages, await writeChanged(config, editions, kept))
  } finally {
    await store.close()
  }
}

async function sentEditions({ ledger }: Store): Promise<readonly SentEdition[]> {
  // Only here: what editions are written with takes long to load, and most builds read none
  const { readEditionJson } = await import('../edition/edition-files.ts')
  return (await ledger.contents()).flatMap(({ contents }) => readEditionJson(contents) ?? [])
}

async function keepPages(
  { root }: Config,
  { ledger }: Store,
  editions: readonly SentEdition[],
): Promise<KeptEditions> {
  const out = join(root, 'out')
  let written = 0
  for (const { id } of editions) {
    const folder = join(out, archiveFolder, id)
    const mark = join(folder, rehearsalMark)
    const isRehearsed = existsSync(mark)
    if (existsSync(join(folder, 'index.html')) && !isRehearsed) continue
    await writeFiles(out, await ledger.files(id))
    written++
    rmSync(mark, { force: true })
  }
  const paths = editions.map(({ id }) => `${archiveFolder}${id}/index.html`)
  return { written, unchanged: editions.length - written, paths }
}

/** The list of editions and its feed, unless they stand there as they would come out. */
async function writeChanged(
  config: Config,
  editions: readonly SentEdition[],
  kept: KeptFiles,
): Promise<KeptEditions> {
  const { root, publication, newsletter, feeds } = config
  const templates = await readTemplates(root)
  const { files, languages } = templates
  const parts = [
    stampProgram(),
    publication,
    newsletter,
    feeds,
    joinOf(config) ?? null,
    [...files],
    [...languages],
    editions,
  ]
  const key = hash('sha256', JSON.stringify(parts))
  const standing = kept.find(group, key)
  if (standing) return { written: 0, unchanged: standing.length, paths: standing }
  const made = await archiveFiles(config, templates, editions)
  const result = await writeAll(config, made)
  kept.add(group, key, made)
  return result
}

const group = '*editions'

async function writeAll({ root }: Config, files: readonly OutputFile[]): Promise<KeptEditions> {
  const result = await writeFiles(join(root, 'out'), files)
  return { ...result, paths: files.map(({ path }) => path) }
}

function sum(a: KeptEditions, b: KeptEditions): KeptEditions {
  return {
    written: a.written + b.written,
    unchanged: a.unchanged + b.unchanged,
    paths: [...a.paths, ...b.paths],
  }
}

/** @returns why not, where it cannot be opened; nothing where there is none yet */
async function openIfThere(config: Config): Promise<Store | string> {
  const file = /^sqlite:(.*)/s.exec(config.store)?.[1]
  if (file !== undefined && !existsSync(resolve(config.root, file))) return ''
  try {
    // Most publications have no newsletter
    const { openStore } = await import('./open-store.ts')
    return await openStore(config)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return `out/${archiveFolder} was left as it was: ${error.message}`
  }
}

function removeRehearsed(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (existsSync(join(path, rehearsalMark))) rmSync(path, { recursive: true, force: true })
  }
}

async function archiveFiles(
  config: Config,
  templates: Templates,
  editions: readonly SentEdition[],
): Promise<readonly OutputFile[]> {
  const feed = archiveFeed(config, templates, editions)
  if (!feed) return []
  const { feedFiles } = await import('../feeds/feed-files.ts')
  const { editionArchivePage } = await import('../pages/edition-archive.ts')
  const { publication } = config
  const join = joinOf(config)
  const input = { publication, feed, templates, ...(join && { join }) }
  return [...feedFiles([feed]), editionArchivePage(editions, input)]
}
