import type { AddressChange, DueNotice } from '../model/address-change.ts'
import type { SubscriberId } from '../model/subscriber.ts'
import type { BeginTerms } from './joins.ts'

export interface ChangeStanding {
  /** `gone`: it was made, has expired, or never was; or the reader has left, or the address must not be mailed */
  readonly state: 'pending' | 'changed' | 'gone'
  /** BCP 47, the reader's */
  readonly language?: string
}

/** Readers who want to be mailed elsewhere, and the messages that this takes. As with `Joins`, these go out later. */
export interface AddressChanges {
  /**
   * Writes down that a reader asks; looks nothing up about the new address.
   *
   * @param most how many one reader may have asked for without confirming
   * @returns false when there are as many: nothing was written
   */
  ask(change: AddressChange, most: number): Promise<boolean>
  /** Those whose message is due at `now`, oldest first. */
  due(now: Date, most: number): Promise<readonly DueNotice[]>
  /**
   * As `Joins.begin`; what is `told` to an old address counts against no limit. What is refused stays until it expires:
   * readers may look at what they asked for, and nothing in it tells how the new address stands with us.
   */
  begin(notice: DueNotice, terms: BeginTerms): Promise<'ours' | 'taken' | 'refused'>
  /** As `Joins.again`. */
  again(id: string, dueAt: Date): Promise<void>
  drop(id: string): Promise<void>
  find(id: string): Promise<ChangeStanding>
  /**
   * Makes the new address the reader's, and marks the old one, so that no list brings it back. Whoever has the new address
   * on the list already stays there, and back if they had left: then the old one only leaves. A message to the old address
   * is due in either case. Once only; nothing happens where the new address is suppressed.
   */
  confirm(id: string, now: Date): Promise<ChangeStanding>
  /** What one reader asked for and has not confirmed, oldest first. */
  pending(subscriber: SubscriberId): Promise<readonly AddressChange[]>
  /** Deletes requests made before. @returns how many */
  expire(before: Date): Promise<number>
}
