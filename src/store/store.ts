import type { AddressChanges } from './address-changes.ts'
import type { FeedbackLog } from './feedback.ts'
import type { Joins } from './joins.ts'
import type { Ledger } from './ledger.ts'
import type { KeptSecrets } from './secrets.ts'
import type { Statistics } from './statistics.ts'
import type { Subscribers } from './subscribers.ts'
import type { Throttle } from './throttle.ts'

/** One opened store: the ports share its connection and its transactions. */
export interface Store {
  readonly ledger: Ledger
  readonly subscribers: Subscribers
  readonly throttle: Throttle
  readonly joins: Joins
  readonly changes: AddressChanges
  readonly secrets: KeptSecrets
  readonly feedback: FeedbackLog
  readonly statistics: Statistics
  close(): Promise<void>
}
