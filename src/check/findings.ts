import type { Source } from './locate.ts'
import type { Severity } from './notes.ts'

/** A finding as it is told: in which document, where, and what causes it. */
export interface Finding {
  readonly code: string
  readonly severity: Severity
  /** what is wrong and what to do about it */
  readonly message: string
  /** the document: a path or a URL */
  readonly file: string
  /** 1-based, both; absent for what is no part of the text */
  readonly line?: number
  readonly column?: number
  /** what to mend in a publication of our own */
  readonly source?: Source
  /** in how many other places the same cause shows */
  readonly also?: number
}

/** Makes one finding of those that have one cause: an article stands in many feeds, and each feed in three formats. */
export function joinFindings(
  findings: readonly (Finding & { readonly subject?: string })[],
): readonly Finding[] {
  const joined = new Map<string, Finding>()
  for (const { subject, ...finding } of findings) {
    const { code, source, file, line, column } = finding
    const place = source ? `${source.file}:${source.line}` : `${file}:${line}:${column}`
    const what = source && subject !== undefined ? subject : finding.message
    const key = JSON.stringify([code, place, what])
    const known = joined.get(key)
    joined.set(key, known ? { ...known, also: (known.also ?? 0) + 1 } : finding)
  }
  return [...joined.values()]
}

/** `content/a.md:3: warning: … [html-in-text, out/rss.xml:12:9 and 2 more]` */
export function formatFinding({ code, severity, message, source, also, ...at }: Finding): string {
  const place = [at.file, at.line, at.column].filter((part) => part !== undefined).join(':')
  const more = also ? ` and ${also} more` : ''
  if (!source || source.file === at.file) {
    const line = source?.line === undefined ? place : `${source.file}:${source.line}`
    return `${line}: ${severity}: ${message} [${code}${more}]`
  }
  const cause = [source.file, source.line].filter((part) => part !== undefined).join(':')
  return `${cause}: ${severity}: ${message} [${code}, ${place}${more}]`
}
