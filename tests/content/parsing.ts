import { openTimeZone } from '../../src/content/dates.ts'
import { readHtmlDocument } from '../../src/content/html-document.ts'
import {
  type ParsedArticle,
  type ParseResult,
  parseArticle,
} from '../../src/content/parse-article.ts'
import { parseToml } from '../../src/content/parse-toml.ts'
import { parseYaml } from '../../src/content/parse-yaml.ts'
import { readSource } from '../../src/content/source.ts'
import type { Publication } from '../../src/model/publication.ts'

export const publication: Publication = {
  title: 'The Example',
  description: '',
  url: 'https://example.org/blog/',
  language: 'en',
  timezone: 'Europe/Madrid',
  author: { name: 'The Example' },
}

export const zone = await openTimeZone(publication.timezone)

export interface Given {
  readonly file?: string
  readonly permalink?: string
  readonly committedAt?: Date
}

export function parse(text: string | Uint8Array, given: Given = {}): ParseResult {
  const { file = 'content/a-day.md', permalink = '/:slug/', committedAt } = given
  const source = readSource(file, typeof text === 'string' ? new TextEncoder().encode(text) : text)
  if ('message' in source) return { problems: [source], warnings: [], dateless: false }
  return parseArticle(source, {
    publication,
    zone,
    folder: 'content',
    permalink,
    readers: { yaml: parseYaml, toml: parseToml, html: readHtmlDocument },
    ...(committedAt && { committedAt }),
  })
}

/** The article of a file that has nothing wrong with it. */
export function article(text: string, given?: Given): ParsedArticle {
  const result = parse(text, given)
  if (!result.article || result.problems.length > 0) {
    throw new Error(`not an article: ${JSON.stringify(result.problems)}`)
  }
  return result.article
}

/** `3: message` for each problem. */
export function problems(text: string | Uint8Array, given?: Given): readonly string[] {
  return parse(text, given).problems.map(({ line, message }) => `${line ?? '-'}: ${message}`)
}
