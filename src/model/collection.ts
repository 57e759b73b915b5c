import type { ArticleList } from './article-list.ts'

/** All that is published at one instant. */
export interface Collection {
  /** newest first; articles of one instant in the order of their identities */
  readonly articles: ArticleList
  /** what stays out, and why */
  readonly held: readonly HeldArticle[]
}

export interface HeldArticle {
  readonly file: string
  readonly reason: 'draft' | 'future' | 'expired'
}
