import type { Article, RenderArticle } from '../model/article.ts'
import { type Edition, type RenderedEdition, slot } from '../model/edition.ts'
import { Fault } from '../model/fault.ts'
import type { Publication } from '../model/publication.ts'
import { renderMjmlTemplate, renderTextTemplate } from '../templates/liquid.ts'
import type { Template, Templates } from '../templates/templates.ts'
import { pickLanguage } from '../templates/words.ts'
import { textWidth, tidyText, wrapText } from '../templates/wrap-text.ts'
import { editionView, leadMark, type MarkedView } from './make-view.ts'
import { mjmlToHtml } from './mjml.ts'
import { withoutSlots } from './personalise.ts'
import type { Limits, Newsletter } from './view.ts'

export interface RenderInput {
  readonly edition: Pick<Edition, 'id' | 'subject' | 'createdAt'>
  /** the edition's articles in its order; at least one */
  readonly articles: readonly Article[]
  readonly renderArticle: RenderArticle
  readonly publication: Publication
  readonly newsletter: Newsletter
  /** BCP 47: what the reader wants; the nearest of `templates.languages` is taken */
  readonly language: string
  readonly templates: Templates
  /** the copy for the archive: no slots, nobody's data, and no limit in bytes */
  readonly web?: boolean
}

// clients clip at 100,000 bytes or soon after; the slots' values come on top of this
const mostBytes = 96_000
// more than this could never fit
const mostStories = 80

/**
 * Renders an edition in one language. The HTML of a message stays under 100,000 bytes: excerpts get shorter,
 * then stories fewer, and the rest is announced as being on the web.
 *
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong, has lost its unsubscribe link,
 *   or is too long in itself
 */
export async function renderEdition(input: RenderInput): Promise<RenderedEdition> {
  const { edition, templates, web = false } = input
  const language = pickLanguage(templates.languages, input.language)
  const words = templates.languages.get(language)
  if (words === undefined) throw new Error(`no words for ${language}`)
  const { id, subject, createdAt } = edition
  const viewInput = { ...input, id, subject, createdAt, language, words, web }
  for (const limits of narrowing(input.articles.length, web)) {
    const marked = editionView(viewInput, limits)
    const html = await renderHtml(marked, templates)
    const size = Buffer.byteLength(html)
    if (!web && size > mostBytes) continue
    const text = renderText(marked, templates)
    if (!web) demandUnsubscribeLinks(html, text, templates)
    return { language, subject: web ? withoutSlots(subject).trim() : subject, html, text }
  }
  const { file } = templateOf(templates, htmlTemplate)
  throw new Fault(
    'content-invalid',
    `${file}: a message with a single story is longer than ${mostBytes} bytes; shorten the template`,
  )
}

/** How much to try to carry: first as one would like it, then ever less. */
function* narrowing(articles: number, web: boolean): Generator<Limits> {
  const stories = web ? articles : Math.min(articles, mostStories)
  yield { lead: articles === 1 ? 24_000 : 2_200, summary: 300, stories }
  yield { lead: articles === 1 ? 8_000 : 1_400, summary: 220, stories }
  for (let fewer = stories; fewer > 1; fewer = Math.floor(fewer * 0.75)) {
    yield { lead: 800, summary: 160, stories: fewer }
  }
  yield { lead: 800, summary: 160, stories: 1 }
  yield { lead: 0, summary: 160, stories: 1 }
}

const htmlTemplate = 'digest.mjml'
const textTemplate = 'digest.txt'

async function renderHtml({ view, leadHtml }: MarkedView, templates: Templates): Promise<string> {
  const mjml = renderMjmlTemplate(htmlTemplate, templates.files, view)
  const html = await mjmlToHtml(mjml, templateOf(templates, htmlTemplate))
  // only now: what an article says never passes through MJML
  return html.replaceAll(leadMark, () => leadHtml.trim())
}

function renderText({ view }: MarkedView, templates: Templates): string {
  const text = renderTextTemplate(textTemplate, templates.files, view)
  return tidyText(wrapText(text, textWidth + 6))
}

function demandUnsubscribeLinks(html: string, text: string, templates: Templates): void {
  const link = slot('unsubscribeUrl')
  for (const [part, name] of [
    [html, htmlTemplate],
    [text, textTemplate],
  ] as const) {
    if (part.includes(link)) continue
    const { file } = templateOf(templates, name)
    throw new Fault(
      'content-invalid',
      `${file}: has no link to unsubscribe; put {{ reader.unsubscribeUrl }} in it`,
    )
  }
}

function templateOf({ files }: Templates, name: string): Template {
  return files.get(name) ?? { file: `templates/${name}`, source: '' }
}
