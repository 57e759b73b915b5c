/** An article file that was found, not yet read. */
export interface Found {
  readonly path: string
  /** relative to `root`, with `/` between its parts, in NFC */
  readonly file: string
}
