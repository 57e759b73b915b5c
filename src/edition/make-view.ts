import type { Article, RenderedArticle } from '../model/article.ts'
import { type EditionId, slot, slotName } from '../model/edition.ts'
import type { Publication } from '../model/publication.ts'
import { dateLocale, directionOf } from '../templates/locale.ts'
import { oneLine, plain, shorten } from '../templates/plain-text.ts'
import { fill, fillPlural } from '../templates/words.ts'
import { takeExcerpt } from './excerpt.ts'
import { longDate, longDateWithWeekday } from './format-date.ts'
import { htmlToText } from './html-text.ts'
import { parseMailHtml, webUrl } from './mail-html.ts'
import { withoutSlots } from './personalise.ts'
import type { ArticleView, EditionView, LeadView, Limits, ViewInput } from './view.ts'
import { writeMailHtml } from './write-html.ts'

/** The mark that stands in MJML for the body of the lead story. */
export const leadMark = '\uFDD2'

/** The view, and the HTML that belongs where `leadMark` is. */
export interface MarkedView {
  readonly view: EditionView
  readonly leadHtml: string
}

/** The URL of an edition's copy in the archive. */
export function editionUrl(publication: Publication, id: EditionId): string {
  return new URL(`editions/${id}/`, publication.url).href
}

/** Makes the strings of an edition ready for its templates. */
export function editionView(input: ViewInput, limits: Limits): MarkedView {
  const { id, createdAt, publication, language, words } = input
  const carried = input.articles.slice(0, Math.max(limits.stories, 1))
  const [first, ...rest] = carried
  if (first === undefined) throw new Error('an edition has at least one article')
  const { lead, html } = leadView(first, input, limits)
  const others = rest.map((article) => articleView(article, input, limits))
  const left = input.articles.length - carried.length
  const rtl = words.dir === 'rtl'
  const view: EditionView = {
    lang: language,
    dir: words.dir,
    start: rtl ? 'right' : 'left',
    end: rtl ? 'left' : 'right',
    title: oneLine(withoutSlots(input.subject)),
    preheader: preheader(lead, others),
    publication: { title: oneLine(publication.title), url: publication.url },
    newsletter: {
      name: oneLine(input.newsletter.name),
      postalLines: plain(input.newsletter.postalAddress)
        .split('\n')
        .map((line) => oneLine(line))
        .filter((line) => line !== ''),
    },
    edition: {
      id,
      url: editionUrl(publication, id),
      date: longDateWithWeekday(createdAt, publication.timezone, dateLocale(language, publication)),
    },
    words,
    lead,
    others,
    articles: [lead, ...others],
    more: left > 0 ? fillPlural(words.more, left, language) : null,
    reader: input.web ? null : readerView(input),
  }
  return { view, leadHtml: html }
}

/** Has a slot under every name that a slot may have: which fields there are differs from reader to reader. */
const anyField: Readonly<Record<string, string>> = new Proxy(
  {},
  {
    get: (_, name) => fieldSlot(name),
    has: (_, name) => fieldSlot(name) !== undefined,
    getOwnPropertyDescriptor(_, name) {
      const value = fieldSlot(name)
      return value === undefined ? undefined : { value, configurable: true, enumerable: true }
    },
  },
)

function fieldSlot(name: string | symbol): string | undefined {
  return typeof name === 'string' && slotName.test(name) ? slot(name) : undefined
}

function readerView({ words, newsletter }: ViewInput): NonNullable<EditionView['reader']> {
  const address = slot('address')
  return {
    name: slot('name'),
    firstName: slot('firstName'),
    fields: anyField,
    address,
    unsubscribeUrl: slot('unsubscribeUrl'),
    preferencesUrl: newsletter.hasPreferences ? slot('preferencesUrl') : null,
    why: fill(words.why, { newsletter: oneLine(newsletter.name), address }),
  }
}

function leadView(
  article: Article,
  input: ViewInput,
  limits: Limits,
): { lead: LeadView; html: string } {
  const rendered = input.renderArticle(article)
  const view = articleView(article, input, limits, rendered)
  const { nodes, whole } = takeExcerpt(
    limits.lead === 0 ? [] : parseMailHtml(rendered.html, view.image?.url),
    limits.lead,
  )
  const html = writeMailHtml(nodes, view.start)
  const text = htmlToText(html)
  const standfirst = shorten(oneLine(article.description), limits.summary)
  const repeats = oneLine(text).startsWith(standfirst.slice(0, 40))
  const lead: LeadView = {
    ...view,
    standfirst: standfirst === '' || html === '' || repeats ? null : standfirst,
    html: html === '' ? null : leadMark,
    text: text === '' ? null : text,
    whole: whole && limits.lead > 0,
  }
  return { lead, html }
}

const longestTitle = 300

function articleView(
  article: Article,
  { renderArticle, publication, language, words }: ViewInput,
  limits: Limits,
  rendered: RenderedArticle = renderArticle(article),
): ArticleView {
  const { dir, start } = direction(article.language)
  const names = article.authors.map(({ name, email = '' }) => oneLine(name || email))
  const authors = listOf(names.filter((name) => name !== '').slice(0, 8), language)
  const image = rendered.image ?? article.image
  const imageUrl = image && webUrl(image.url, ['http:', 'https:'])
  return {
    title: shorten(oneLine(article.title), longestTitle),
    url: webUrl(article.url, ['http:', 'https:']) ?? publication.url,
    lang: oneLine(article.language),
    dir,
    start,
    date: longDate(article.publishedAt, publication.timezone, dateLocale(language, publication)),
    byLine: authors === '' ? null : fill(words.by, { authors: shorten(authors, longestTitle) }),
    tag: shorten(oneLine(article.tags[0] ?? ''), 40) || null,
    summary: shorten(oneLine(rendered.summary), limits.summary) || null,
    image: image && imageUrl ? { url: imageUrl, alt: shorten(oneLine(image.alt), 300) } : null,
  }
}

function listOf(names: readonly string[], language: string): string {
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(names)
}

function direction(language: string): { dir: 'ltr' | 'rtl'; start: 'left' | 'right' } {
  const dir = directionOf(language)
  return { dir, start: dir === 'rtl' ? 'right' : 'left' }
}

/** What an inbox shows beside the subject: the lead story, then what else there is to read. */
function preheader(lead: LeadView, others: readonly ArticleView[]): string {
  const begin = shorten(lead.summary ?? lead.title, 110)
  return shorten([begin, ...others.map(({ title }) => title)].join(' · '), 200)
}
