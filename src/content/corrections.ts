import { hash } from 'node:crypto'
import { type Article, type ArticleId, copyArticle } from '../model/article.ts'
import { type ArticleList, listOf } from '../model/article-list.ts'
import type { Problem } from '../model/problem.ts'

/** What an article said when it was last looked at. */
export interface Said {
  /** of title and text as they are: tells quickly that nothing has changed */
  readonly exact: string
  /** of the same with all white space alike */
  readonly folded: string
  /** when a change of more than white space was first noticed */
  readonly changedAt?: Date
}

export type Corrections = ReadonlyMap<ArticleId, Said>

export const correctionsFile = 'tidings.texts'

const header = `# tidings.texts: what the articles said, to notice corrections (feeds.updated: "text"). Keep it in Git; do not edit it.
# One article a line, sorted by identity: identity, hash of title and text, the same with white space folded, when it changed (or -).
`

export function formatCorrections(corrections: Corrections): string {
  const lines = [...corrections]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { exact, folded, changedAt }]) =>
      [id, exact, folded, changedAt?.toISOString() ?? '-'].join('\t'),
    )
  return header + lines.map((line) => `${line}\n`).join('')
}

/** Of two lines for one article (a merge of two branches) the later change counts. */
export function parseCorrections(text: string): {
  readonly corrections: Corrections
  readonly problems: readonly Problem[]
} {
  const corrections = new Map<ArticleId, Said>()
  const problems: Problem[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, id = '', exact = '', folded = '', at = ''] =
      /^([^\t]+)\t([\w-]+)\t([\w-]+)\t(-|\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(line) ?? []
    if (id === '') {
      const message = 'this line is damaged, or of an unresolved merge; take it back from Git'
      problems.push({ file: correctionsFile, line: index + 1, message })
      continue
    }
    const said = { exact, folded, ...(at !== '-' && { changedAt: new Date(at) }) }
    const other = corrections.get(id)
    if (!other || timeOf(said) >= timeOf(other)) corrections.set(id, said)
  }
  return { corrections, problems }
}

function timeOf({ changedAt }: Said): number {
  return changedAt?.getTime() ?? 0
}

/**
 * Looks at what the articles say now. One whose title or text has changed by more than white space since the former
 * look has changed `now`.
 *
 * @returns the same object when nothing is to be written down
 */
export function advanceCorrections(
  before: Corrections,
  articles: Iterable<Article>,
  now: Date,
): Corrections {
  const next = new Map(before)
  let isNew = false
  for (const article of articles) {
    const said = before.get(article.id)
    const exact = digest(`${article.title}\n${article.body.hash ?? digest(article.body.source)}`)
    if (said?.exact === exact) continue
    isNew = true
    const folded = digest(`${article.title}\n${article.body.source}`.replace(/\s+/gu, ' ').trim())
    const isChanged = said !== undefined && said.folded !== folded
    const changedAt = isChanged
      ? new Date(Math.floor(now.getTime() / 1000) * 1000)
      : said?.changedAt
    next.set(article.id, { exact, folded, ...(changedAt && { changedAt }) })
  }
  return isNew ? next : before
}

/** The articles with the times of their corrections, where those are later than what their authors say. */
export function withCorrections(articles: ArticleList, corrections: Corrections): ArticleList {
  const corrected = articles.slice().map((article) => {
    const changedAt = corrections.get(article.id)?.changedAt
    return changedAt && changedAt > article.updatedAt
      ? { ...copyArticle(article, article.id), updatedAt: changedAt }
      : article
  })
  return listOf(corrected)
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22)
}
