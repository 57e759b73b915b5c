import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Article, copyArticle } from '../model/article.ts'
import { type ArticleList, listOf } from '../model/article-list.ts'
import { isPointer, signatureLength, trueType } from './media-signature.ts'

/** Where files that are published as they are stand in a publication, for one generator or another. */
const staticFolders = ['static', 'public', 'assets']

/**
 * Gives media files their true length and type where the file is at hand: beside its article, or in the content folder or
 * that of static files, under the path that it has on the web.
 *
 * @param folder the content folder, relative to `root`
 * @param base the publication's URL
 */
export function measureMedia(
  articles: ArticleList,
  { root, folder, base }: { readonly root: string; readonly folder: string; readonly base: string },
): ArticleList {
  const measured = new Map<number, Article>()
  for (const place of articles.special()) {
    const article = articles.get(place)
    const { enclosure, url, file } = article
    if (!enclosure) continue
    const beside = pathBelow(enclosure.url, url)
    const onSite = pathBelow(enclosure.url, base)
    const places = [
      ...(beside === undefined ? [] : [join(dirname(file), beside)]),
      ...(onSite === undefined ? [] : [folder, ...staticFolders].map((one) => join(one, onSite))),
    ]
    const found = firstOf(places, (path) => look(join(root, path)))
    if (!found) continue
    const { length, beginning } = found
    if (isPointer(beginning)) continue
    const type = trueType(enclosure.type, beginning)
    if (length === enclosure.length && type === enclosure.type) continue
    const other = { ...copyArticle(article, article.id), enclosure: { ...enclosure, length, type } }
    measured.set(place, other)
  }
  if (measured.size === 0) return articles
  return listOf(articles.slice().map((article, place) => measured.get(place) ?? article))
}

function firstOf<From, To>(
  list: readonly From[],
  find: (one: From) => To | undefined,
): To | undefined {
  for (const one of list) {
    const found = find(one)
    if (found !== undefined) return found
  }
  return undefined
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

/** @returns undefined for what is no file, is empty, or cannot be read */
function look(path: string): { length: number; beginning: Uint8Array } | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat?.isFile() || stat.size === 0) return undefined
    const descriptor = openSync(path, 'r')
    try {
      const beginning = Buffer.alloc(signatureLength)
      return {
        length: stat.size,
        beginning: beginning.subarray(0, readSync(descriptor, beginning)),
      }
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}
