/**
 * Something that a file's author has to know. As an error it keeps the article out and ends the command
 * with status 2; as a warning it is told and the work goes on.
 */
export interface Problem {
  /** path relative to the publication's folder, with `/` between its parts */
  readonly file: string
  /** 1-based; absent when the fault is of the file as a whole */
  readonly line?: number
  /** what is wrong and what to do about it, without file and line */
  readonly message: string
}

/** `content/a.md:3: date '2026-13-01' is not a date; write it as YYYY-MM-DD` */
export function formatProblem({ file, line, message }: Problem): string {
  return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`
}
