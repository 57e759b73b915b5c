import { termKey } from '../feeds/terms.ts'
import type { Article } from '../model/article.ts'
import type { RenderedEdition } from '../model/edition.ts'
import { sortTopics, type Topic, type TopicId } from '../model/topic.ts'
import { nearestLanguage } from '../templates/words.ts'

/** Readers who asked for the same. */
export interface Askers {
  /** BCP 47, one of those that are spoken */
  readonly language: string
  /** absent: everything */
  readonly topics?: readonly TopicId[]
  readonly count: number
}

/** What some of the readers get of an edition. */
export interface Share extends Pick<RenderedEdition, 'language' | 'topics'> {
  /** in the order of the edition; at least one */
  readonly articles: readonly Article[]
  /** how many get it */
  readonly readers: number
}

export interface ShareOut {
  /** the whole edition in each language, the given one first; then parts of it, those with the most readers first */
  readonly shares: readonly Share[]
  /** the topics of its articles; absent: some are for everybody */
  readonly onlyFor?: readonly TopicId[]
  /** readers for whom there is something in it */
  readonly readers: number
  /** of these, how many get articles that they did not choose, since there would be too many shares otherwise */
  readonly overserved: number
  /** topics that readers chose and that there are no more */
  readonly unknown: readonly TopicId[]
}

/**
 * Works out which parts of an edition its readers chose. An article that is of no topic is for everybody. Choices that
 * come to the same articles share them; beyond `most` shares, the rarest choices get the nearest larger share, and in
 * the end the whole edition.
 *
 * @param articles of the edition; at least one
 * @param topics none: everybody gets everything
 */
export function shareOut(
  articles: readonly Article[],
  topics: readonly Topic[],
  askers: readonly Askers[],
  { language, most }: { readonly language: string; readonly most: number },
): ShareOut {
  const known = sortTopics(topics.map(({ id }) => id))
  const ofArticle = articles.map((article) => topicsOf(article, topics))
  const shares = new Map<string, Share>()
  for (const spoken of new Set([language, ...askers.map((each) => each.language)])) {
    const chosen = topics.length === 0 ? {} : { topics: known }
    const key = keyOf(
      spoken,
      articles.map(() => true),
    )
    shares.set(key, { language: spoken, ...chosen, articles, readers: 0 })
  }
  for (const { language: spoken, topics: chosen, count } of askers) {
    const picked = ofArticle.map((own) => isChosen(own, known.length === 0 ? undefined : chosen))
    if (!picked.includes(true)) continue
    const key = keyOf(spoken, picked)
    const share = shares.get(key) ?? {
      language: spoken,
      topics: known.filter((topic) =>
        ofArticle.every((own, at) => picked[at] || !own.includes(topic)),
      ),
      articles: articles.filter((_, at) => picked[at]),
      readers: 0,
    }
    shares.set(key, { ...share, readers: share.readers + count })
  }
  const asked = sortTopics(askers.flatMap((each) => each.topics ?? []))
  return {
    ...atMost(most, [...shares.values()], articles.length),
    ...(ofArticle.some((own) => own.length === 0) ? {} : { onlyFor: sortTopics(ofArticle.flat()) }),
    readers: [...shares.values()].reduce((sum, share) => sum + share.readers, 0),
    unknown: known.length === 0 ? [] : asked.filter((topic) => !known.includes(topic)),
  }
}

function topicsOf({ tags }: Article, topics: readonly Topic[]): readonly TopicId[] {
  const keys = new Set(tags.map(termKey))
  return topics
    .filter((topic) => topic.tags.some((tag) => keys.has(termKey(tag))))
    .map(({ id }) => id)
}

function isChosen(own: readonly TopicId[], chosen: readonly TopicId[] | undefined): boolean {
  return chosen === undefined || own.length === 0 || own.some((topic) => chosen.includes(topic))
}

function keyOf(language: string, picked: readonly boolean[]): string {
  return `${language} ${picked.map(Number).join('')}`
}

function nameOf({ language, topics }: Share): string {
  return `${language} ${topics}`
}

/** The whole edition is always there; of its parts, those that most readers chose. */
function atMost(
  most: number,
  shares: readonly Share[],
  whole: number,
): Pick<ShareOut, 'shares' | 'overserved'> {
  const wholes = shares.filter(({ articles }) => articles.length === whole)
  const parts = shares
    .filter(({ articles }) => articles.length < whole)
    .sort((a, b) => b.readers - a.readers || (nameOf(a) < nameOf(b) ? -1 : 1))
  const room = Math.max(most - wholes.length, 0)
  const overserved = parts.slice(room).reduce((sum, { readers }) => sum + readers, 0)
  return { shares: [...wholes, ...parts.slice(0, room)], overserved }
}

/**
 * What a reader gets of an edition: in the language nearest to theirs, all that they chose and as little else as there
 * is of it.
 *
 * @param variants as `shareOut` orders them
 */
export function variantFor<Variant extends Pick<RenderedEdition, 'language' | 'topics'>>(
  variants: readonly Variant[],
  { language, topics }: { readonly language?: string; readonly topics?: readonly TopicId[] },
): Variant | undefined {
  const languages = variants.map((variant) => variant.language)
  const nearest = language === undefined ? undefined : nearestLanguage(languages, language)
  const spoken = variants.filter((variant) => variant.language === (nearest ?? languages[0]))
  const whole = spoken[0]
  if (!topics || !whole?.topics) return whole
  // What is no topic any more, or was none yet, chooses nothing
  const chosen = topics.filter((topic) => whole.topics?.includes(topic))
  const fitting = spoken.filter((variant) =>
    chosen.every((topic) => variant.topics?.includes(topic)),
  )
  const size = (variant: Variant) => variant.topics?.length ?? 0
  return fitting.reduce((least, next) => (size(next) < size(least) ? next : least), whole)
}
