import type { Words } from './words.ts'

/** One template as it was read. */
export interface Template {
  /** the path to name in messages: `templates/digest.mjml` */
  readonly file: string
  readonly source: string
}

/** All that a publisher may change about the looks of an edition. */
export interface Templates {
  /** by the name that `{% render %}` uses, `digest.mjml`; `digest.mjml` and `digest.txt` are always there */
  readonly files: ReadonlyMap<string, Template>
  /** by BCP 47 tag in lower case; `en` is always there */
  readonly languages: ReadonlyMap<string, Words>
}
