import type { Consent, ConsentText, DueJoin, JoinRequest, Limit } from '../model/join.ts'

export interface BeginTerms {
  readonly now: Date
  /** for the address, however it is spelled, see `mailboxOf` */
  readonly mailbox: readonly Limit[]
  /** for all addresses at its domain; not for the domains at which everybody has a mailbox */
  readonly domain: readonly Limit[]
}

/**
 * - `pending`: waits for its confirmation
 * - `joined`: was confirmed, and they are on the list
 * - `gone`: was confirmed and they have left since, was forgotten, or never was
 */
export type JoinState = 'pending' | 'joined' | 'gone'

/**
 * Who asks to join, and who has agreed to what. Messages go out later than the answer: so what is written while somebody
 * waits for a page is the same for every address, known or not.
 */
export interface Joins {
  /** Keeps what a form says. One that is known already stays as it is. */
  keepText(text: ConsentText): Promise<void>
  /**
   * Writes down that somebody asks, and that a message is due; looks up nothing.
   *
   * @param most how many may wait
   * @returns false when there are as many: nothing was written
   */
  ask(request: JoinRequest, most: number): Promise<boolean>
  /** Those whose message is due at `now`, oldest first. They are taken by `begin`. */
  due(now: Date, most: number): Promise<readonly DueJoin[]>
  /**
   * Commits that a byte of the message may be accepted from now on, and counts it against its limits, by hashes with a
   * key that this store keeps. One that was begun before is counted no more.
   *
   * @returns `taken` when another process has it or it is gone; `refused` when that would be too many messages: it is
   *   forgotten then. Do not send in either case
   */
  begin(join: DueJoin, terms: BeginTerms): Promise<'ours' | 'taken' | 'refused'>
  /** Puts one that was begun back, since no relay has accepted its message: it is due again at `dueAt`. */
  again(id: string, dueAt: Date): Promise<void>
  /** Forgets one. */
  drop(id: string): Promise<void>
  /** How many messages were begun after `since`, which is at most a month ago. */
  mailedSince(since: Date): Promise<number>

  /** @returns how it stands with a request, and the language that it was made in */
  find(id: string): Promise<{ readonly state: JoinState; readonly language?: string }>
  /**
   * Puts whoever asked on the list, back on it if they had left, and keeps what they agreed to. Once only: later ones
   * change nothing. Who is suppressed meanwhile stays so, and the request is `gone`.
   */
  confirm(id: string, now: Date): Promise<{ readonly state: JoinState; readonly language?: string }>
  /** What the owner of an address agreed to, oldest first. */
  consents(address: string): Promise<readonly Consent[]>
  /**
   * Deletes requests made before `before` that nobody confirmed, and counts older than a month.
   * @returns how many requests
   */
  expire(before: Date, now: Date): Promise<number>
}
