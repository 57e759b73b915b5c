import type { Body } from '../model/article.ts'
import { Fault } from '../model/fault.ts'
import type { Found } from './found.ts'
import { type ParseOptions, parseArticle } from './parse-article.ts'
import { readArticleFile } from './read-folder.ts'

/**
 * A body that is in memory only from the first time that somebody asks for it. A class, since one is made for each
 * article, and a getter of its own takes ten times as long to make as the rest.
 */
export class LazyBody implements Body {
  readonly format: Body['format']
  readonly line: number
  readonly hash: string
  readonly found: Found
  readonly options: ParseOptions
  #text: string | undefined

  /** @param options with the readers that the file needs, when its text is asked for */
  constructor(
    found: Found,
    format: Body['format'],
    line: number,
    hash: string,
    options: ParseOptions,
  ) {
    this.format = format
    this.line = line
    this.hash = hash
    this.found = found
    this.options = options
  }

  /** @throws {Fault} 'content-invalid' when the file can no longer be read */
  get source(): string {
    this.#text ??= readBody(this.found, this.options)
    return this.#text
  }
}

function readBody(found: Found, options: ParseOptions): string {
  const read = readArticleFile(found)
  const article = 'message' in read ? undefined : parseArticle(read.source, options).article
  if (article) return article.body.source
  throw new Fault('content-invalid', `${found.file}: was changed while it was read; run it again`)
}
