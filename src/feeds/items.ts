import type { Article, RenderArticle } from '../model/article.ts'
import type { ArticleList } from '../model/article-list.ts'
import type { FeedItem } from '../model/feed.ts'
import { cleanLine } from './guard.ts'
import { termKey, termsOf } from './terms.ts'

/**
 * Without `role` and `aria-…`: feed readers make nothing of them, and the W3C's validator counts them among the
 * attributes that may harm. In what the sanitiser writes, no `<` or `>` stands but a tag's own.
 */
function withoutRoles(html: string): string {
  if (!/ (?:role|aria-[a-z]+)="/.test(html)) return html
  return html.replace(/<[a-z][^<>]*>/g, (tag) => tag.replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, ''))
}

/** Makes items of articles. A tag is spelled alike in all of them. */
export function openItems(
  articles: ArticleList,
  content: 'full' | 'summary',
  render: RenderArticle,
): (article: Article) => FeedItem {
  const spelling = new Map(termsOf('tag', articles).map(({ key, name }) => [key, name]))
  return (article) => {
    const { html, summary, image = article.image } = render(article)
    const { id, url, title, publishedAt, updatedAt, authors, contributors } = article
    const { language, enclosure } = article
    const tags = article.tags.map((tag) => spelling.get(termKey(tag)) ?? cleanLine(tag))
    return {
      id,
      url,
      title,
      summary,
      ...(content === 'full' && { html: withoutRoles(html) }),
      publishedAt,
      updatedAt,
      authors,
      ...(contributors && { contributors }),
      tags: [...new Set(tags)],
      language,
      ...(image && { image }),
      ...(enclosure && { enclosure }),
    }
  }
}
