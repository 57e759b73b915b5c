import type { SubscriberStatus } from '../model/subscriber.ts'

/** An import may only be stricter than what is known; it brings back those whom the list left out, nobody else. */
export function nextStatus(
  known: SubscriberStatus,
  given: SubscriberStatus = 'active',
): SubscriberStatus {
  if (known === 'suppressed' || given === 'suppressed') return 'suppressed'
  if (known === 'unsubscribed' || given === 'unsubscribed') return 'unsubscribed'
  return given === 'unlisted' ? known : 'active'
}
