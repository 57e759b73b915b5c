import type { Newsletter } from '../../src/edition/view.ts'
import type { Article, RenderArticle } from '../../src/model/article.ts'
import type { Publication } from '../../src/model/publication.ts'

export const publication: Publication = {
  title: 'The Harbour Gazette',
  description: 'News of a small port',
  url: 'https://gazette.example.org/',
  language: 'en',
  timezone: 'Europe/Madrid',
}

export const newsletter: Newsletter = {
  name: 'The Gazette on Mondays',
  postalAddress: 'The Harbour Gazette\n1 Quay Street\n00000 Exampleton',
}

/** The body of these articles is HTML already. */
export const renderArticle: RenderArticle = ({ body, description, image }) => ({
  html: body.source,
  summary: description || body.source.replace(/<[^>]*>/g, ' ').slice(0, 400),
  ...(image === undefined ? {} : { image }),
})

export function article(slug: string, changes: Partial<Article> & { html?: string } = {}): Article {
  const { html = '<p>Something happened.</p>', ...rest } = changes
  const publishedAt = rest.publishedAt ?? new Date('2026-11-20T08:00:00Z')
  return {
    id: `tag:gazette.example.org,2026:${slug}`,
    file: `content/${slug}.html`,
    slug,
    url: `https://gazette.example.org/${slug}/`,
    title: `About ${slug}`,
    publishedAt,
    updatedAt: publishedAt,
    authors: [{ name: 'Ana Ruiz' }],
    tags: [],
    section: '',
    language: 'en',
    description: '',
    body: { format: 'html', source: html, line: 1 },
    draft: false,
    inNewsletter: true,
    ...rest,
  }
}
