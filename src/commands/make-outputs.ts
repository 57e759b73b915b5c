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
import { bytesOf, type OutputFile } from '../output/write-files.ts'
import { type PagesInput, pageViews } from '../pages/page-views.ts'
import { readTemplates } from '../templates/read-templates.ts'
import type { Templates } from '../templates/templates.ts'
import { archiveFeed } from './archive-feed.ts'
import { joinOf } from './join-link.ts'
import { keepRenderings } from './keep-renderings.ts'
import { channelKeys, pageKey, rememberKeys, renderNothing } from './output-groups.ts'
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
  readonly past: SitePast
  readonly kept: KeptFiles
  readonly texts: KeptTexts
}

/** Files that are made together, and what they are made from: undefined where that cannot be told. */
interface Group {
  readonly name: string
  readonly key: string | undefined
  readonly files: readonly OutputFile[]
}

const styles = '*styles'

/** Documents, pages, OPML and style sheets. What was made from the same before is not made again. */
export async function makeOutputs(
  config: Config,
  collection: Collection,
  { render, past, kept, texts }: Making,
): Promise<Outputs> {
  const { root, publication, feeds: terms } = config
  const channels = listChannels(publication, collection, terms.per)
  const heads = channels.map(openFeeds(publication, collection, terms, renderNothing, past))
  const templates = await readTemplates(root)
  const archive = archiveFeed(config, templates)
  const common = commonKey([stampProgram(), settingsOf(config)], templates)
  const keyOf = rememberKeys()
  const keys = channelKeys(channels, heads, keyOf, { limit: terms.limit, common })
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
    const open = renderings.with(await render())
    const toFeed = openFeeds(publication, collection, terms, open, past)
    made.push(...(await makeDocuments([...lacking], toFeed, keys)))
    const join = joinOf(config)
    const more = { ...(archive && { archive }), ...(join && { join }) }
    const input = { publication, channels, limit: terms.limit, render: open, ...more }
    const pages = { ...input, common, templates }
    made.push(...(await makePages([...lacking, ...bare], pages, stands)))
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
    return { name: folder, key: keys.get(folder), files: encoded(feedFiles([toFeed(channel)])) }
  })
}

interface PagesTerms extends Omit<PagesInput, 'wanted' | 'languages'> {
  /** what all pages are made from: settings, templates, the program */
  readonly common: string
  readonly templates: Templates
}

/** Those pages of channels that would come out otherwise than they stand. */
async function makePages(
  channels: readonly Channel[],
  { common, templates, ...input }: PagesTerms,
  stands: (name: string, key: string) => boolean,
): Promise<readonly Group[]> {
  const { limit, render } = input
  const keys = new Map(
    channels.map((one) => [pageOf(one), pageKey(one, input.channels, render, { limit, common })]),
  )
  const wanted = new Set(
    channels.filter((channel) => !stands(pageOf(channel), keys.get(pageOf(channel)) ?? '')),
  )
  if (wanted.size === 0) return []
  const { renderPages } = await import('../pages/page-files.ts')
  const views = pageViews({ ...input, wanted, languages: templates.languages })
  return renderPages(views, templates).map((file) => {
    return { name: file.path, key: keys.get(file.path), files: encoded([file]) }
  })
}

/** As bytes, once: they are hashed as well as written. */
function encoded(files: readonly OutputFile[]): readonly OutputFile[] {
  return files.map((file) => ({ path: file.path, contents: bytesOf(file) }))
}

/** The group of its page, and where that stands. */
function pageOf({ folder }: Channel): string {
  return `${folder}index.html`
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
