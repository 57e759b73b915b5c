import type { Article, RenderArticle, RenderedArticle } from '../model/article.ts'
import type { KeptTexts } from '../output/kept-texts.ts'
import type { ArticleKey } from './output-groups.ts'

/** Renderings that former builds have made. */
export interface KeptRenderings {
  /** Renders what has changed only. */
  with(render: RenderArticle): RenderArticle
  /** Forgets all but the renderings of these. */
  save(articles: Iterable<Article>): void
}

/** @param keyOf all that an article is rendered from; undefined where that is not known */
export function keepRenderings(texts: KeptTexts, keyOf: ArticleKey): KeptRenderings {
  const known = new Map<Article, RenderedArticle>()
  return {
    with: (render) => (article) => {
      const rendered = known.get(article) ?? findOrRender(article, render)
      known.set(article, rendered)
      return rendered
    },
    save(articles) {
      texts.save(new Set([...articles].flatMap((article) => keyOf(article) ?? [])))
    },
  }

  function findOrRender(article: Article, render: RenderArticle): RenderedArticle {
    const key = keyOf(article)
    const text = key === undefined ? undefined : texts.find(key)
    if (text !== undefined) return JSON.parse(text)
    const rendered = render(article)
    if (key !== undefined) texts.add(key, JSON.stringify(rendered))
    return rendered
  }
}
