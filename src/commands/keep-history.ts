import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Content } from '../content/load.ts'
import { termFolders } from '../feeds/channels.ts'
import {
  advanceHistory,
  formatHistory,
  gonePaths,
  type History,
  historyFile,
  parseHistory,
  pathBelow,
  withdrawals,
} from '../feeds/history.ts'
import type { SitePast } from '../feeds/to-feed.ts'
import type { Article, ArticleId } from '../model/article.ts'
import { Fault } from '../model/fault.ts'
import { formatProblem } from '../model/problem.ts'
import { writeFiles } from '../output/write-files.ts'

export interface NextHistory {
  readonly past: SitePast
  readonly history: History
  /** where articles stood that are withdrawn */
  readonly gonePaths: readonly string[]
  readonly changed: boolean
  /** whether an article was withdrawn as of the former build */
  readonly wasWithdrawn: (id: ArticleId) => boolean
}

/**
 * What the feeds of this build say of the past. Writes nothing.
 *
 * @throws {Fault} 'content-invalid' when `tidings.history` cannot be read or understood
 */
export function nextHistory(config: Config, content: Content, now: Date): NextHistory {
  const { archives, limit, per } = config.feeds
  const { articles, collection, draftOf, urlOf } = content
  const foldersOf = (article: Article) => termFolders(article, per)
  const { url: base } = config.publication
  const gone = content.gone.map((entry) => ({
    ...entry,
    path: () => pathBelow(urlOf(entry), base),
    // Of a file that is gone only the cache knows more: what feeds say must not depend on that
    folders: () => {
      const draft = draftOf(entry)
      return draft ? foldersOf(draft) : []
    },
  }))
  const before = readHistory(config.root)
  const terms = { articles: collection.articles, gone, limit, archives, now }
  const history = advanceHistory(before, terms)
  const withdrawn = withdrawals(history, { articles, gone, now, foldersOf })
  return {
    past: { ...(archives && { history }), withdrawn },
    history,
    gonePaths: gonePaths(history, { articles, base, now }),
    changed: history !== before,
    wasWithdrawn: (id) => before.get(id)?.withdrawnAt !== undefined,
  }
}

/** Writes the history down, before anything that follows from it leaves the house. */
export async function keepHistory({ root }: Config, next: NextHistory): Promise<void> {
  if (!next.changed) return
  await writeFiles(root, [{ path: historyFile, contents: formatHistory(next.history) }])
}

function readHistory(root: string): History {
  const { history, problems } = parseHistory(readText(join(root, historyFile)))
  if (problems.length === 0) return history
  throw new Fault('content-invalid', problems.map(formatProblem).join('\n'))
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause
    if (cause.code === 'ENOENT') return ''
    const message = `${historyFile}: cannot be read (${String(cause.code)}); mend its permissions, or take it back from Git`
    throw new Fault('content-invalid', message, { cause })
  }
}
