import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Article, copyArticle } from '../model/article.ts'
import { type ArticleList, listOf } from '../model/article-list.ts'

/** Where files that are published as they are stand in a publication, for one generator or another. */
const staticFolders = ['static', 'public', 'assets']

/**
 * Gives media files their true length where the author gave none and the file is at hand: beside its article, or in the
 * content folder or that of static files, under the path that it has on the web.
 *
 * @param folder the content folder, relative to `root`
 * @param base the publication's URL
 */
export function measureMedia(
  articles: ArticleList,
  { root, folder, base }: { readonly root: string; readonly folder: string; readonly base: string },
): ArticleList {
  if (!articles.special().some((place) => isUnmeasured(articles.get(place)))) return articles
  const measured = articles.slice().map((article) => {
    const { enclosure, url, file } = article
    if (!enclosure || !isUnmeasured(article)) return article
    const beside = pathBelow(enclosure.url, url)
    const onSite = pathBelow(enclosure.url, base)
    const places = [
      ...(beside === undefined ? [] : [join(dirname(file), beside)]),
      ...(onSite === undefined ? [] : [folder, ...staticFolders].map((one) => join(one, onSite))),
    ]
    const length = places.map((place) => sizeOf(join(root, place))).find((size) => size > 0)
    return length
      ? { ...copyArticle(article, article.id), enclosure: { ...enclosure, length } }
      : article
  })
  return listOf(measured)
}

function isUnmeasured({ enclosure }: Article): boolean {
  return enclosure?.length === 0
}

/** @returns a path that does not leave its folder; undefined when the URL is not below the other */
function pathBelow(url: string, base: string): string | undefined {
  const path = url.replace(/[?#].*$/, '')
  const top = base.replace(/[^/]*$/, '')
  if (!path.startsWith(top)) return undefined
  try {
    const segments = path.slice(top.length).split('/').map(decodeURIComponent)
    return segments.some((segment) => segment === '..' || /[/\\\0]/.test(segment))
      ? undefined
      : segments.join('/')
  } catch {
    return undefined // %zz
  }
}

function sizeOf(path: string): number {
  try {
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat?.isFile() ? stat.size : 0
  } catch {
    return 0
  }
}
