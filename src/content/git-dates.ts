import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * When each file of a folder was first committed, in one call to Git; a renamed file has the date of its first name.
 * A clone without its whole history knows nothing of what came before it, and such files are left out.
 *
 * @returns by path relative to `root`; empty where there is no Git or no repository
 */
export async function readCommitDates(
  root: string,
  folder: string,
): Promise<ReadonlyMap<string, Date>> {
  const format = '%x01%aI %D'
  const options = [
    '--reverse',
    '--no-show-signature',
    '--diff-filter=AR',
    '--find-renames',
    '--name-status',
  ]
  try {
    const { stdout } = await promisify(execFile)(
      'git',
      [
        '-C',
        root,
        '-c',
        'log.showRoot=true',
        'log',
        ...options,
        `--format=${format}`,
        '-z',
        '--relative',
        '--',
        folder,
      ],
      { maxBuffer: 512 * 1024 * 1024 },
    )
    return readLog(stdout)
  } catch {
    return new Map()
  }
}

/** Reads `git log --reverse --format=%x01%aI\ %D -z --name-status`. */
export function readLog(log: string): ReadonlyMap<string, Date> {
  const dates = new Map<string, Date>()
  for (const commit of log.split('\u0001').slice(1)) {
    const [head = '', ...rest] = commit.split('\0')
    const [iso = '', ...names] = head.split(' ')
    if (names.some((name) => name.startsWith('grafted'))) continue
    const date = new Date(iso)
    const cells = rest.map((cell) => cell.replace(/^\n/, ''))
    for (let at = 0; at < cells.length; ) {
      const status = cells[at] ?? ''
      const [from = '', to = ''] = cells.slice(at + 1, at + 3).map((path) => path.normalize('NFC'))
      if (status.startsWith('R')) dates.set(to, dates.get(from) ?? date)
      else if (status === 'A' && !dates.has(from)) dates.set(from, date)
      at += status.startsWith('R') ? 3 : status === 'A' ? 2 : 1
    }
  }
  return dates
}
