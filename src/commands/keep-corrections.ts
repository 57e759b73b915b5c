import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import {
  advanceCorrections,
  correctionsFile,
  formatCorrections,
  parseCorrections,
  withCorrections,
} from '../content/corrections.ts'
import type { Content } from '../content/load.ts'
import { Fault } from '../model/fault.ts'
import { formatProblem } from '../model/problem.ts'
import { writeFiles } from '../output/write-files.ts'

export interface Corrected {
  readonly content: Content
  /** Writes down what was noticed, before anything that follows from it leaves the house. */
  keep(): Promise<void>
}

/**
 * Applies the policy of `feeds.updated`: with 'text', an article whose text has changed is updated as of when that was
 * noticed; with 'declared', when its author says so.
 *
 * @throws {Fault} 'content-invalid' when `tidings.texts` cannot be understood
 */
export function correct({ root, feeds }: Config, content: Content, now: Date): Corrected {
  if (feeds.updated === 'declared') return { content, keep: async () => undefined }
  const { corrections: before, problems } = parseCorrections(readText(join(root, correctionsFile)))
  if (problems.length > 0) {
    throw new Fault('content-invalid', problems.map(formatProblem).join('\n'))
  }
  const { collection } = content
  const corrections = advanceCorrections(before, collection.articles, now)
  const articles = withCorrections(collection.articles, corrections)
  return {
    content: { ...content, collection: { ...collection, articles } },
    async keep() {
      if (corrections === before) return
      await writeFiles(root, [{ path: correctionsFile, contents: formatCorrections(corrections) }])
    },
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return ''
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('content-invalid', `${correctionsFile}: cannot be read: ${reason}`, { cause })
  }
}
