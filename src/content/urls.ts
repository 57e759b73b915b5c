import type { ArticleList } from '../model/article-list.ts'
import type { Problem } from '../model/problem.ts'

/** Two articles cannot have one permanent link: a reader of the one would find the other. Drafts have none yet. */
export function findSharedUrls(articles: ArticleList): readonly Problem[] {
  const [urlAt, isDraft] = [articles.column('url'), articles.column('draft')]
  const owners = new Map<string, number>()
  const problems: Problem[] = []
  for (let place = 0; place < articles.length; place++) {
    if (isDraft(place)) continue
    const url = urlAt(place)
    const owner = owners.get(url)
    if (owner === undefined) owners.set(url, place)
    else {
      const { file } = articles.get(place)
      const message = `has the same URL as ${articles.get(owner).file}: ${url}; give one of the two another 'slug', or put :year or :section into content.permalink`
      problems.push({ file, message })
    }
  }
  return problems
}
