import type { Article, RenderArticle } from '../model/article.ts'
import type { EditionId } from '../model/edition.ts'
import type { Publication } from '../model/publication.ts'
import type { Words } from '../templates/words.ts'

/** What the newsletter says of itself. */
export interface Newsletter {
  readonly name: string
  /** one or several lines */
  readonly postalAddress: string
  /** whether readers have a page for their preferences */
  readonly hasPreferences?: boolean
}

/** How much of each article an edition carries. */
export interface Limits {
  /** characters of the lead story's body; 0: its summary only */
  readonly lead: number
  /** characters of a summary */
  readonly summary: number
  /** how many articles, the lead story included */
  readonly stories: number
}

export interface ArticleView {
  readonly title: string
  readonly url: string
  /** BCP 47 */
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  /** where its lines begin */
  readonly start: 'left' | 'right'
  readonly date: string
  /** `By Ana and Ben` */
  readonly byLine: string | null
  readonly tag: string | null
  readonly summary: string | null
  readonly image: { readonly url: string; readonly alt: string } | null
}

export interface LeadView extends ArticleView {
  /** what its author wrote as a summary; null when the body says the same */
  readonly standfirst: string | null
  /** the beginning of the body; in MJML a mark that is replaced when MJML is done */
  readonly html: string | null
  readonly text: string | null
  /** nothing of the body was left out */
  readonly whole: boolean
}

/** All that a template sees. Every string is ready; what is absent is null. */
export interface EditionView {
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  readonly start: string
  readonly end: string
  readonly title: string
  readonly preheader: string
  readonly publication: { readonly title: string; readonly url: string }
  readonly newsletter: { readonly name: string; readonly postalLines: readonly string[] }
  readonly edition: { readonly id: string; readonly url: string; readonly date: string }
  readonly words: Readonly<
    Record<'continueReading' | 'readOnWeb' | 'readEditionOnWeb' | 'also' | 'unsubscribe', string>
  >
  readonly lead: LeadView
  readonly others: readonly ArticleView[]
  /** the lead story and the others */
  readonly articles: readonly ArticleView[]
  /** `And 3 more stories on the web` */
  readonly more: string | null
  /** null on the web, where nobody is addressed */
  readonly reader: {
    readonly name: string
    /** of the name; or a field of that name */
    readonly firstName: string
    /** what else is known of them, by name: each may be empty, so give `default` */
    readonly fields: Readonly<Record<string, string>>
    readonly address: string
    readonly unsubscribeUrl: string
    /** null where there are no such pages */
    readonly preferencesUrl: string | null
    /** why they get this */
    readonly why: string
  } | null
}

export interface ViewInput {
  readonly id: EditionId
  readonly subject: string
  readonly createdAt: Date
  /** at least one; the first one leads */
  readonly articles: readonly Article[]
  readonly renderArticle: RenderArticle
  readonly publication: Publication
  readonly newsletter: Newsletter
  /** BCP 47: that of `words` */
  readonly language: string
  readonly words: Words
  /** the copy for the archive: without a reader */
  readonly web: boolean
}
