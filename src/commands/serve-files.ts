import { join } from 'node:path'
import type { Config } from '../config.ts'
import { fileAnswers } from '../http/answer-file.ts'
import { encodedFiles } from '../http/encoded-files.ts'
import { feedMemory } from '../http/feed-memory.ts'
import { gonePaths } from '../http/gone-paths.ts'
import { outFiles } from '../http/out-files.ts'
import type { Site } from '../http/site.ts'
import { hiddenFolders } from './hidden-folders.ts'
import { decodePath, goneFile } from './keep-hosting.ts'

/**
 * out/ as `tidings serve` shows it. What may be deleted at any time stands in the cache: compressed files, and the
 * versions of feeds.
 *
 * @param base the path below which everything stands: begins and ends with `/`
 */
export function servedFiles(
  config: Config,
  { base, clock }: { readonly base: string; readonly clock: () => Date },
): Pick<Site, 'readFile' | 'answerFile' | 'moved' | 'isGone'> {
  const { root, publication, feeds } = config
  const cache = join(root, '.tidings/cache')
  return {
    readFile: outFiles(join(root, 'out'), {
      hidden: hiddenFolders(config),
      encoded: encodedFiles(join(cache, 'encoded')),
      memory: feedMemory(join(cache, 'served')),
    }),
    answerFile: fileAnswers({ url: publication.url, hubs: feeds.hubs, clock }),
    moved: new Map(
      Object.entries(feeds.moved).flatMap(([path, target]) => {
        const from = decodePath(path.slice(1))
        return from === undefined ? [] : [[from, locationOf(target, base)]]
      }),
    ),
    isGone: gonePaths(join(root, goneFile)),
  }
}

/** Paths are ours wherever we are reached. */
function locationOf(target: string, base: string): string {
  if (!target.startsWith('/')) return new URL(target).href
  const { pathname, search, hash } = new URL(`http://localhost${base}${target.slice(1)}`)
  return `${pathname}${search}${hash}`
}
