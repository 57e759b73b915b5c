import type { ArticleId } from '../model/article.ts'
import type { Problem } from '../model/problem.ts'

/** What `tidings.lock` remembers of an article that has been published. */
export interface LockEntry {
  readonly file: string
  readonly id: ArticleId
  /** of the body; empty for an empty one */
  readonly hash: string
  /** ISO 8601 in UTC */
  readonly date: string
  readonly title: string
}

export const lockFile = 'tidings.lock'

/** What the file begins with. */
export const header = `# tidings.lock: the permanent identities of the articles. Keep it in Git beside them; do not edit it.
# One article a line, sorted by file: file, identity, hash of the text, date, title, with a tab between (\\t, \\n, \\\\).
`

/** Writes the lock, sorted by file and then by identity, so that two branches rarely touch the same line. */
export function formatLock(entries: readonly LockEntry[]): string {
  const lines = entries
    .toSorted((a, b) => compare(a.file, b.file) || compare(a.id, b.id))
    .map(formatLine)
  return header + lines.join('')
}

/** One line of the lock, with its end. */
export function formatLine({ file, id, hash, date, title }: LockEntry): string {
  return `${escapeCell(file)}\t${escapeCell(id)}\t${escapeCell(hash)}\t${escapeCell(date)}\t${escapeCell(title)}\n`
}

/** Reads the lock. Whatever is not as `formatLock` writes it is a problem: to guess would cost articles their identity. */
export function parseLock(text: string): {
  entries: readonly LockEntry[]
  problems: readonly Problem[]
} {
  const entries: LockEntry[] = []
  const problems: Problem[] = []
  const files = new Map<string, number>()
  const identities = new Map<string, number>()
  const lines = text.replace(/^\ufeff/, '').split(text.includes('\r') ? /\r?\n/ : '\n')
  for (const [index, line] of lines.entries()) {
    const problem = (message: string) => problems.push({ file: lockFile, line: index + 1, message })
    if (/^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/.test(line)) {
      problem(
        'an unresolved merge: keep the lines of both sides, one for each file, and delete the markers',
      )
      continue
    }
    if (line.trim() === '' || line.startsWith('#')) continue
    const [file = '', id = '', hash, date, title, ...more] = line.split('\t').map(unescapeCell)
    if (
      hash === undefined ||
      date === undefined ||
      title === undefined ||
      more.length > 0 ||
      !isDateText(date) ||
      !file ||
      !id
    ) {
      problem(
        'this line is damaged; take it back from Git, or delete it if its article was never published',
      )
      continue
    }
    const sameFile = files.get(file)
    const sameId = identities.get(id)
    if (sameFile !== undefined)
      problem(`${file} stands on line ${sameFile} already; keep the older of the two lines`)
    else if (sameId !== undefined)
      problem(`${id} stands on line ${sameId} already; delete the line of the file that is gone`)
    else entries.push({ file, id, hash, date, title })
    files.set(file, sameFile ?? index + 1)
    identities.set(id, sameId ?? index + 1)
  }
  return { entries, problems }
}

/** Whether a date of the lock can be read. */
export function isDateText(text: string): boolean {
  return !Number.isNaN(Date.parse(text))
}

function escapeCell(text: string): string {
  if (!/[\\\t\n\r]/.test(text)) return text
  return text.replace(
    /[\\\t\n\r]/g,
    (char) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n' })[char] ?? '\\r',
  )
}

function unescapeCell(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(
    /\\([\\tnr])/g,
    (_, char: string) => ({ t: '\t', n: '\n', r: '\r' })[char] ?? '\\',
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
