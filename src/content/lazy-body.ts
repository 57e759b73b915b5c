import type { Body } from '../model/article.ts'
import { Fault } from '../model/fault.ts'
import type { Found } from './found.ts'
import { hashText, type ParseOptions, parseArticle } from './parse-article.ts'
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

  /** @throws {ChangedWhileRead} when the file is another one by now, or can no longer be read */
  get source(): string {
    this.#text ??= readBody(this, this.options)
    return this.#text
  }
}

/** A file that was changed after its article had been read, and before its text was. */
export class ChangedWhileRead extends Fault {
  constructor(file: string) {
    super('content-invalid', `${file}: was changed while it was read; run it again`)
  }
}

function readBody({ found, format, line, hash }: LazyBody, options: ParseOptions): string {
  const read = readArticleFile(found)
  if (!('message' in read)) {
    const { matter } = read.source
    const text = format === 'html' ? '' : fromLine(matter.body, line - matter.bodyLine)
    // As it was when its article was read: the front matter need not be read again
    if (text !== '' && hashText(text) === hash) return text
    const { article } = parseArticle(read.source, options)
    if (article?.hash === hash) return article.body.source
  }
  throw new ChangedWhileRead(found.file)
}

/** What comes after so many lines, without blank lines at its end. */
function fromLine(text: string, lines: number): string {
  let at = 0
  for (let line = 0; line < lines; line++) at = text.indexOf('\n', at) + 1
  return text.slice(at).trimEnd()
}
