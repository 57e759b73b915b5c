import type { Article, ArticleId } from '../model/article.ts'
import type { ArticleList } from '../model/article-list.ts'
import type { CacheFile, Former } from './cache-file.ts'
import { type BodyOf, type Row, type Rows, readRows } from './cache-format.ts'
import { emptyTable, type Table } from './cache-table.ts'
import { findFile } from './find-file.ts'
import type { Found } from './found.ts'
import { inOrder, type Listing, pathIn } from './listing.ts'
import { type Folder, isUnchanged, stampFile } from './read-folder.ts'
import type { FormerArticle, FormerArticles } from './settled.ts'
import { type Stamp, safeStamp } from './stamp.ts'
import { StoredArticle } from './stored-article.ts'
import { storedList } from './stored-list.ts'
import { buildTable, identify, type KeptIdentities } from './table-builder.ts'

/** The articles of the former build, asked for in the order of their files. */
export interface KeptArticles {
  readonly hasAny: boolean
  /** Whether the article of a file stands here and the file has not changed. @returns its row */
  find(found: Found): number | undefined
  /** Keeps what stands here. To be called, as `add` and `take`, in the order of the files. */
  keep(row: number): void
  article(row: number, found: Found): StoredArticle
  /** the parsers that the files need whose articles stand here */
  needs(): Row['needs']
  /** @returns false when it cannot be kept */
  add(row: Row, stamp: Stamp): boolean
  /** Keeps what stands in another table. */
  take(from: Table, row: number): void
  /**
   * @param fileAt the file of an article by its place among all that are there now
   * @returns undefined when articles have come or gone since the former build: else their places are their rows
   */
  former(fileAt: (place: number) => Found): FormerArticles | undefined
  /**
   * The articles of a first build, when all of them have been added or taken.
   *
   * @param fileAt the file of an article by its place
   * @returns undefined when there was a former one
   */
  first(fileAt: (place: number) => Found): FirstArticles | undefined
  /** An article whose file is gone now, as it was. */
  gone(file: string): StoredArticle | undefined
  /** All files, where no folder has changed since the former build. @param path of the content folder */
  list(path: string, folder: string): Folder | undefined
  /** @param listing of the files that were kept and those that were not; without it, they are looked for next time */
  save(identities: KeptIdentities, listing?: Listing): void
}

/** Articles without identities, in the order of their files. */
export interface FirstArticles {
  readonly rows: Rows
  /** The articles under the identities of their rows, which is how they will be kept. */
  identify(ids: readonly ArticleId[]): ArticleList
}

/** Rows that may be others than those of the base before it is written anew: a few edits, or one part in so many. */
const fewChanges = 50
const changedPart = 50

