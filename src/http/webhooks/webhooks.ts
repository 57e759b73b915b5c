import type { Provider, ProviderEvent } from '../../bounces/provider-event.ts'
import type { FetchText } from './sns.ts'

/** How mail providers tell us of bounces, and what becomes of that. */
export interface Webhooks {
  /** by which each is known; what is absent is off */
  readonly keys: Readonly<Partial<Record<Provider, string>>>
  readonly fetchText: FetchText
  readonly take: (events: readonly ProviderEvent[], now: Date) => Promise<void>
  readonly isSpent: (token: string) => Promise<boolean>
  readonly spend: (token: string, terms: { now: Date; until: Date }) => Promise<void>
}
