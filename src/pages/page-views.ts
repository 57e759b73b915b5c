import type { Channel } from '../feeds/channels.ts'
import { cleanLine } from '../feeds/guard.ts'
import type { Article, RenderArticle } from '../model/article.ts'
import type { Feed } from '../model/feed.ts'
import { remember } from '../model/memo.ts'
import type { Publication } from '../model/publication.ts'
import type { Words } from '../templates/words.ts'
import { articleView } from './article-view.ts'
import { type Desk, deskOf } from './desk.ts'
import { frameOf, joinView } from './frame.ts'
import type { ArchiveView, FeedView, GroupView, PageView } from './view.ts'

export interface PagesInput {
  readonly publication: Publication
  /** the site's first, as `listChannels` has them */
  readonly channels: readonly Channel[]
  /** how many articles the page of a tag, author, section or language shows: those in its feeds */
  readonly limit: number
  /** the channels whose pages are wanted; all of them without it */
  readonly wanted?: ReadonlySet<Channel>
  /** asked for the summaries of those articles only */
  readonly render: RenderArticle
  readonly languages: ReadonlyMap<string, Words>
  /** the feed of the newsletter's editions, where there is one */
  readonly archive?: Feed
  /** where readers join by e-mail, and what they join */
  readonly join?: { readonly url: string; readonly newsletter: string }
}

/** A page before it has a form. */
export interface Page {
  /** below out/, with `/` between its parts */
  readonly path: string
  readonly template: 'index.html' | 'term.html'
  readonly view: PageView
}

/** How many titles the front page lists. */
export const mostTitles = 50

const plurals = {
  tag: 'tags',
  author: 'authors',
  section: 'sections',
  language: 'languages',
} as const

/** The front page, then one page for each of the other channels. */
export function pageViews(input: PagesInput): readonly Page[] {
  const [site, ...others] = input.channels
  if (site === undefined) return []
  const isWanted = (channel: Channel) => input.wanted?.has(channel) ?? true
  if (!input.channels.some(isWanted)) return []
  const desk = deskOf(input.publication, input.languages)
  // The same view wherever an article stands, so that its HTML is made once
  const inFull = remember((article: Article) =>
    articleView(article, desk, input.render(article).summary),
  )
  const front: Page = {
    path: 'index.html',
    template: 'index.html',
    view: {
      ...common(site, '', input, desk),
      articles: site.articles.slice(0, mostTitles).map((article) => articleView(article, desk)),
      groups: groupsOf(others, desk),
      archive: input.archive ? archiveView(input.archive) : null,
    },
  }
  return [
    ...(isWanted(site) ? [front] : []),
    ...others.filter(isWanted).map((channel): Page => {
      const articles = channel.articles.slice(0, input.limit)
      const root = '../'.repeat(channel.folder.split('/').length - 1)
      return {
        path: `${channel.folder}index.html`,
        template: 'term.html',
        view: {
          ...common(channel, root, input, desk),
          articles: articles.map(inFull),
          groups: [],
          archive: null,
        },
      }
    }),
  ]
}

function common(
  channel: Channel,
  root: string,
  { publication, join }: PagesInput,
  desk: Desk,
): Omit<PageView, 'articles' | 'groups' | 'archive'> {
  const title = cleanLine(publication.title)
  const feed = feedView(channel, desk, '')
  const site = channel.kind === 'site'
  return {
    ...frameOf(publication, desk, root),
    title: site ? title : `${feed.name} · ${title}`,
    description: cleanLine(
      site ? publication.description : `${title}: ${feed.name}, ${feed.count}`,
    ),
    canonical: `${publication.url}${encodePath(channel.folder)}`,
    join: joinView(join, desk),
    feed,
  }
}

function archiveView({ title, folder, urls }: Feed): ArchiveView {
  return { page: `${encodePath(folder)}index.html`, title: cleanLine(title), ...urls }
}

/** @param folder from the page to the documents of the feed */
function feedView(
  { kind, title, term, urls, articles }: Channel,
  { words, lang, plural }: Desk,
  folder: string,
): FeedView {
  const name = kind === 'language' ? languageName(term, lang) : term
  return {
    kind,
    kindName: kind === 'site' ? null : words.page[kind],
    name: kind === 'site' ? cleanLine(title) : name,
    title: cleanLine(title),
    page: `${folder}index.html`,
    ...urls,
    folder,
    count: plural(words.page.count, articles.length),
  }
}

/** `Spanish`, or the tag itself where there is no name for it. */
function languageName(tag: string, lang: string): string {
  try {
    return new Intl.DisplayNames(lang, { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag
  }
}

function groupsOf(channels: readonly Channel[], desk: Desk): readonly GroupView[] {
  const groups = Map.groupBy(channels, ({ kind }) => kind)
  const order = new Intl.Collator(desk.lang, { numeric: true })
  return [...groups].flatMap(([kind, members]) => {
    if (kind === 'site') return []
    const feeds = members
      .map((channel) => feedView(channel, desk, encodePath(channel.folder)))
      .sort((a, b) => order.compare(a.name, b.name))
    return [{ kind, heading: desk.words.page[plurals[kind]], feeds }]
  })
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
