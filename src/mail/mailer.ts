import type { Outcome } from '../model/delivery.ts'
import type { Message } from '../model/message.ts'

export type { Message }

/** The port to whatever takes our messages. */
export interface Mailer {
  /**
   * Hands one message to the relay and says what became of it. Never throws for one recipient's sake.
   *
   * @throws {Fault} 'unavailable' when the relay is gone or refuses us: stop the run, nothing is lost
   */
  submit(message: Message): Promise<Outcome>
  /** Ends idle connections politely; the mailer cannot be used afterwards. */
  close(): Promise<void>
}
