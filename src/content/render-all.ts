import type { Article, RenderArticle, RenderedArticle } from '../model/article.ts'
import { claimShared, makeCounter } from '../threads/shared-work.ts'
import type { Threads } from '../threads/threads.ts'
import { LazyBody } from './lazy-body.ts'
import type { Readers } from './parse-article.ts'
import type { RenderDone, RenderJob, ToRender } from './thread-jobs.ts'

/** Articles from which on it pays to start threads. */
const enough = 100
const step = 4

/**
 * Renders many articles with the help of threads.
 *
 * @param meanwhile something else to do here while threads set out
 * @returns nothing of those that are better rendered one by one, when they are asked for
 */
export async function renderAll(
  articles: readonly Article[],
  render: RenderArticle,
  threads: Threads,
  meanwhile: () => void,
): Promise<ReadonlyMap<Article, RenderedArticle>> {
  const rendered = new Map<Article, RenderedArticle>()
  const lazy = articles.filter(({ body }) => body instanceof LazyBody)
  const [first] = lazy
  if (lazy.length < enough || !(first?.body instanceof LazyBody)) return rendered
  const { publication, folder, permalink, readers } = first.body.options
  const next = makeCounter(step)
  const job: RenderJob = {
    kind: 'render',
    options: { publication, folder, permalink },
    needs: Object.keys(readers) as (keyof Readers)[],
    articles: lazy.flatMap(toRender),
    next,
  }
  const answers = threads.ask<RenderDone>(job)
  meanwhile()
  const claim = claimShared(lazy.length, next)
  for (let range = claim(); range; range = claim()) {
    for (const article of lazy.slice(...range)) rendered.set(article, render(article))
  }
  // Those of a thread that has failed are rendered when they are asked for
  for (const done of await Promise.all(answers)) {
    for (const [at, one] of done ?? []) {
      const article = lazy[at]
      if (article) rendered.set(article, one)
    }
  }
  return rendered
}

function toRender({ url, slug, description, image, body }: Article): ToRender[] {
  if (!(body instanceof LazyBody)) return []
  const { found, format, line, hash } = body
  return [{ url, slug, description, found, format, line, hash, ...(image && { image }) }]
}
