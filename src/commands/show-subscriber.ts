import { everythingHeld } from '../http/held.ts'
import { Fault } from '../model/fault.ts'
import type { Consent } from '../model/join.ts'
import type { Store } from '../store/store.ts'
import type { Report } from './command.ts'

/** Everything held on one reader. */
export async function showSubscriber(store: Store, words: readonly string[]): Promise<Report> {
  const [given, ...more] = words
  if (given === undefined || more.length > 0) {
    throw new Fault('usage', 'subscribers show takes one ADDRESS')
  }
  const reader = await store.subscribers.find(given)
  if (!reader) {
    return {
      text: `${given} is not on the list`,
      json: { subscriber: null, consents: [] },
      status: 3,
    }
  }
  const { consents, deliveries, feedback, changesOfAddress } = await everythingHeld(store, reader)
  const { address, name, fields, language, topics, pausedUntil, status, createdAt } = reader
  const lines = [
    [address, name, language, status].filter((part) => part).join('  '),
    `on the list since ${createdAt.toISOString()}`,
    ...(topics ? [`topics: ${topics.join(', ') || 'none'}`] : []),
    ...(pausedUntil ? [`paused until ${pausedUntil.toISOString()}`] : []),
    ...Object.entries(fields ?? {}).map(([field, value]) => `${field}: ${value}`),
    ...consents.flatMap(consentLines),
    ...(consents.length === 0 ? ['no consent on record: added or imported'] : []),
    ...changesOfAddress.map(
      ({ address: wanted, askedAt }) =>
        `asked ${askedAt.toISOString()} to be mailed at ${wanted} instead, and has not confirmed`,
    ),
    ...(deliveries.length === 0 ? [] : ['', 'editions:']),
    ...deliveries.map(
      ({ edition, state, changedAt }) => `  ${edition}  ${state}  ${changedAt.toISOString()}`,
    ),
    ...(feedback.length === 0 ? [] : ['', 'what came back:']),
    ...feedback.map(({ kind, at, diagnostic }) => `  ${kind}  ${at.toISOString()}  ${diagnostic}`),
  ]
  return {
    text: lines.join('\n'),
    json: {
      subscriber: { address, name, fields, language, topics, pausedUntil, status, createdAt },
      consents,
      deliveries,
      feedback,
      changesOfAddress,
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
