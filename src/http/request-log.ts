import type { LogEntry } from './site.ts'

/**
 * Makes lines of JSON, one an entry, for programs to read: `{"time":…,"method":"GET","what":"rss.xml","status":200,…}`.
 * Those of one turn of the event loop are written together.
 *
 * @param write takes one or several lines, without the last line end
 */
export function requestLog(
  write: (lines: string) => void,
  clock: () => Date,
): (entry: LogEntry | string) => void {
  let waiting: string[] = []
  const flush = () => {
    const lines = waiting.join('\n')
    waiting = []
    write(lines)
  }
  return (entry) => {
    const said = typeof entry === 'string' ? { message: entry } : entry
    if (waiting.push(JSON.stringify({ time: clock(), ...said })) === 1) setImmediate(flush)
  }
}
