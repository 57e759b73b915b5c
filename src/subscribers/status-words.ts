import type { SubscriberStatus } from '../model/subscriber.ts'

/** What other programs' exports call the states of a subscriber. */
const words: Readonly<Record<SubscriberStatus, readonly string[]>> = {
  active: ['active', 'subscribed', 'confirmed', 'enabled'],
  unsubscribed: ['unsubscribed', 'inactive', 'disabled', 'optedout', 'optout', 'left'],
  suppressed: [
    'suppressed',
    'bounced',
    'cleaned',
    'complained',
    'spam',
    'blocklisted',
    'blacklisted',
    'blocked',
  ],
  unlisted: ['unlisted'],
}

/** @returns undefined for a word that means none of them: who is not known to be active is not mailed */
export function readStatus(word: string): SubscriberStatus | undefined {
  const plain = word.toLowerCase().replace(/[\s_-]+/g, '')
  for (const status of Object.keys(words) as SubscriberStatus[]) {
    if (words[status].includes(plain)) return status
  }
  return undefined
}
