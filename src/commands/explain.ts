import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { termRoots } from '../feeds/channels.ts'
import { type ExplainTerms, type Explanation, explainFeed } from '../feeds/explain.ts'
import type { Review } from './build-feeds.ts'
import type { Paint } from './command.ts'

/** What followers of the feeds will see. */
export interface Explained {
  /** only where there is something to be seen */
  readonly feeds: readonly Explanation[]
  /** folders of feeds that are no more */
  readonly removed: readonly string[]
  /** false: there are no feeds in out/ to compare with */
  readonly isCompared: boolean
}

/** Compares what is in out/ with what is about to be. */
export function explainFiles(
  { out, files, paths, ...known }: Review,
  dayOf: ExplainTerms['dayOf'],
): Explained {
  const next = new Map(files.map(({ path, contents }) => [path, contents]))
  const textOf = (path: string) => {
    const contents = next.get(path)
    return contents === undefined ? undefined : Buffer.from(contents).toString()
  }
  const feeds = files
    .filter(({ path }) => /(?:^|\/)feed\.json$/.test(path) && !path.startsWith('archive/'))
    .map(({ path }) => {
      const folder = path.slice(0, -'feed.json'.length)
      const before = readText(join(out, path))
      const explained = explainFeed(folder, before, textOf(path) ?? '', { ...known, dayOf })
      const atom = `${folder}atom.xml`
      const moved = explainIdentity(readText(join(out, atom)), textOf(atom))
      return { ...explained, warnings: [...moved, ...explained.warnings] }
    })
    .filter(({ fresh, back, changed, gone, warnings }) =>
      [fresh, back, changed, gone, warnings].some((list) => list.length > 0),
    )
  return {
    feeds,
    removed: removedFeeds(out, paths),
    isCompared: existsSync(join(out, 'feed.json')),
  }
}

/** A feed with another identity (RFC 4287 §4.2.6) is another feed. */
function explainIdentity(before: string | undefined, after: string | undefined): string[] {
  const [was, is] = [before, after].map((text) => /<id>([^<]*)<\/id>/.exec(text ?? '')?.[1])
  if (was === undefined || is === undefined || was === is) return []
  return [
    `the feed itself has another identity than before: it was ${was} and would be ${is}; set publication.firstUrl to the URL under which it began`,
  ]
}

function removedFeeds(out: string, paths: ReadonlySet<string>): readonly string[] {
  return termRoots.flatMap((kind) =>
    foldersIn(join(out, kind))
      .map((name) => `${kind}/${name}/`)
      .filter(
        (folder) => !paths.has(`${folder}feed.json`) && existsSync(join(out, `${folder}feed.json`)),
      ),
  )
}

function foldersIn(path: string): readonly string[] {
  try {
    return readdirSync(path).sort()
  } catch {
    return [] // there is none
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // nobody follows it yet
  }
}

/** For people: a block a feed. */
export function explanationText({ feeds, removed, isCompared }: Explained, paint: Paint): string {
  if (!isCompared) {
    return 'There are no feeds in out/ to compare with: nothing can be said of what their readers will see.'
  }
  if (feeds.length + removed.length === 0) return 'Readers of the feeds will see nothing new.'
  const lines = feeds.flatMap(({ folder, fresh, back, changed, gone, warnings }) => [
    paint.bold(folder === '' ? 'The publication’s feed' : folder),
    ...fresh.map((title) => `  ${paint.good('new')}      ${title}`),
    ...back.map((title) => `  back     ${title}`),
    ...changed.map((title) => `  changed  ${title}`),
    ...gone.map((title) => `  gone     ${title}`),
    ...warnings.map((warning) => `  ${paint.warn('warning')}  ${warning}`),
  ])
  const ended = removed.flatMap((folder) => [
    paint.bold(folder),
    '  gone     the whole feed: whoever follows it hears no more (feeds.moved leads them elsewhere)',
  ])
  return ['What readers will see:', ...lines, ...ended].join('\n')
}
