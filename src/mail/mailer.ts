import type { Outcome, Refusal } from '../model/delivery.ts'
import { Fault } from '../model/fault.ts'
import type { Message } from '../model/message.ts'

export type { Message }

export interface SubmitTerms {
  /**
   * Resolves when the message may be accepted: until then it may be on its way, but not the end of it. When it
   * rejects, the message is not sent. Absent: at once.
   */
  readonly leave?: Promise<unknown>
  /**
   * What the caller submits next, if that is known. It is asked for when the end of this message leaves, and what it
   * names may be announced to the relay in the same breath: it is then submitted next, or withdrawn, or the mailer closed.
   */
  readonly next?: () => Message | undefined
}

/** The relay takes no message of this size. Others of the same edition may be smaller: names, fields and topics differ. */
export class MessageTooBig extends Fault {
  /** what the relay said, or would say */
  readonly reply: string

  constructor(relay: string, reply: string) {
    const remedy =
      "take it back with 'tidings cancel EDITION', and send fewer or shorter articles (newsletter.maxArticles)"
    super('unavailable', `${relay} takes no message as big as this edition's: ${reply}; ${remedy}`)
    this.reply = reply
  }
}

/** The port to whatever takes our messages. */
export interface Mailer {
  /**
   * Hands one message to the relay and says what became of it. Never throws for one recipient's sake. A refusal may
   * come before `leave` does.
   *
   * @throws {Fault} 'unavailable' when the relay was never in reach or refuses us: stop the run, nothing is lost; and whatever
   *   `leave` rejects with: then it was not accepted
   * @throws {MessageTooBig} when it takes none of this size
   */
  submit(message: Message, terms?: SubmitTerms): Promise<Outcome | Refusal>
  /** Frees what was kept for a message that `next` has named, and that is not submitted after all. */
  withdraw(message: Message): void
  /** Ends idle connections politely; the mailer cannot be used afterwards. */
  close(): Promise<void>
}
