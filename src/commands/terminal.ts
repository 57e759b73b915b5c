import type { Paint, Progress } from './command.ts'

/** Colour where a terminal shows it and NO_COLOR does not forbid it (no-color.org). */
export function makePaint(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Paint {
  const coloured = Boolean(stream.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb'
  const style = (open: number, close: number) => (text: string) =>
    coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    good: style(32, 39),
    bad: style(31, 39),
    warn: style(33, 39),
  }
}

/** Whether the locale is one of UTF-8: the first of these that is set decides (POSIX). */
export function showsUnicode(env: NodeJS.ProcessEnv): boolean {
  if (process.platform === 'win32') return true
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '')
}

/** How often a line is written where no terminal can rewrite it, in milliseconds. */
const quietInterval = 10_000
/** How often a terminal's line is rewritten, in milliseconds. */
const liveInterval = 80

/**
 * Progress on standard error: one line that rewrites itself on a terminal, a line now and then elsewhere.
 * Progress is about the real passing of time, so this reads the clock of the machine, not `--now`.
 */
export function makeProgress(
  stream: NodeJS.WriteStream,
  quiet: boolean,
): Progress & { end(): void } {
  const live = Boolean(stream.isTTY)
  let shown = live ? Number.NEGATIVE_INFINITY : performance.now()
  let standing = false
  const clear = () => {
    if (standing) stream.write('\r\u001b[2K')
    standing = false
  }
  const progress = (line: string) => {
    if (quiet) return
    const now = performance.now()
    if (now - shown < (live ? liveInterval : quietInterval)) return
    shown = now
    if (!live) return void stream.write(`${line}\n`)
    clear()
    stream.write(line.slice(0, Math.max(1, (stream.columns ?? 80) - 1)))
    standing = true
  }
  const note = (line: string) => {
    if (quiet) return
    clear()
    stream.write(`${line}\n`)
  }
  return Object.assign(progress, { note, end: clear })
}

/** `12 articles`, `1 article` */
export function count(n: number, one: string, many = `${one}s`): string {
  // Not by `Intl`, which costs a short run more than its work
  const grouped = String(n).replace(/\B(?=(?:\d{3})+$)/g, ',')
  return `${grouped} ${n === 1 ? one : many}`
}

/** Lines of cells, each column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
