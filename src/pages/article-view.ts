import { cleanLine, httpUrl, isoDate, safeDate, unknownDate } from '../feeds/guard.ts'
import type { Article } from '../model/article.ts'
import { directionOf } from '../templates/locale.ts'
import { shorten } from '../templates/plain-text.ts'
import { fill } from '../templates/words.ts'
import type { Desk } from './desk.ts'
import type { ArticleView } from './view.ts'

const longestSummary = 300

/** All that a page shows of an article, besides its summary. */
export const shownOfArticle = ['title', 'url', 'language', 'publishedAt', 'authors'] as const

/** @param summary plain text; empty on the front page, which lists titles */
export function articleView(
  { title, url, language, publishedAt, authors }: Pick<Article, (typeof shownOfArticle)[number]>,
  { lang, words, dates }: Desk,
  summary = '',
): ArticleView {
  const date = safeDate(publishedAt) ?? unknownDate
  const names = authors.map(({ name, email = '' }) => cleanLine(name || email))
  const byLine = listOf(
    names.filter((name) => name !== ''),
    lang,
  )
  const own = isLanguage(language) ? language : lang
  return {
    title: cleanLine(title),
    url: httpUrl(url) ?? null,
    lang: own,
    dir: directionOf(own),
    date: dates.format(date),
    isoDate: isoDate(date),
    byLine: byLine === '' ? null : fill(words.by, { authors: byLine }),
    summary: shorten(cleanLine(summary), longestSummary) || null,
  }
}

function listOf(names: readonly string[], lang: string): string {
  return names.length > 1 ? new Intl.ListFormat(lang).format(names) : (names[0] ?? '')
}

function isLanguage(value: string): boolean {
  try {
    return value !== '' && new Intl.Locale(value).toString() !== ''
  } catch {
    return false
  }
}
