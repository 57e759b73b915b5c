import type { Body } from '../model/article.ts'
import { cleanLine } from './clean.ts'
import type { HtmlDocument } from './html-document.ts'
import type { Source } from './source.ts'
import { firstHeading, firstLine, repeatedTitle, sameTitle, shortTitle } from './title.ts'

/** A body with its title taken out of it. */
export interface TitledBody {
  /** empty when neither the author nor the body gives one */
  readonly title: string
  readonly body: Body
}

/**
 * Finds the title and takes it off the body, which would show it twice: the author's, else the first heading, else
 * the first line. A heading that is not at the beginning stays where it is.
 *
 * @param declared the title of the front matter
 */
export function readTitle(
  source: Source,
  declared: string | undefined,
  document?: HtmlDocument,
): TitledBody {
  const { format, matter } = source
  if (format === 'html')
    return document ? readHtml(source, declared, document) : { title: '', body: whole(source) }
  const found =
    declared === undefined && format === 'markdown' ? firstHeading(matter.body) : undefined
  const title = declared ?? (found?.text || shortTitle(firstLine(matter.body, format)?.text ?? ''))
  const from = title === '' ? 0 : repeatedTitle(matter.body, title, format)
  return { title, body: cut(matter.body, from, matter.body.length, format, matter.bodyLine) }
}

function readHtml(
  { matter }: Source,
  declared: string | undefined,
  document: HtmlDocument,
): TitledBody {
  const { headings, body } = document
  const main = headings.find(({ level }) => level === 1)
  const candidates = [declared, main?.text, document.title, headings[0]?.text].map((text) =>
    cleanLine(text ?? ''),
  )
  const title =
    candidates.find((text) => text !== '') ?? shortTitle(cleanLine(document.firstText ?? ''))
  const again = headings.find(({ leads, text }) => leads && sameTitle(cleanLine(text), title))
  if (!again)
    return { title, body: cut(matter.body, body.start, body.end, 'html', matter.bodyLine) }
  const heading = matter.body.slice(again.start, again.end)
  // The lines of the heading stay as blank ones, so that those after it keep their numbers
  const rest = `${matter.body.slice(0, again.start)}${heading.replace(/[^\n]+/g, '')}${matter.body.slice(again.end)}`
  const end = body.end - (matter.body.length - rest.length)
  return { title, body: cut(rest, body.start, end, 'html', matter.bodyLine) }
}

function whole({ matter, format }: Source): Body {
  return cut(matter.body, 0, matter.body.length, format, matter.bodyLine)
}

/** The part of a text that is the body, without blank lines around it, with the line on which it begins. */
function cut(
  text: string,
  from: number,
  to: number,
  format: Body['format'],
  firstLine: number,
): Body {
  const part = text.slice(from, to).trimEnd()
  const blank = /^(?:[^\S\n]*\n)+/.exec(part)?.[0].length ?? 0
  let line = firstLine
  for (let at = text.indexOf('\n'); at >= 0 && at < from + blank; at = text.indexOf('\n', at + 1))
    line++
  return { format, source: part.slice(blank), line }
}
