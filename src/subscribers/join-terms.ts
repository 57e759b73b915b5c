import type { Limit } from '../model/join.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** All the numbers of joining, in milliseconds and requests; docs/joining.md tells them to people. */
export const joinTerms = {
  /** no person fills in a form in less */
  quickest: 2 * second,
  /** for how long a form may stand open */
  formStays: 12 * hour,
  /** for how long the link in the message is good; who has not confirmed by then is forgotten */
  linkStays: 7 * day,
  /** for how long it is tried to hand the message to the relay */
  triedFor: 3 * day,
  /** messages to one mailbox, whatever the spelling: asking again within the first of them sends nothing */
  mailbox: [
    { within: 10 * minute, most: 1 },
    { within: day, most: 3 },
    { within: 30 * day, most: 6 },
  ],
  /** messages to one domain, unless it is one at which everybody has a mailbox */
  domain: [
    { within: hour, most: 30 },
    { within: day, most: 100 },
  ],
  /** requests from one address: IPv4, or the /64 of IPv6 that one household has */
  client: [
    { within: 10 * minute, most: 10 },
    { within: day, most: 50 },
  ],
  /** requests from one network: the /24 of IPv4, the /48 of IPv6 */
  network: [
    { within: 10 * minute, most: 40 },
    { within: day, most: 250 },
  ],
  /** requests of which the message has not left; more are turned away until it has */
  mostWaiting: 10_000,
} as const satisfies Record<string, number | readonly Limit[]>
