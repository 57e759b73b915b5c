import { hash } from 'node:crypto'
import type { Config } from '../config.ts'
import { type Channel, listChannels } from '../feeds/channels.ts'
import { renderOpml } from '../feeds/opml.ts'
import { openFeeds, type SitePast } from '../feeds/to-feed.ts'
import type { Collection } from '../model/collection.ts'
import type { Feed } from '../model/feed.ts'
import type { KeptFiles } from '../output/kept-files.ts'
import type { OutputFile } from '../output/write-files.ts'
import { type PagesInput, pageViews } from '../pages/page-views.ts'
import { readTemplates } from '../templates/read-templates.ts'
import type { Templates } from '../templates/templates.ts'
import { archiveFeed } from './archive-feed.ts'
import { channelKeys, renderNothing } from './output-groups.ts'
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
}

const styles = '*styles'

/** Documents, pages, OPML and style sheets. What was made from the same before is not made again. */
export async function makeOutputs(
  config: Config,
  collection: Collection,
  { render, past, kept }: Making,
): Promise<Outputs> {
  const { root, publication, feeds: terms } = config
  const channels = listChannels(publication, collection, terms.per)
  const heads = channels.map(openFeeds(publication, collection, terms, renderNothing, past))
  const templates = await readTemplates(root)
  const archive = archiveFeed(config, templates)
  const common = commonKey([stampProgram(), settingsOf(config)], templates)
  const keys = channelKeys(channels, heads, { limit: terms.limit, common }).set(styles, common)
  const standing = new Map(
    [...keys].flatMap(([group, key]) => {
      const paths = kept.find(group, key)
      return paths ? [[group, paths]] : []
    }),
  )
  const opml = {
    path: 'feeds.opml',
    contents: renderOpml(publication, [...heads, ...optional(archive)]),
  }
  const isWanted = (group: string) => !standing.has(group)
  const wanted = new Set(channels.filter(({ folder }) => isWanted(folder)))
  const makeWanted = async () => {
    const opened = await render()
    const toFeed = openFeeds(publication, collection, terms, opened, past)
    const join = joinOf(config)
    const input = {
      publication,
      channels,
      wanted,
      limit: terms.limit,
      render: opened,
      ...(archive && { archive }),
      ...(join && { join }),
    }
    return makeGroups(toFeed, input, templates)
  }
  const groups = new Map(wanted.size > 0 ? await makeWanted() : [])
  if (isWanted(styles)) groups.set(styles, await makeStyles(publication.language, templates))
  const files = [...[...groups.values()].flat(), opml]
  return {
    files,
    paths: [...files.map(({ path }) => path), ...[...standing.values()].flat()],
    feeds: channels.length,
    keep() {
      for (const [group, made] of groups) {
        const key = keys.get(group)
        if (key !== undefined) kept.add(group, key, made)
      }
      kept.save()
    },
  }
}

type Groups = readonly (readonly [group: string, files: readonly OutputFile[]])[]

/** The documents and the page of each channel that is wanted, by its folder. */
async function makeGroups(
  toFeed: (channel: Channel) => Feed,
  input: Omit<PagesInput, 'languages'> & { readonly wanted: ReadonlySet<Channel> },
  templates: Templates,
): Promise<Groups> {
  const { feedFiles } = await import('../feeds/feed-files.ts')
  const { renderPages } = await import('../pages/page-files.ts')
  const pages = renderPages(pageViews({ ...input, languages: templates.languages }), templates)
  const page = new Map(pages.map((file) => [file.path, file]))
  return [...input.wanted].map((channel) => [
    channel.folder,
    [...feedFiles([toFeed(channel)]), ...optional(page.get(`${channel.folder}index.html`))],
  ])
}

async function makeStyles(language: string, templates: Templates): Promise<readonly OutputFile[]> {
  const { styleFiles } = await import('../pages/page-files.ts')
  return styleFiles(templates, language)
}

/** Where `tidings serve` lets readers join. */
function joinOf({ newsletter, server }: Config): PagesInput['join'] {
  if (!newsletter || !server.url) return undefined
  return { url: new URL('subscribe', server.url).href, newsletter: newsletter.name }
}

/** Rather too many than too few; but nothing that is secret, and nothing that is of no concern to what people read. */
function settingsOf({ publication, content, feeds, newsletter, server: { url } }: Config): unknown {
  return { publication, content, feeds, newsletter, url }
}

function commonKey(settings: readonly unknown[], { files, languages }: Templates): string {
  return hash('sha256', JSON.stringify([settings, [...files], [...languages]]))
}

function optional<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value]
}
