import { cleanLine } from '../feeds/guard.ts'
import { htmlRenderer } from '../templates/liquid.ts'
import { fill, pickLanguage, type Words } from '../templates/words.ts'
import { type FrameInput, frameView } from './frame.ts'

/**
 * - `leave`: one button, and nothing has happened yet
 * - `left`: no more mail, and how to come back
 * - `unknown`: an unsubscribe link that nobody has
 * - `not-now`: something is out of reach
 * - `missing`: no such page
 * - `gone`: an article stood there and was withdrawn
 */
export type Notice = 'leave' | 'left' | 'unknown' | 'not-now' | 'missing' | 'gone'

export interface NoticePagesInput extends FrameInput {
  /** whether the form is there by which readers join */
  readonly canJoin?: boolean
  /** whether readers have a page for their preferences */
  readonly hasPreferences?: boolean
}

/**
 * @param language BCP 47, the reader's; the publication's without it
 * @param token of the reader, for the link to their preferences: `leave` has one
 */
export type NoticePage = (notice: Notice, language?: string, token?: string) => string

/** Stands where the token will: no text contains it. */
const tokenMark = '\uFDD4'

const notices: readonly Notice[] = ['leave', 'left', 'unknown', 'not-now', 'missing', 'gone']

/**
 * Makes what the server says itself, in every language that there are words for. But for the token, nothing in it tells who
 * is asking, so all of it is made before the first request, and a template that is wrong is found then.
 *
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong
 */
export function noticePages(input: NoticePagesInput): NoticePage {
  const { files, languages } = input.templates
  const render = htmlRenderer(files)
  const pages = new Map<string, string>()
  for (const [language, words] of languages) {
    for (const notice of notices) {
      const template = notice === 'leave' ? 'unsubscribe.html' : 'notice.html'
      pages.set(`${language} ${notice}`, render(template, viewOf(notice, language, words, input)))
    }
  }
  return (notice, language = input.publication.language, token = '') => {
    const page = pages.get(`${pickLanguage(languages, language)} ${notice}`) ?? ''
    return page.replaceAll(tokenMark, () => encodeURIComponent(token))
  }
}

function viewOf(notice: Notice, lang: string, words: Words, input: NoticePagesInput): object {
  const { heading, text } = sayingOf(notice, words)
  const contact = notice === 'left' || notice === 'unknown' ? input.contact : undefined
  return {
    ...frameView(input, { lang, words, heading }),
    text: fill(text, { newsletter: cleanLine(input.newsletter) }),
    invitation: notice === 'left' ? words.page.comeBack : null,
    contact: contact ?? null,
    contactUrl: contact === undefined ? null : `mailto:${encodeURIComponent(contact)}`,
    help: null,
    action:
      notice === 'left' && input.canJoin
        ? { label: words.preferences.backToForm, url: `${input.base}subscribe` }
        : null,
    preferencesUrl: input.hasPreferences ? `${input.base}preferences/${tokenMark}` : null,
  }
}

function sayingOf(notice: Notice, { unsubscribe, page }: Words): { heading: string; text: string } {
  switch (notice) {
    case 'leave':
      return { heading: unsubscribe, text: page.leave }
    case 'left':
      return { heading: page.left, text: page.leftText }
    case 'unknown':
      return { heading: page.unknownLink, text: page.unknownLinkText }
    case 'not-now':
      return { heading: page.notNow, text: page.notNowText }
    case 'missing':
      return { heading: page.missing, text: page.missingText }
    case 'gone':
      return { heading: page.gone, text: page.goneText }
  }
}
