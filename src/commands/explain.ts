import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Explanation, explainFeed } from '../feeds/explain.ts'
import type { OutputFile } from '../output/write-files.ts'
import type { Paint } from './command.ts'

/** What followers of each feed will see, comparing what is in out/ with what is about to be. Only where there is something. */
export function explainFiles(out: string, files: readonly OutputFile[]): readonly Explanation[] {
  return files
    .filter(({ path }) => /(?:^|\/)feed\.json$/.test(path) && !path.startsWith('archive/'))
    .map(({ path, contents }) => {
      const folder = path.slice(0, -'feed.json'.length)
      return explainFeed(folder, readText(join(out, path)), Buffer.from(contents).toString())
    })
    .filter(({ fresh, changed, gone }) => fresh.length + changed.length + gone.length > 0)
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // nobody follows it yet
  }
}

/** For people: a block a feed. */
export function explanationText(explanations: readonly Explanation[], paint: Paint): string {
  if (explanations.length === 0) return 'Readers of the feeds will see nothing new.'
  const lines = explanations.flatMap(({ folder, fresh, changed, gone, warnings }) => [
    paint.bold(folder === '' ? 'The publication’s feed' : folder),
    ...fresh.map((title) => `  ${paint.good('new')}      ${title}`),
    ...changed.map((title) => `  changed  ${title}`),
    ...gone.map((title) => `  gone     ${title}`),
    ...warnings.map((warning) => `  ${paint.warn('warning')}  ${warning}`),
  ])
  return ['What readers will see:', ...lines].join('\n')
}
