import type { Article } from '../../src/model/article.ts'
import { listOf } from '../../src/model/article-list.ts'
import type { Collection } from '../../src/model/collection.ts'
import type { Feed, FeedItem } from '../../src/model/feed.ts'
import type { Publication } from '../../src/model/publication.ts'

export const publication: Publication = {
  title: 'Field Notes',
  description: 'What we saw',
  url: 'https://example.org/blog/',
  language: 'en',
  timezone: 'Europe/Madrid',
}

export function article(given: Partial<Article> = {}): Article {
  const publishedAt = given.publishedAt ?? new Date('2022-06-29T10:00:00Z')
  return {
    id: 'tag:example.org,2022-06-29:first',
    file: 'content/first.md',
    slug: 'first',
    url: 'https://example.org/blog/first/',
    title: 'First',
    publishedAt,
    updatedAt: publishedAt,
    authors: [],
    tags: [],
    section: '',
    language: 'en',
    description: '',
    body: { format: 'markdown', source: '', line: 1 },
    draft: false,
    inNewsletter: true,
    ...given,
  }
}

/** Articles a day apart, the first one given being the newest. */
export function collection(...articles: readonly Partial<Article>[]): Collection {
  const newest = Date.parse('2022-06-29T10:00:00Z')
  return {
    articles: listOf(
      articles.map((given, index) =>
        article({
          id: `tag:example.org,2022:${index}`,
          publishedAt: new Date(newest - index * 86_400_000),
          ...given,
        }),
      ),
    ),
    held: [],
  }
}

export function item(given: Partial<FeedItem> = {}): FeedItem {
  return {
    id: 'tag:example.org,2022-06-29:first',
    url: 'https://example.org/blog/first/',
    title: 'First',
    summary: 'The first one.',
    publishedAt: new Date('2022-06-29T10:00:00Z'),
    updatedAt: new Date('2022-06-29T10:00:00Z'),
    authors: [],
    tags: [],
    language: 'en',
    ...given,
  }
}

export function feed(given: Partial<Feed> = {}): Feed {
  return {
    id: 'tag:example.org,2026:/blog/feed',
    title: 'Field Notes',
    description: 'What we saw',
    language: 'en',
    homeUrl: 'https://example.org/blog/',
    urls: {
      rss: 'https://example.org/blog/rss.xml',
      atom: 'https://example.org/blog/atom.xml',
      json: 'https://example.org/blog/feed.json',
    },
    folder: '',
    updatedAt: new Date('2022-06-29T10:00:00Z'),
    authors: [],
    items: [item()],
    ...given,
  }
}
