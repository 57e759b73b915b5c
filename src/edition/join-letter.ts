import { type RenderedEdition, slot } from '../model/edition.ts'
import { Fault } from '../model/fault.ts'
import type { Publication } from '../model/publication.ts'
import { renderMjmlTemplate, renderTextTemplate } from '../templates/liquid.ts'
import { oneLine, plain } from '../templates/plain-text.ts'
import type { Template, Templates } from '../templates/templates.ts'
import { fill, pickLanguage, type Words } from '../templates/words.ts'
import { textWidth, tidyText, wrapText } from '../templates/wrap-text.ts'
import { mjmlToHtml } from './mjml.ts'
import type { Newsletter } from './view.ts'

/**
 * - `confirm`: the link that confirms
 * - `known`: they are on the list already
 */
export type JoinLetterKind = 'confirm' | 'known'

export interface JoinLetterInput {
  readonly kind: JoinLetterKind
  readonly publication: Publication
  readonly newsletter: Newsletter
  /** BCP 47: the nearest of `templates.languages` is taken */
  readonly language: string
  readonly templates: Templates
}

/** The slot of the link. */
export const joinLink = 'link'

const htmlTemplate = 'confirm.mjml'
const textTemplate = 'confirm.txt'

/**
 * Renders what comes by mail to somebody who asks to join. Nothing in it is of them but the link, for which a slot is
 * left: who filled in the form may want to have us carry words of theirs to a stranger.
 *
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong or has lost its link
 */
export async function renderJoinLetter(input: JoinLetterInput): Promise<RenderedEdition> {
  const { templates, kind } = input
  const language = pickLanguage(templates.languages, input.language)
  const words = templates.languages.get(language)
  if (words === undefined) throw new Error(`no words for ${language}`)
  const view = viewOf(input, language, words)
  const mjml = renderMjmlTemplate(htmlTemplate, templates.files, view)
  const html = await mjmlToHtml(mjml, templateOf(templates, htmlTemplate))
  const text = tidyText(
    wrapText(renderTextTemplate(textTemplate, templates.files, view), textWidth + 6),
  )
  if (kind === 'confirm') demandLink({ [htmlTemplate]: html, [textTemplate]: text }, templates)
  return { language, subject: view.title, html, text }
}

function viewOf({ kind, publication, newsletter }: JoinLetterInput, lang: string, words: Words) {
  const { join } = words
  const name = oneLine(newsletter.name)
  const say = (sentence: string, newsletter: string) => fill(sentence, { newsletter })
  // First strong isolate and its end: a name from left to right would fall apart in a sentence that is not
  const named = words.dir === 'rtl' ? `\u2068${name}\u2069` : name
  const isNew = kind === 'confirm'
  const text = say(isNew ? join.mailText : join.knownText, named)
  return {
    lang,
    dir: words.dir,
    start: words.dir === 'rtl' ? 'right' : 'left',
    title: say(isNew ? join.mailSubject : join.knownSubject, name),
    preheader: text,
    heading: isNew ? join.mailHeading : join.knownHeading,
    text,
    step: isNew ? join.mailStep : null,
    button: { label: isNew ? join.mailButton : join.knownButton, url: slot(joinLink) },
    ignore: isNew ? join.mailIgnore : join.knownIgnore,
    publication: { title: oneLine(publication.title), url: publication.url },
    newsletter: {
      name,
      postalLines: plain(newsletter.postalAddress)
        .split('\n')
        .map(oneLine)
        .filter((line) => line !== ''),
    },
    words,
  }
}

function demandLink(parts: Readonly<Record<string, string>>, templates: Templates): void {
  for (const [name, part] of Object.entries(parts)) {
    if (part.includes(slot(joinLink))) continue
    const { file } = templateOf(templates, name)
    throw new Fault(
      'content-invalid',
      `${file}: has no link that confirms; put {{ button.url }} in it`,
    )
  }
}

function templateOf({ files }: Templates, name: string): Template {
  return files.get(name) ?? { file: `templates/${name}`, source: '' }
}
