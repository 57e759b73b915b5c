import type { Publication } from '../model/publication.ts'
import { dateLocale } from '../templates/locale.ts'
import { type PluralForms, pickLanguage, pluralFiller, type Words } from '../templates/words.ts'

/** What all pages are written with: making it costs more than a page. */
export interface Desk {
  readonly lang: string
  readonly words: Words
  readonly dates: Intl.DateTimeFormat
  readonly plural: (forms: PluralForms, count: number) => string
}

export function deskOf(publication: Publication, languages: ReadonlyMap<string, Words>): Desk {
  const lang = pickLanguage(languages, publication.language)
  const words = languages.get(lang)
  if (words === undefined) throw new Error(`no words for ${lang}`)
  const locale = dateLocale(lang, publication)
  return {
    lang,
    words,
    dates: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: publication.timezone }),
    plural: pluralFiller(lang),
  }
}
