/** Who wrote something: at least a name or an e-mail address, a person or an organisation. */
export interface Author {
  readonly name: string
  readonly email?: string
  /** absolute http(s) URL */
  readonly url?: string
}

/** The publication as a whole: what all feeds and editions have in common. */
export interface Publication {
  readonly title: string
  readonly description: string
  /** absolute http(s) URL with a trailing slash: where out/ is published */
  readonly url: string
  /** the same, as it was when the feeds were first published, where it is another one now: their identities are made of it */
  readonly firstUrl?: string
  /** BCP 47 */
  readonly language: string
  /** IANA time zone: dates without an offset are in it */
  readonly timezone: string
  readonly author?: Author
  readonly copyright?: string
  /** absolute URL */
  readonly icon?: string
}
