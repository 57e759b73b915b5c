import type { Article } from '../model/article.ts'
import type { Author, Publication } from '../model/publication.ts'
import type { Channel } from './channels.ts'
import { cleanLine, httpUrl, isoDate, safeDate, unknownDate } from './guard.ts'

/** What the page for people shows. Every string is ready, as plain text: the template escapes, loops and tests. */
export interface FeedIndexView {
  readonly title: string
  readonly description: string
  /** BCP 47 */
  readonly language: string
  /** `rtl` or `ltr` */
  readonly direction: string
  readonly url: string
  readonly copyright: string
  /** absolute URL, or empty */
  readonly icon: string
  /** the first one is the site's */
  readonly feeds: readonly FeedView[]
  /** newest first */
  readonly articles: readonly ArticleView[]
}

export interface FeedView {
  readonly kind: Channel['kind']
  readonly title: string
  /** the tag, author, section or language; empty for the site */
  readonly term: string
  /** absolute URLs */
  readonly rss: string
  readonly atom: string
  readonly json: string
  /** how many articles it is about, in the digits of the language */
  readonly count: string
}

export interface ArticleView {
  readonly title: string
  readonly url: string
  /** in the publication's language and time zone */
  readonly date: string
  /** for `datetime` */
  readonly isoDate: string
  /** empty where nobody is named */
  readonly byline: string
  readonly language: string
}

/** @param articles those to be shown, newest first */
export function feedIndexView(
  publication: Publication,
  channels: readonly Channel[],
  articles: readonly Article[],
): FeedIndexView {
  const { title, description, language, url, copyright = '', icon = '' } = publication
  const locale = knownLocale(language)
  const dates = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeZone: publication.timezone,
  })
  const numbers = new Intl.NumberFormat(locale)
  return {
    title: cleanLine(title),
    description: cleanLine(description),
    language,
    direction: directionOf(locale),
    url,
    copyright: cleanLine(copyright),
    icon,
    feeds: channels.map((channel) => feedView(channel, numbers)),
    articles: articles.map((article) => articleView(article, locale, dates)),
  }
}

function feedView(
  { kind, title, term, urls, articles }: Channel,
  numbers: Intl.NumberFormat,
): FeedView {
  return {
    kind,
    title: cleanLine(title),
    term,
    ...urls,
    count: numbers.format(articles.length),
  }
}

function articleView(article: Article, locale: string, dates: Intl.DateTimeFormat): ArticleView {
  const date = safeDate(article.publishedAt) ?? unknownDate
  return {
    title: cleanLine(article.title),
    url: httpUrl(article.url) ?? '',
    date: dates.format(date),
    isoDate: isoDate(date),
    byline: byline(article.authors, locale),
    language: article.language,
  }
}

function byline(authors: readonly Author[], locale: string): string {
  const names = authors.map(({ name }) => cleanLine(name)).filter((name) => name !== '')
  return new Intl.ListFormat(locale).format(names)
}

/** `en` for a language that is no BCP 47, which Intl would throw at. */
function knownLocale(language: string): string {
  try {
    return new Intl.Locale(language).toString()
  } catch {
    return 'en'
  }
}

function directionOf(locale: string): string {
  const { script = '' } = new Intl.Locale(locale).maximize()
  return ['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm', 'Rohg'].includes(script) ? 'rtl' : 'ltr'
}
