import { join } from 'node:path'
import { once } from '../model/memo.ts'
import type { Problem } from '../model/problem.ts'
import type { Threads } from '../threads/threads.ts'
import type { CacheFile } from './cache-file.ts'
import { type BodyOf, type Rows, readRows } from './cache-format.ts'
import type { Table } from './cache-table.ts'
import type { Found } from './found.ts'
import { type FirstArticles, openKept } from './kept-articles.ts'
import { LazyBody } from './lazy-body.ts'
import type { LockEntry } from './lock.ts'
import {
  type ParsedArticle,
  type ParseOptions,
  type ParseResult,
  parseArticle,
  type Readers,
} from './parse-article.ts'
import { enough, readAll } from './read-all.ts'
import { type Folder, type ListedFolder, listFolder } from './read-folder.ts'
import { isPlain, openReaders, type ReadOptions } from './read-share.ts'
import type { FormerArticles } from './settled.ts'
import type { Source } from './source.ts'
import { safeFolderStamp } from './stamp.ts'
import { StoredArticle } from './stored-article.ts'
import type { KeptIdentities } from './table-builder.ts'
import type { ReadDone } from './thread-jobs.ts'

/** The content folder, read. */
export interface ReadFolder {
  readonly results: Results
  /** files and folders that could not be read */
  readonly problems: readonly Problem[]
  /** all article files, with those that could not be read */
  readonly present: () => ReadonlySet<string>
  /** the article of a file that is gone since the former build, as it was, where it was kept */
  readonly gone: (file: string) => StoredArticle | undefined
  /** see KeptArticles */
  readonly former: FormerArticles | undefined
  /** where there was no former build and all articles can be kept */
  readonly first: () => FirstArticles | undefined
  /** whether all articles can be kept */
  readonly isWhole: boolean
  /** Keeps the articles for the next build. */
  keep(identities: KeptIdentities): void
}

/** What came of the files, in their order. */
export interface Results {
  /** by their places among all, those that are others than those of the former build, and those of which there is anything to be said */
  readonly read: ReadonlyMap<number, ParseResult>
  all(): readonly (StoredArticle | ParseResult)[]
}

const twins =
  'two files have this name, in two Unicode spellings that look the same; rename one of them'

/** Where former builds have left what they know, and who helps to read what they don't. */
export interface ReadingAids {
  /** what is remembered of articles that were published: a date among it; asked for when one is wanted */
  readonly lock: () => readonly LockEntry[]
  /** spares the files that have not changed since the former build */
  readonly cache?: CacheFile | undefined
  readonly threads?: Threads | undefined
}

/**
 * Reads and parses all files of the content folder; passes over a README without front matter. The texts of the
 * articles do not stay in memory: `body.source` reads its file again when somebody asks for it.
 *
 * @param place.folder the content folder as the disk spells it, relative to `root`
 * @throws {Fault} 'content-invalid' when there is no such folder
 */
export async function readArticles(
  place: { readonly root: string; readonly folder: string },
  options: ReadOptions,
  { lock, cache, threads }: ReadingAids,
): Promise<ReadFolder> {
  const readers: Readers = {}
  const reading = { ...options, readers, startedAt: cache?.startedAt ?? 0 }
  const bodyOf: BodyOf = (found, format, line, hash) =>
    new LazyBody(found, format, line, hash, reading)
  const kept = cache && openKept(cache, bodyOf)
  const path = join(place.root, place.folder)
  const { folder } = options
  // A thread takes as long to start as to look through a folder of thousands
  const onFound = (count: number) => {
    if (count === enough && !kept?.hasAny) threads?.start()
  }
  const listed = kept?.list(path, folder) ?? withoutTwins(listFolder(path, folder, onFound))
  const { files, top } = listed
  const problems = [...listed.problems]
  const foundAt = (at: number) => {
    const found = files.at(at)
    if (!found) throw new RangeError(`file ${at} of ${files.length}`)
    return found
  }
  const rowOf = new Int32Array(files.length)
  const unknown: Found[] = []
  for (let at = 0; at < files.length; at++) {
    const found = foundAt(at)
    const row = kept?.find(found)
    if (row === undefined) unknown.push(found)
    rowOf[at] = row ?? -1
  }
  const { own, tables } = await readAll(top, unknown, reading, threads)
  const placeOf = placesIn(tables, unknown.length, bodyOf)
  const isFirst = !kept?.hasAny

  const fileOf: number[] = []
  const results = new Map<number, ParseResult>()
  const absent = new Set<string>()
  const others: string[] = []
  const dateless = new Map<number, Source>()
  const needed = new Set([
    ...(kept?.needs() ?? []),
    ...tables.flatMap(({ table }) => readRows(table, bodyOf).allNeeds()),
  ])
  let isWhole = true
  let next = 0
  for (let at = 0; at < files.length; at++) {
    const former = rowOf[at] ?? -1
    if (former >= 0) {
      kept?.keep(former)
      fileOf.push(at)
      continue
    }
    const found = foundAt(at)
    const read = own.get(next)
    const inTable = placeOf(next++)
    if (inTable) {
      const { rows, row, table } = inTable
      kept?.take(table, row)
      const place = fileOf.push(at) - 1
      if (!isFirst) results.set(place, { ...noNotes, article: new StoredArticle(rows, row, found) })
    } else if (read && 'isReadme' in read) {
      absent.add(found.file)
      others.push(found.file)
    } else if (read && 'result' in read) {
      const { result, needs, stamp, source } = read
      const { article } = result
      if (result.dateless && source) dateless.set(fileOf.length, source)
      const isKept = article && isPlain(result) && kept?.add({ article, needs }, stamp)
      if (!isKept) {
        isWhole = false
        others.push(found.file)
      }
      results.set(fileOf.push(at) - 1, result)
    } else if (read) {
      isWhole = false
      problems.push(read.problem)
      others.push(found.file)
    }
  }
  await openReaders([...needed], readers)
  const present = once(() => {
    const all = Array.from({ length: files.length }, (_, at) => foundAt(at).file)
    return new Set(all.filter((file) => !absent.has(file)))
  })
  await findDates(results, dateless, { ...place, lock, present }, reading)
  const stamped = listed.folders?.map(
    ([path, stamp]) => [path, safeFolderStamp(stamp, reading.startedAt)] as const,
  )
  const listing = stamped && { top, folders: stamped, others }
  const resultAt = (at: number, place: number) => {
    const result = results.get(place)
    if (result) return result
    // Of a first build, all files were unknown
    const inTable = isFirst && placeOf(at)
    if (inTable) return new StoredArticle(inTable.rows, inTable.row, foundAt(at))
    return kept?.article(rowOf[at] ?? -1, foundAt(at)) ?? noNotes
  }
  // A README has no place among the articles
  const fileAt = (place: number) => foundAt(fileOf[place] ?? files.length)
  return {
    results: { read: results, all: () => fileOf.map(resultAt) },
    problems,
    present,
    gone: (file) => kept?.gone(file),
    former: isWhole ? kept?.former(fileAt) : undefined,
    first: () => (isWhole && results.size === 0 ? kept?.first(fileAt) : undefined),
    isWhole,
    keep: (identities) => kept?.save(identities, listing),
  }
}

