import type { Article } from '../model/article.ts'
import type { Problem } from '../model/problem.ts'

/** Two articles cannot have one permanent link: a reader of the one would find the other. Drafts have none yet. */
export function findSharedUrls(articles: Iterable<Article>): readonly Problem[] {
  const published = [...articles].filter(({ draft }) => !draft)
  if (new Set(published.map(({ url }) => url)).size === published.length) return []
  const owners = new Map<string, string>()
  const problems: Problem[] = []
  for (const { url, file } of published) {
    const owner = owners.get(url)
    if (owner === undefined) owners.set(url, file)
    else {
      const message = `has the same URL as ${owner}: ${url}; give one of the two another 'slug', or put :year or :section into content.permalink`
      problems.push({ file, message })
    }
  }
  return problems
}
