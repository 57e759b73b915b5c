import { renderTextTemplate } from '../templates/liquid.ts'
import { dateLocale } from '../templates/locale.ts'
import { oneLine, plain, shorten } from '../templates/plain-text.ts'
import { fill } from '../templates/words.ts'
import { longDate } from './format-date.ts'
import { editionView } from './make-view.ts'
import { withoutSlots } from './personalise.ts'
import type { ViewInput } from './view.ts'

// more than any inbox shows, and short enough for every relay
const longest = 180

/**
 * Renders the configured subject, a line of Liquid such as `{{ articles[0].title }}`. One line, no control
 * characters, at most 180 characters; when nothing is left of it, the newsletter's name and the date.
 *
 * @throws {Fault} 'content-invalid' when it is not Liquid or names what does not exist
 */
export function editionSubject(source: string, input: Omit<ViewInput, 'subject' | 'web'>): string {
  const { view } = editionView(
    { ...input, subject: '', web: false },
    { lead: 0, summary: 200, stories: input.articles.length },
  )
  const file = { file: 'newsletter.subject', source }
  const subject = tidy(renderTextTemplate('subject', new Map([['subject', file]]), view))
  if (withoutSlots(subject).trim() !== '') return subject
  const locale = dateLocale(input.language, input.publication)
  const date = longDate(input.createdAt, input.publication.timezone, locale)
  return oneLine(fill(input.words.subject, { newsletter: view.newsletter.name, date }))
}

/** As `oneLine`, but slots stay. */
function tidy(text: string): string {
  const clean = text
    .split(/(\uFDD0\w+\uFDD1)/u)
    .map((piece, index) => (index % 2 === 1 ? piece : plain(piece)))
    .join('')
    .replace(/[\u202A-\u202E]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
  const short = shorten(clean, longest)
  return short.replace(/\uFDD0\w*(?!\w*\uFDD1)…?$/u, '…')
}
