/** A check returns the value of a key in its final form, or a `Wrong` that says what was expected. */
export type Check = (value: unknown) => unknown

export class Wrong {
  readonly expected: string
  constructor(expected: string) {
    this.expected = expected
  }
}
