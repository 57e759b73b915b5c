import type { NewSubscriber } from '../model/subscriber.ts'
import { sortTopics, topicId } from '../model/topic.ts'

const noTopic = 'none'

/** Ids with spaces, commas or semicolons between them; `none` for one who wants nothing but what is for everybody. */
export function readTopics(
  text: string,
): Pick<NewSubscriber, 'topics'> & { readonly misnamed?: string } {
  if (text === '') return {}
  const words = text
    .toLowerCase()
    .split(/[\s,;|]+/)
    .filter((word) => word !== '')
  if (words.length === 0) return {}
  const misnamed = words.find((word) => !topicId.test(word))
  const topics = sortTopics(words.filter((word) => word !== noTopic && topicId.test(word)))
  if (topics.length === 0 && !words.includes(noTopic)) return { ...(misnamed && { misnamed }) }
  return { topics, ...(misnamed && { misnamed }) }
}

/** As `readRecord` takes it back; empty when nothing was chosen, which is everything. */
export function writeTopics({ topics }: Pick<NewSubscriber, 'topics'>): string {
  if (!topics) return ''
  return topics.length === 0 ? noTopic : topics.join(' ')
}
