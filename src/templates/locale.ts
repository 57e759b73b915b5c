import type { Publication } from '../model/publication.ts'

const rightToLeft: ReadonlySet<string> = new Set([
  'Adlm',
  'Arab',
  'Hebr',
  'Mand',
  'Nkoo',
  'Rohg',
  'Samr',
  'Syrc',
  'Thaa',
])

/** Which way the script of a language (BCP 47) runs; `ltr` for what is no language. Never throws. */
export function directionOf(language: string): 'ltr' | 'rtl' {
  try {
    const { script = '' } = new Intl.Locale(language).maximize()
    return rightToLeft.has(script) ? 'rtl' : 'ltr'
  } catch {
    return 'ltr'
  }
}

/** Dates as the publication's region writes them, where it speaks the reader's language: `en-GB` for `en`. */
export function dateLocale(language: string, publication: Publication): string {
  return publication.language.toLowerCase().startsWith(`${language}-`)
    ? publication.language
    : language
}
