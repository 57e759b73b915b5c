import { placeOf } from '../feeds/channels.ts'
import { latestDate } from '../feeds/guard.ts'
import { escapeXml } from '../feeds/xml.ts'
import type { SentEdition } from '../model/edition.ts'
import type { Feed, FeedItem } from '../model/feed.ts'
import type { Publication } from '../model/publication.ts'

export const archiveFolder = 'editions/'

/**
 * The feed of the newsletter's editions: what each carries, with links.
 *
 * @param editions newest first
 * @param title of the archive
 */
export function editionFeed(
  editions: readonly SentEdition[],
  {
    publication,
    title,
    hubs,
    limit,
  }: {
    readonly publication: Publication
    readonly title: string
    readonly hubs: readonly string[]
    readonly limit: number
  },
): Feed {
  const { description, language, author, copyright, icon } = publication
  const items = editions.slice(0, limit).map((edition) => toItem(edition, publication))
  const place = placeOf(publication, archiveFolder)
  return {
    ...place,
    title,
    description: description || title,
    language,
    homeUrl: place.urls.rss.replace(/[^/]*$/, ''),
    updatedAt: latestDate(items.map(({ updatedAt }) => updatedAt)),
    authors: author ? [author] : [],
    ...(copyright !== undefined && { copyright }),
    ...(icon !== undefined && { icon }),
    hubs,
    history: { complete: items.length === editions.length },
    items,
  }
}

function toItem(
  { id, subject, createdAt, url, articles }: SentEdition,
  { language, author }: Publication,
): FeedItem {
  const list = articles.map(({ title, url }) => {
    return `<li><a href="${escapeXml(url)}">${escapeXml(title)}</a></li>`
  })
  return {
    id: identityOf(id, url),
    url,
    title: subject,
    summary: articles.map(({ title }) => title).join(' · '),
    html: `<ul>\n${list.join('\n')}\n</ul>`,
    publishedAt: createdAt,
    updatedAt: createdAt,
    authors: author ? [author] : [],
    tags: [],
    language,
  }
}

/** By where it was when it was sent: that stays when the publication moves. */
function identityOf(id: string, url: string): string {
  const host = (URL.parse(url)?.hostname ?? '').replace(/[^a-z\d.-]/gi, '-') || 'localhost'
  return `tag:${host},${id.slice(0, 10)}:editions/${id}`
}
