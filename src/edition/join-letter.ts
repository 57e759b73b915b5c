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

/** What a letter says; `{newsletter}` is filled in. */
export interface LetterWords {
  readonly subject: string
  readonly heading: string
  readonly text: string
  /** what to do; null: nothing */
  readonly step: string | null
  /** what stands on the button that leads to the link; null: there is none */
  readonly button: string | null
  readonly ignore: string
}

/**
 * Renders what comes by mail to somebody who asks to join. Nothing in it is of them but the link, for which a slot is
 * left: who filled in the form may want to have us carry words of theirs to a stranger.
 *
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong or has lost its link
 */
export function renderJoinLetter(input: JoinLetterInput): Promise<RenderedEdition> {
  return renderLetter(input, ({ join }) => {
    const isNew = input.kind === 'confirm'
    return {
      subject: isNew ? join.mailSubject : join.knownSubject,
      heading: isNew ? join.mailHeading : join.knownHeading,
      text: isNew ? join.mailText : join.knownText,
      step: isNew ? join.mailStep : null,
      button: isNew ? join.mailButton : join.knownButton,
      ignore: isNew ? join.mailIgnore : join.knownIgnore,
    }
  })
}

/** A message about a subscription itself, with a slot for its link, see `renderJoinLetter`. */
export async function renderLetter(
  input: Omit<JoinLetterInput, 'kind'>,
  wordsOf: (words: Words) => LetterWords,
): Promise<RenderedEdition> {
  const { templates } = input
  const language = pickLanguage(templates.languages, input.language)
  const words = templates.languages.get(language)
  if (words === undefined) throw new Error(`no words for ${language}`)
  const said = wordsOf(words)
  const view = viewOf(input, { lang: language, words, said })
  const mjml = renderMjmlTemplate(htmlTemplate, templates.files, view)
  const html = await mjmlToHtml(mjml, templateOf(templates, htmlTemplate))
  const text = tidyText(
    wrapText(renderTextTemplate(textTemplate, templates.files, view), textWidth + 6),
  )
  if (said.step !== null) demandLink({ [htmlTemplate]: html, [textTemplate]: text }, templates)
  return { language, subject: view.title, html, text }
}

function viewOf(
  { publication, newsletter }: Omit<JoinLetterInput, 'kind'>,
  { lang, words, said }: { lang: string; words: Words; said: LetterWords },
) {
  const name = oneLine(newsletter.name)
  const say = (sentence: string, newsletter: string) => fill(sentence, { newsletter })
  // First strong isolate and its end: a name from left to right would fall apart in a sentence that is not
  const named = words.dir === 'rtl' ? `\u2068${name}\u2069` : name
  const text = say(said.text, named)
  return {
    lang,
    dir: words.dir,
    start: words.dir === 'rtl' ? 'right' : 'left',
    title: say(said.subject, name),
    preheader: text,
    heading: say(said.heading, named),
    text,
    step: said.step,
    button: said.button === null ? null : { label: said.button, url: slot(joinLink) },
    ignore: say(said.ignore, named),
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