const noNotes: ParseResult = { problems: [], warnings: [], dateless: false }

/** Of two files that have one name, the first. They stand side by side. */
function withoutTwins({ files, problems, top, folders }: ListedFolder): Folder {
  const isTwin = ({ file }: Found, at: number) => at > 0 && files[at - 1]?.file === file
  if (!files.some(isTwin)) return { files, problems, top, ...(folders && { folders }) }
  const told = files.filter(isTwin).map(({ file }) => ({ file, message: twins }))
  return {
    files: files.filter((found, at) => !isTwin(found, at)),
    problems: [...problems, ...told],
    top,
  }
}

/** Where an article stands that was read into a table, by the number of its file. */
function placesIn(
  done: readonly ReadDone[],
  count: number,
  bodyOf: BodyOf,
): (file: number) => { rows: Rows; row: number; table: Table } | undefined {
  if (done.length === 0) return () => undefined
  const tables = done.map(({ table }) => ({ table, rows: readRows(table, bodyOf) }))
  const origin = new Int32Array(count).fill(-1)
  const rowOf = new Uint32Array(count)
  for (const [other, { files }] of done.entries()) {
    for (const [row, file] of files.entries()) {
      origin[file] = other
      rowOf[file] = row
    }
  }
  return (file) => {
    const found = tables[origin[file] ?? -1]
    return found && { ...found, row: rowOf[file] ?? 0 }
  }
}

/** As `parseArticle` would have it. */
export function parsedOf(result: StoredArticle | ParseResult): ParsedArticle | undefined {
  return result instanceof StoredArticle ? result : result.article
}

/**
 * Gives files without a date the one that they were published under, whatever has become of Git's history since;
 * else the day of their first commit, where there is one.
 */
async function findDates(
  results: Map<number, ParseResult>,
  dateless: ReadonlyMap<number, Source>,
  {
    root,
    folder,
    lock,
    present,
  }: {
    root: string
    folder: string
    lock: () => readonly LockEntry[]
    present: () => ReadonlySet<string>
  },
  options: ParseOptions,
): Promise<void> {
  if (dateless.size === 0) return
  const entries = lock()
  const byFile = new Map(entries.map(({ file, date }) => [file, new Date(date)]))
  const moved = new Map(
    entries
      .filter(({ file, hash }) => hash !== '' && !present().has(file))
      .map((one) => [one.hash, one]),
  )
  const { readCommitDates } = await import('./git-dates.ts')
  const dates = await readCommitDates(root, folder)
  for (const [at, source] of dateless) {
    const known = byFile.get(source.file) ?? dates.get(source.file)
    const first = parseArticle(source, { ...options, committedAt: known ?? new Date(0) })
    const before = known ? undefined : moved.get(first.article?.hash ?? '')
    if (!known && !before) continue
    const committedAt = before && new Date(before.date)
    const result = committedAt ? parseArticle(source, { ...options, committedAt }) : first
    const { article } = result
    const body = article && { ...article.body, hash: article.hash }
    results.set(at, body ? { ...result, article: { ...article, body } } : result)
  }
}
