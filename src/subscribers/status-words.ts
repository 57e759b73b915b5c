import type { SubscriberStatus } from '../model/subscriber.ts'

/** What a word of another program's export says of somebody. */
export interface Standing {
  /** `unconfirmed`: asked to join and never proved the address, or was never asked */
  readonly status: SubscriberStatus | 'unconfirmed'
  /** why they must not be mailed, where the word tells it */
  readonly reason?: string
}

/** What other programs' exports call the states of a subscriber, without spaces, `-` and `_`. */
const table: readonly (Standing & { readonly words: string })[] = [
  {
    status: 'active',
    words:
      'active subscribed confirmed enabled cold regular premium gifted trialed churning paused pastdue unpaid comped free paid',
  },
  {
    status: 'unsubscribed',
    words:
      'unsubscribed inactive disabled optedout optout left cancelled canceled removed archived deleted',
  },
  { status: 'suppressed', words: 'suppressed' },
  {
    status: 'suppressed',
    reason: 'bounced',
    words: 'bounced hardbounced hardbounce bounce cleaned undeliverable undeliverableemail invalid',
  },
  {
    status: 'suppressed',
    reason: 'complained',
    words: 'complained complaint spam abuse spamcomplaint',
  },
  {
    status: 'suppressed',
    reason: 'blocked',
    words: 'blocklisted blacklisted blocked banned spammy',
  },
  { status: 'unlisted', words: 'unlisted' },
  {
    status: 'unconfirmed',
    words:
      'unconfirmed pending unactivated validating needsattention nonsubscribed notsubscribed transactional awaitingconfirmation',
  },
]

const standings: ReadonlyMap<string, Standing> = new Map(
  table.flatMap(({ words, ...standing }) =>
    words.split(' ').map((word) => [word, standing] as const),
  ),
)

/** @returns undefined for a word that means none of them: who is not known to be active is not mailed */
export function readStatus(word: string): Standing | undefined {
  return standings.get(word) ?? standings.get(word.toLowerCase().replace(/[\s_-]+/g, ''))
}
