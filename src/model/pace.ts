/**
 * How far a relay or a destination is spared after it asked for it: what senders of one store share about it. Instants
 * are milliseconds since 1970. Who never asked has none.
 */
export interface Pace {
  /** the share of full speed that it fell to, above 0 and at most 1; it rises again from there, see `levelAt` */
  readonly level: number
  /** when it last asked to be spared */
  readonly slowedAt: number
  /**
   * Messages a second that it took when it first did: what `level` is a share of where no rate is configured. Absent
   * when too few were sent to tell: then only fewer are sent at once.
   */
  readonly ceiling?: number
  /** pauses in a row since it last took a message; 0: it takes messages */
  readonly pauses: number
  /** when the first of these pauses began */
  readonly since: number
  /** nothing is sent before; then one message, and the others when that has been taken */
  readonly pausedUntil: number
  /** somebody has that one message in hand until then */
  readonly probeUntil: number
  /** the kind of reply by which it asked, without anybody's address */
  readonly reply: string
}