export function openKept(cache: CacheFile, bodyOf: BodyOf): KeptArticles {
  const kept = cache.read()
  const former = kept && openFormer(kept, bodyOf)
  const next = buildTable()
  const changed = new Map<string, FormerArticle>()
  let row = 0
  let same = 0
  let first: Table | undefined
  return {
    hasAny: former !== undefined,
    find(found) {
      if (!former) return undefined
      const { base } = former
      if (row < base.count && !base.isFile(row, found.file))
        while (row < base.count && base.file(row) < found.file) row++
      if (row === base.count || !base.isFile(row, found.file)) return undefined
      const stamp = stampFile(found)
      const at = former.newerAt(row)
      const [rows, place] = at === undefined ? [base, row] : [former.newer, at]
      if (!stamp || !rows.isStamped(place, stamp)) {
        changed.set(found.file, formerOf(rows, place))
        row++
        return undefined
      }
      return row++
    },
    keep(row) {
      same++
      const at = former?.newerAt(row)
      if (at !== undefined && kept?.changes) next.take(kept.changes, at)
      else if (kept) next.take(kept.base, row)
    },
    article(row, found) {
      if (!former) throw new Error('what is not kept has no rows')
      return former.article(row, found)
    },
    needs: () =>
      former ? [...new Set([...former.base.allNeeds(), ...former.newer.allNeeds()])] : [],
    add: (added, stamp) => next.add(added, safeStamp(stamp, cache.startedAt)),
    take: (from, row) => next.take(from, row),
    gone: (file) => former?.gone(file),
    former(fileAt) {
      const isWhole =
        same + changed.size === former?.base.count && same + changed.size === next.count()
      if (!former || !isWhole) return undefined
      return {
        digest: former.lock,
        changed,
        articles(read) {
          const newer = former
            .newerRows()
            .map((row) => [row, former.article(row, fileAt(row))] as const)
          return storedList(former.base, fileAt, new Map<number, Article>([...newer, ...read]))
        },
      }
    },
    first(fileAt) {
      if (former) return undefined
      const table = next.build()
      return {
        rows: readRows(table, bodyOf),
        identify(ids) {
          first = identify(table, ids)
          return storedList(readRows(first, bodyOf), fileAt, new Map())
        },
      }
    },
    list(path, folder) {
      const listing = kept?.listing
      if (!former || !listing || !isUnchanged(path, listing)) return undefined
      const { top, folders, others } = listing
      const { count: length, file } = former.base
      const foundAs = (file: string) => ({ path: pathIn(top, folder, file), file })
      const files =
        others.length > 0
          ? [...inOrder(length, file, others)].map(foundAs)
          : { length, at: (row: number) => (row < length ? foundAs(file(row)) : undefined) }
      return { files, problems: [], top, folders }
    },
    save(identities, listing) {
      saveRows(identities)
      cache.writeListing(listing)
    },
  }

  function saveRows(identities: KeptIdentities): void {
    if (!kept || !former) {
      cache.write(first ? { ...first, lock: identities.lock } : next.build(identities))
      return
    }
    const { base, changes } = kept
    const tables = changes ? [base, changes] : [base]
    const others = next.countOthers(base)
    const isSame = others === (changes?.rows ?? 0) && same === former.base.count
    if (isSame && next.count() === same && identities.lock === former.lock) return
    const isFew = others <= Math.max(fewChanges, base.rows / changedPart)
    const isReplacing = next.count() === base.rows && same + changed.size === base.rows
    if (isFew && isReplacing && identities.isResettled)
      cache.writeChanges(next.build(identities, tables, base))
    else cache.write(next.build(identities, tables))
  }
}

interface FormerRows {
  readonly base: Rows
  /** those that have taken the place of some of the base */
  readonly newer: Rows
  readonly lock: string
  /** where among the newer ones what is true of a row of the base stands; undefined: it is true as it stands */
  newerAt(row: number): number | undefined
  /** rows of the base that newer ones have taken the place of */
  newerRows(): readonly number[]
  article(row: number, found: Found): StoredArticle
  gone(file: string): StoredArticle | undefined
}

function openFormer({ base, changes }: Former, bodyOf: BodyOf): FormerRows {
  const rows = readRows(base, bodyOf)
  const newer = readRows(changes ?? emptyTable, bodyOf)
  const overlay = new Map<number, number>()
  for (let at = 0; at < newer.count; at++)
    overlay.set(findFile(newer.file(at), rows.count, rows.file), at)
  const newerAt = (row: number) => overlay.get(row)
  const articleAt = (row: number, found: Found) => {
    const at = newerAt(row)
    return at === undefined
      ? new StoredArticle(rows, row, found)
      : new StoredArticle(newer, at, found)
  }
  return {
    base: rows,
    newer,
    lock: (changes ?? base).lock,
    newerAt,
    newerRows: () => [...overlay.keys()],
    article: articleAt,
    gone(file) {
      const row = findFile(file, rows.count, rows.file)
      return row < 0 ? undefined : articleAt(row, { file, path: '' })
    },
  }
}

function formerOf(rows: Rows, row: number): FormerArticle {
  return { id: rows.id(row), title: rows.title(row), hash: rows.hash(row), url: rows.url(row) }
}
