import { hash } from 'node:crypto'
import type { Config } from '../config.ts'
import { type Channel, listChannels } from '../feeds/channels.ts'
import { renderOpml } from '../feeds/opml.ts'
import { openFeeds, type SitePast } from '../feeds/to-feed.ts'
import type { Article } from '../model/article.ts'
import type { Collection } from '../model/collection.ts'
import type { Feed } from '../model/feed.ts'
import type { KeptFiles } from '../output/kept-files.ts'
import type { KeptTexts } from '../output/kept-texts.ts'
import type { OutputFile } from '../output/write-files.ts'
import { readTemplates } from '../templates/read-templates.ts'
import type { Templates } from '../templates/templates.ts'
import type { Threads } from '../threads/threads.ts'
import { archiveFeed } from './archive-feed.ts'
import { joinOf } from './join-link.ts'
import { keepRenderings, type RenderAhead } from './keep-renderings.ts'
import { beginPages, pageOf } from './make-pages.ts'
import { channelKeys, type Group, rememberKeys, renderNothing } from './output-groups.ts'
import { stampProgram } from './program-stamp.ts'
import type { OpenRenderer } from './remember-rendered.ts'

/** The files of out/ that a build is to write. */
export interface Outputs {
  /** those that may have changed */
  readonly files: readonly OutputFile[]
  /** all that belong there, with those that stand there already as they would come out */
  readonly paths: readonly string[]
  readonly feeds: number
  /** Remembers what the files were made from. To be called when they have been written. */
  keep(): void
}

interface Making {
  readonly render: OpenRenderer
  readonly ahead: RenderAhead
  readonly threads: Threads
  readonly past: SitePast
  readonly kept: KeptFiles
  readonly texts: KeptTexts
}

const styles = '*styles'

/** Documents, pages, OPML and style sheets. What was made from the same before is not made again. */
export async function makeOutputs(
  config: Config,
  collection: Collection,
  { render, ahead, threads, past, kept, texts }: Making,
): Promise<Outputs> {
  const { root, publication, feeds: terms } = config
  const channels = listChannels(publication, collection, terms.per)
  const heads = channels.map(openFeeds(publication, collection, terms, renderNothing, past))
  const templates = await readTemplates(root)
  const archive = archiveFeed(config, templates)
  const common = commonKey([stampProgram(), settingsOf(config)], templates)
  const { saysOf, keyOf } = rememberKeys()
  const keys = channelKeys(channels, heads, saysOf, { limit: terms.limit, common })
  const standing: string[] = []
  const stands = (name: string, key?: string) => {
    const paths = kept.find(name, key)
    if (paths) standing.push(...paths)
    return paths !== undefined
  }
  const isMade = ({ folder }: Channel) => {
    const key = keys.get(folder)
    return key !== undefined && stands(folder, key)
  }
  const lacking = new Set(channels.filter((channel) => !isMade(channel)))
  const bare = channels.filter((one) => !lacking.has(one) && !stands(pageOf(one)))
  const renderings = keepRenderings(texts, keyOf)
  const made: Group[] = []
  if (lacking.size + bare.length > 0) {
    const wanted = shownIn([...lacking], terms.limit)
    const open = await renderings.with(await render(), wanted, ahead)
    const toFeed = openFeeds(publication, collection, terms, open, past)
    const join = joinOf(config)
    const more = { ...(archive && { archive }), ...(join && { join }) }
    const input = { publication, channels, limit: terms.limit, render: open, ...more }
    const pages = beginPages(
      [...lacking, ...bare],
      { ...input, common, templates },
      stands,
      threads,
    )
    made.push(...(await makeDocuments([...lacking], toFeed, keys)))
    made.push(...(await pages()))
  }
  if (!stands(styles, common)) {
    const { styleFiles } = await import('../pages/page-files.ts')
    made.push({ name: styles, key: common, files: styleFiles(templates, publication.language) })
  }
  const opml = {
    path: 'feeds.opml',
    contents: renderOpml(publication, archive ? [...heads, archive] : heads),
  }
  const files = [...made.flatMap((group) => group.files), opml]
  return {
    files,
    paths: [...files.map(({ path }) => path), ...standing],
    feeds: channels.length,
    keep() {
      for (const { name, key, files } of made) if (key !== undefined) kept.add(name, key, files)
      kept.save()
      renderings.save(shownIn(channels, terms.limit))
    },
  }
}

async function makeDocuments(
  channels: readonly Channel[],
  toFeed: (channel: Channel) => Feed,
  keys: ReadonlyMap<string, string>,
): Promise<readonly Group[]> {
  if (channels.length === 0) return []
  const { feedFiles } = await import('../feeds/feed-files.ts')
  return channels.map((channel) => {
    const { folder } = channel
    return { name: folder, key: keys.get(folder), files: feedFiles([toFeed(channel)]) }
  })
}

function shownIn(channels: readonly Channel[], limit: number): ReadonlySet<Article> {
  return new Set(channels.flatMap(({ articles }) => articles.slice(0, limit)))
}

/** Rather too many than too few; but nothing that is secret, and nothing that is of no concern to what people read. */
function settingsOf({ publication, content, feeds, newsletter, server: { url } }: Config): unknown {
  return { publication, content, feeds, newsletter, url }
}

function commonKey(settings: readonly unknown[], { files, languages }: Templates): string {
  return hash('sha256', JSON.stringify([settings, [...files], [...languages]]))
}
