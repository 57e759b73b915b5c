import type { Config } from '../config.ts'
import { Fault } from '../model/fault.ts'
import type { Choice, Subscriber } from '../model/subscriber.ts'
import { sameTopics, sortTopics, type TopicId } from '../model/topic.ts'
import type { Store } from '../store/store.ts'
import { cleanName } from '../subscribers/name.ts'
import { pauseUntil } from '../subscribers/preference-form.ts'
import type { Report, Values } from './command.ts'
import { demandReader } from './recipient-status.ts'

/**
 * Writes down what a reader asked for by mail or in person, as if they had chosen it on their page: no list changes it
 * from then on.
 */
export async function setSubscriber(
  store: Store,
  { words, values, config, now }: Asked,
): Promise<Report> {
  const [given, ...more] = words
  const said = [values.name, values.language, values.topics, values.pause]
  if (given === undefined || more.length > 0 || said.every((value) => value === undefined)) {
    throw new Fault(
      'usage',
      'subscribers set takes one ADDRESS, and what is new: --name, --language, --topics, --pause',
    )
  }
  const reader = await demandReader(store, given)
  const choice = choiceOf(reader, values, config, now)
  await store.subscribers.choose(reader.id, choice, now)
  const { name, language, topics, pausedUntil } = choice
  const isNew = [
    name !== reader.name && `name ${name || 'none'}`,
    language !== reader.language && `language ${language}`,
    !sameTopics(topics, reader.topics) && `topics ${topics ? topics.join(', ') || 'none' : 'all'}`,
    pausedUntil?.getTime() !== reader.pausedUntil?.getTime() &&
      (pausedUntil ? `paused until ${pausedUntil.toISOString()}` : 'no pause'),
  ].filter((part) => part !== false)
  return {
    text: `${reader.address}: ${isNew.join('; ') || 'nothing new'}`,
    json: { address: reader.address, name, language, topics, pausedUntil },
  }
}

interface Asked {
  readonly words: readonly string[]
  readonly values: Values
  readonly config: Config
  readonly now: Date
}

function choiceOf(reader: Subscriber, values: Values, config: Config, now: Date): Choice {
  const language = languageOf(values.language) ?? reader.language
  const topics = values.topics === undefined ? reader.topics : topicsOf(values.topics, config)
  const pausedUntil =
    values.pause === undefined
      ? reader.pausedUntil
      : readPause(String(values.pause), config.publication.timezone, now)
  return {
    name: typeof values.name === 'string' ? cleanName(values.name) : reader.name,
    ...(language !== undefined && { language }),
    ...(topics && { topics }),
    ...(pausedUntil && { pausedUntil }),
  }
}

function readPause(text: string, timezone: string, now: Date): Date | undefined {
  if (text === 'none') return undefined
  const end = pauseUntil(text, timezone, now)
  if (end) return end
  throw new Fault(
    'usage',
    `--pause ${text}: not a day of the next two years; write it as 2027-01-31, or none`,
  )
}

export function languageOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  try {
    return Intl.getCanonicalLocales(value)[0]
  } catch (cause) {
    throw new Fault('usage', `--language ${value}: not a language tag; write it as es or pt-BR`, {
      cause,
    })
  }
}

/**
 * @returns undefined for `all`, and when nothing is said
 * @throws {Fault} 'usage' for one that the configuration does not have: a slip would cost the reader every edition
 */
export function topicsOf(
  value: unknown,
  { file, newsletter }: Config,
): readonly TopicId[] | undefined {
  if (typeof value !== 'string' || value.trim() === 'all') return undefined
  const words = value.split(/[\s,]+/).filter((word) => word !== '')
  if (words.length === 1 && words[0] === 'none') return []
  const known = newsletter?.topics.map(({ id }) => id) ?? []
  const stranger = words.find((word) => !known.includes(word))
  if (words.length > 0 && stranger === undefined) return sortTopics(words)
  const choice = known.length > 0 ? `say all, none, or some of ${known.join(', ')}` : 'it has none'
  throw new Fault('usage', `--topics ${value}: not in newsletter.topics of ${file}; ${choice}`)
}
