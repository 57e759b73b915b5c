import type { Outcome } from '../model/delivery.ts'

/** A composed message, ready for the wire. */
export interface Message {
  readonly envelope: {
    /** the return path (RFC 5321 MAIL FROM), a bare address */
    readonly from: string
    /** one recipient, a bare address */
    readonly to: string
  }
  /** `<…@…>`, as in the header */
  readonly messageId: string
  /** RFC 5322 with CRLF line ends */
  readonly bytes: Uint8Array
}

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
