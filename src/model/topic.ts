/** The short name of a topic; it stands in lists of readers and in forms. */
export type TopicId = string

/** Small letters and digits, `-` and `_` between them, at most 40. */
export const topicId = /^(?=.{1,40}$)[a-z\d]+(?:[-_][a-z\d]+)*$/

/** What readers can choose to get: all articles with one of some tags. */
export interface Topic {
  readonly id: TopicId
  /** as readers see it */
  readonly name: string
  /** at least one, compared as feeds compare them */
  readonly tags: readonly string[]
  /** chosen beforehand for those who join */
  readonly default: boolean
}

/** The same choice is always written the same way: each once, in the order of code units. */
export function sortTopics(topics: readonly TopicId[]): readonly TopicId[] {
  return [...new Set(topics)].sort()
}

/** Whether two readers chose the same; undefined is everything. */
export function sameTopics(
  one: readonly TopicId[] | undefined,
  two: readonly TopicId[] | undefined,
): boolean {
  return one === two || (one !== undefined && two !== undefined && `${one}` === `${two}`)
}
