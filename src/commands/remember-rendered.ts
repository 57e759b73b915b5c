import type { Article, RenderArticle, RenderedArticle } from '../model/article.ts'

/** Loads what it takes to render, when first asked: most builds after an edit need it for little, and some for nothing. */
export type OpenRenderer = () => Promise<RenderArticle>

/** Renders each article once, however many feeds and editions ask for it. */
export function rememberRendered(): OpenRenderer {
  const rendered = new WeakMap<Article, RenderedArticle>()
  return async () => {
    const { renderArticle } = await import('../content/render.ts')
    return (article) => {
      const known = rendered.get(article) ?? renderArticle(article)
      rendered.set(article, known)
      return known
    }
  }
}
