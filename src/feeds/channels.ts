import type { Article } from '../model/article.ts'
import { type ArticleList, listOf } from '../model/article-list.ts'
import type { Collection } from '../model/collection.ts'
import type { Feed } from '../model/feed.ts'
import type { Author, Publication } from '../model/publication.ts'
import { type Term, type TermKind, termFolder, termKey, termsOf } from './terms.ts'

/** One of the publication's feeds, before any article of it is rendered. */
export interface Channel
  extends Pick<
    Feed,
    'id' | 'title' | 'description' | 'language' | 'folder' | 'firstUrl' | 'urls' | 'authors'
  > {
  readonly kind: 'site' | TermKind
  /** the tag, author, section or language; empty for the site */
  readonly term: string
  /** all that belong to it, newest first: more than its documents may hold */
  readonly articles: ArticleList
}

const folders: Readonly<Record<TermKind, string>> = {
  tag: 'tags',
  author: 'authors',
  section: 'sections',
  language: 'languages',
}

/** In which the feeds of terms stand, below out/. */
export const termRoots: readonly string[] = Object.values(folders)

/**
 * All feeds that the publication has: the site's, then those of each kind in the order asked for, each kind in
 * the order of its terms' keys.
 */
export function listChannels(
  publication: Publication,
  { articles }: Collection,
  per: readonly TermKind[],
): readonly Channel[] {
  const kinds = [...new Set(per)]
  return [
    siteChannel(publication, articles),
    ...kinds.flatMap((kind) =>
      termsOf(kind, articles).map((term) => termChannel(publication, kind, term)),
    ),
  ]
}

/** Where the feeds of an article's terms stand. */
export function termFolders(article: Article, per: readonly TermKind[]): readonly string[] {
  const alone = listOf([article])
  return per.flatMap((kind) => termsOf(kind, alone).map(({ key }) => folderOf(kind, key)))
}

function folderOf(kind: TermKind, key: string): string {
  return `${folders[kind]}/${termFolder(kind, key)}/`
}

function siteChannel(publication: Publication, articles: ArticleList): Channel {
  return {
    kind: 'site',
    term: '',
    title: publication.title,
    description: publication.description || publication.title,
    language: publication.language,
    authors: publication.author ? [publication.author] : [],
    articles,
    ...placeOf(publication, ''),
  }
}

function termChannel(publication: Publication, kind: TermKind, term: Term): Channel {
  const { key, name, articles } = term
  return {
    ...siteChannel(publication, articles),
    kind,
    term: name,
    title: `${publication.title}: ${name}`,
    ...(kind === 'language' && { language: name }),
    ...(kind === 'author' && { authors: [authorOf(term)] }),
    ...placeOf(publication, folderOf(kind, key)),
  }
}

/** The author as the newest article has them, since addresses change, under the name that the feed has. */
function authorOf({ key, name, articles }: Term): Author {
  const known = articles
    .get(0)
    .authors.find((author) => termKey(author.name || author.email || '') === key)
  return { ...known, name }
}

export function placeOf(
  publication: Publication,
  folder: string,
): Pick<Feed, 'id' | 'folder' | 'firstUrl' | 'urls'> {
  const path = folder.split('/').map(encodeURIComponent).join('/')
  const base = withSlash(publication.url)
  const first = withSlash(publication.firstUrl ?? publication.url)
  return {
    id: feedId(first, path),
    folder,
    ...(first !== base && { firstUrl: `${first}${path}rss.xml` }),
    urls: {
      rss: `${base}${path}rss.xml`,
      atom: `${base}${path}atom.xml`,
      json: `${base}${path}feed.json`,
    },
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}

/**
 * A tag URI (RFC 4151) of host, path and folder: `tag:example.org,2026:/blog/tags/nato/feed`. Its date is the year
 * in which this form was introduced, for all feeds of all publications: any date taken from the articles would
 * move when one is added or removed, and readers would take the feed for another.
 */
function feedId(base: string, path: string): string {
  const url = URL.parse(base)
  const host = (url?.hostname ?? '').replace(/[^a-z\d.-]/gi, '-') || 'localhost'
  return `tag:${host},2026:${url?.pathname ?? '/'}${path}feed`
}
