import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { pingHubs, pingTerms, type Told } from '../hubs/ping-hubs.ts'
import { writeFiles } from '../output/write-files.ts'
import type { Context } from './command.ts'
import { count } from './terminal.ts'

const memory = '.tidings/hubs.json'

/**
 * Tells the hubs of `feeds.hubs` which feed documents have changed since they were last told. What a hub has not taken
 * is said, fails nothing, and is tried again by the next run.
 *
 * @param paths of all files in out/
 */
export async function tellHubs(
  { root, publication, feeds: { hubs } }: Config,
  paths: Iterable<string>,
  { progress, paint, signal }: Pick<Context, 'progress' | 'paint' | 'signal'>,
): Promise<void> {
  if (hubs.length === 0) return
  const documents = [...paths].filter(isFeed).sort()
  const topics = documents.map((path) => ({
    url: new URL(path.split('/').map(encodeURIComponent).join('/'), publication.url).href,
    hash: hash('sha256', readFileSync(join(root, 'out', path)), 'base64url'),
  }))
  const before = readTold(join(root, memory))
  const {
    told,
    pinged,
    hubs: taking,
    failures,
  } = await pingHubs(hubs, topics, before, { ...pingTerms, signal })
  await writeFiles(root, [{ path: memory, contents: `${JSON.stringify(told)}\n` }])
  if (pinged > 0)
    progress.note(`${paint.good('✓')} ${count(pinged, 'ping')} taken by ${count(taking, 'hub')}`)
  for (const failure of failures) progress.note(`${paint.warn('warning')} ${failure}`)
}

function isFeed(path: string): boolean {
  return /(?:^|\/)(?:rss\.xml|atom\.xml|feed\.json)$/.test(path) && !path.startsWith('archive/')
}

/** What cannot be read is forgotten: a ping too many harms nobody. */
function readTold(path: string): Told {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {}
  }
}
