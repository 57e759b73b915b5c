import type { Article } from './article.ts'

/** What a list tells of its articles without making them. */
export type Column = 'id' | 'url' | 'tags' | 'authors' | 'section' | 'language' | 'draft'

/**
 * Articles by their places, each made when somebody asks for it: of a hundred thousand a build shows a few hundred. The
 * same place gives the same article each time.
 */
export interface ArticleList extends Iterable<Article> {
  readonly length: number
  /** @throws {RangeError} for a place that it has not */
  get(place: number): Article
  /** @param from at least 0, as is `to` */
  slice(from?: number, to?: number): readonly Article[]
  /** One property by the places of the articles. */
  column<Name extends Column>(name: Name): (place: number) => Article[Name]
  /** `publishedAt` by the places of the articles, milliseconds since 1970-01-01T00:00Z */
  times(): (place: number) => number
  /** in order, the places of those that may have an image, an enclosure, contributors or an end; all others have none */
  special(): readonly number[]
}

export function listOf(articles: readonly Article[]): ArticleList {
  const get = (place: number) => {
    const article = articles[place]
    if (!article) throw new RangeError(`article ${place} of ${articles.length}`)
    return article
  }
  return {
    length: articles.length,
    get,
    slice: (from, to) => articles.slice(from, to),
    column: (name) => (place) => get(place)[name],
    times: () => (place) => get(place).publishedAt.getTime(),
    special: () => [...articles.keys()],
    [Symbol.iterator]: () => articles.values(),
  }
}

/** Those at some places of another list, in this order. */
export function pickFrom(list: ArticleList, places: readonly number[]): ArticleList {
  const placeOf = (place: number) => {
    const other = places[place]
    if (other === undefined) throw new RangeError(`article ${place} of ${places.length}`)
    return other
  }
  return {
    length: places.length,
    get: (place) => list.get(placeOf(place)),
    slice: (from, to) => places.slice(from, to).map(list.get),
    column(name) {
      const cell = list.column(name)
      return (place) => cell(placeOf(place))
    },
    times() {
      const time = list.times()
      return (place) => time(placeOf(place))
    },
    special() {
      const special = new Set(list.special())
      return [...places.keys()].filter((place) => special.has(placeOf(place)))
    },
    *[Symbol.iterator]() {
      for (const place of places) yield list.get(place)
    },
  }
}
