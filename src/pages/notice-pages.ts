import { cleanLine } from '../feeds/guard.ts'
import type { Publication } from '../model/publication.ts'
import { htmlRenderer } from '../templates/liquid.ts'
import { directionOf } from '../templates/locale.ts'
import type { Templates } from '../templates/templates.ts'
import { fill, pickLanguage, type Words } from '../templates/words.ts'

/**
 * - `leave`: one button, and nothing has happened yet
 * - `left`: no more mail, and how to come back
 * - `unknown`: an unsubscribe link that nobody has
 * - `not-now`: something is out of reach
 * - `missing`: no such page
 */
export type Notice = 'leave' | 'left' | 'unknown' | 'not-now' | 'missing'

export interface NoticeInput {
  readonly publication: Publication
  /** what readers leave; the publication's title where there is none */
  readonly newsletter: string
  /** where readers can write to, a bare address */
  readonly contact?: string
  /** the path at which out/ is served: begins and ends with `/` */
  readonly base: string
  readonly templates: Templates
}

/** @param language BCP 47, the reader's; the publication's without it */
export type NoticePage = (notice: Notice, language?: string) => string

const notices: readonly Notice[] = ['leave', 'left', 'unknown', 'not-now', 'missing']

/**
 * Makes what the server says itself, in every language that there are words for. Nothing in it tells who is asking,
 * so all of it is made before the first request, and a template that is wrong is found then.
 *
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong
 */
export function noticePages(input: NoticeInput): NoticePage {
  const { files, languages } = input.templates
  const render = htmlRenderer(files)
  const pages = new Map<string, string>()
  for (const [language, words] of languages) {
    for (const notice of notices) {
      const template = notice === 'leave' ? 'unsubscribe.html' : 'notice.html'
      pages.set(`${language} ${notice}`, render(template, viewOf(notice, language, words, input)))
    }
  }
  return (notice, language = input.publication.language) =>
    pages.get(`${pickLanguage(languages, language)} ${notice}`) ?? ''
}

function viewOf(notice: Notice, lang: string, words: Words, input: NoticeInput): object {
  const { publication, newsletter, contact, base } = input
  const { url, language, icon = '' } = publication
  const title = cleanLine(publication.title)
  const { heading, text } = sayingOf(notice, words)
  const address = notice === 'left' || notice === 'unknown' ? contact : undefined
  return {
    lang,
    dir: words.dir,
    title: `${heading} · ${title}`,
    description: null,
    canonical: null,
    root: base,
    icon: icon.startsWith(url) ? `${base}${icon.slice(url.length)}` : null,
    copyright: cleanLine(publication.copyright ?? '') || null,
    publication: {
      title,
      description: cleanLine(publication.description),
      url,
      lang: language,
      dir: directionOf(language),
    },
    words,
    feed: {
      title,
      name: title,
      folder: base,
      rss: `${url}rss.xml`,
      atom: `${url}atom.xml`,
      json: `${url}feed.json`,
    },
    articles: [],
    groups: [],
    heading,
    text: fill(text, { newsletter: cleanLine(newsletter) }),
    invitation: notice === 'left' ? words.page.comeBack : null,
    contact: address ?? null,
    contactUrl: address === undefined ? null : `mailto:${encodeURIComponent(address)}`,
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
  }
}
