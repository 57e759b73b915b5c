import type { Article, RenderArticle, RenderedArticle } from '../model/article.ts'
import type { KeptTexts } from '../output/kept-texts.ts'
import type { ArticleKey } from './output-groups.ts'

/** Renders many articles ahead of being asked for them; not necessarily all. */
export type RenderAhead = (
  articles: readonly Article[],
  render: RenderArticle,
) => Promise<ReadonlyMap<Article, RenderedArticle>>

/** Renderings that former builds have made. */
export interface KeptRenderings {
  /** Renders what has changed only. @param wanted what will be asked for */
  with(render: RenderArticle, wanted: Iterable<Article>, ahead: RenderAhead): Promise<RenderArticle>
  /** Keeps the renderings. @param articles of which they are still of use */
  save(articles: Iterable<Article>): void
}

/** @param keyOf all that an article is rendered from; undefined where that is not known */
export function keepRenderings(texts: KeptTexts, keyOf: ArticleKey): KeptRenderings {
  const known = new Map<Article, RenderedArticle>()
  return {
    async with(render, wanted, ahead) {
      const missing = [...wanted].filter((article) => !find(article))
      for (const [article, rendered] of await ahead(missing, render)) add(article, rendered)
      return (article) => find(article) ?? add(article, render(article))
    },
    save(articles) {
      texts.save(() => new Set([...articles].flatMap((article) => keyOf(article) ?? [])))
    },
  }

  function find(article: Article): RenderedArticle | undefined {
    const there = known.get(article)
    if (there) return there
    const key = keyOf(article)
    const text = key === undefined ? undefined : texts.find(key)
    if (text === undefined) return undefined
    const rendered: RenderedArticle = JSON.parse(text)
    known.set(article, rendered)
    return rendered
  }

  function add(article: Article, rendered: RenderedArticle): RenderedArticle {
    known.set(article, rendered)
    const key = keyOf(article)
    if (key !== undefined) texts.add(key, JSON.stringify(rendered))
    return rendered
  }
}
