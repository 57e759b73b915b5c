import { Fault } from '../model/fault.ts'
import type { Consent } from '../model/join.ts'
import type { Store } from '../store/store.ts'
import type { Report } from './command.ts'

/** One reader, and what they agreed to. */
export async function showSubscriber(
  { subscribers, joins }: Pick<Store, 'subscribers' | 'joins'>,
  words: readonly string[],
): Promise<Report> {
  const [given, ...more] = words
  if (given === undefined || more.length > 0) {
    throw new Fault('usage', 'subscribers show takes one ADDRESS')
  }
  const reader = await subscribers.find(given)
  if (!reader) {
    return {
      text: `${given} is not on the list`,
      json: { subscriber: null, consents: [] },
      status: 3,
    }
  }
  const consents = await joins.consents(given)
  const { address, name, fields, language, topics, pausedUntil, status, createdAt } = reader
  const lines = [
    [address, name, language, status].filter((part) => part).join('  '),
    `on the list since ${createdAt.toISOString()}`,
    ...(topics ? [`topics: ${topics.join(', ') || 'none'}`] : []),
    ...(pausedUntil ? [`paused until ${pausedUntil.toISOString()}`] : []),
    ...Object.entries(fields ?? {}).map(([field, value]) => `${field}: ${value}`),
    ...consents.flatMap(consentLines),
    ...(consents.length === 0 ? ['no consent on record: added or imported'] : []),
  ]
  return {
    text: lines.join('\n'),
    json: {
      subscriber: { address, name, fields, language, topics, pausedUntil, status, createdAt },
      consents,
    },
  }
}

function consentLines({ askedAt, confirmedAt, from, text }: Consent): readonly string[] {
  return [
    '',
    `asked ${askedAt.toISOString()}, confirmed ${confirmedAt.toISOString()}, ${from ? `on a form of ${from}` : 'on the form of tidings serve'}, which said:`,
    ...text.split('\n').map((line) => `  ${line}`),
  ]
}
