/** A composed message, ready for the wire. */
export interface Message {
  readonly envelope: {
    /** the return path (RFC 5321 MAIL FROM), a bare address */
    readonly from: string
    /** one recipient, a bare address */
    readonly to: string
    /** what reports on this message are to call it (RFC 3461 ENVID): letters, digits and hyphens */
    readonly id?: string
  }
  /** `<…@…>`, as in the header */
  readonly messageId: string
  /** RFC 5322 with CRLF line ends */
  readonly bytes: Uint8Array
  /** the same in parts, for who writes it; what many messages share is the same object in all of them */
  readonly parts?: readonly Uint8Array[]
}
