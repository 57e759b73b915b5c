import type { Article } from '../model/article.ts'
import type { ArticleList, Column } from '../model/article-list.ts'
import type { Rows } from './cache-format.ts'
import type { Found } from './found.ts'
import { StoredArticle } from './stored-article.ts'

/**
 * The articles of a table, in the order of its rows.
 *
 * @param foundAt the file of a row
 * @param others what has taken the place of some of them, by row
 */
export function storedList(
  rows: Rows,
  foundAt: (row: number) => Found,
  others: ReadonlyMap<number, Article>,
): ArticleList {
  const made = new Map(others)
  const columns: { readonly [Name in Column]: (row: number) => Article[Name] } = rows
  const { count: length } = rows
  const get = (row: number) => {
    const known = made.get(row)
    if (known) return known
    if (!(row >= 0 && row < length)) throw new RangeError(`article ${row} of ${length}`)
    const article = new StoredArticle(rows, row, foundAt(row))
    made.set(row, article)
    return article
  }
  return {
    length,
    get,
    slice(from = 0, to = length) {
      const end = Math.min(to, length)
      return Array.from({ length: Math.max(0, end - from) }, (_, at) => get(from + at))
    },
    column(name) {
      const cell = columns[name]
      if (others.size === 0) return cell
      return (row) => others.get(row)?.[name] ?? cell(row)
    },
    times: () => (row) => others.get(row)?.publishedAt.getTime() ?? rows.publishedAt(row),
    special: () => [...new Set([...rows.special(), ...others.keys()])].sort((a, b) => a - b),
    *[Symbol.iterator]() {
      for (let row = 0; row < length; row++) yield get(row)
    },
  }
}
