import type { Channel } from '../feeds/channels.ts'

/**
 * What a page shows. Every string is ready, as plain text: the template escapes, loops and tests. What is absent
 * is null.
 */
export interface PageView {
  /** BCP 47: the language of the words of the page; its articles say their own */
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  readonly title: string
  readonly description: string
  /** absolute URL */
  readonly canonical: string
  /** from the page to the root of out/: empty, or `../../` */
  readonly root: string
  /** relative to the page, for an icon that lies below the publication's URL */
  readonly icon: string | null
  readonly copyright: string | null
  readonly publication: {
    readonly title: string
    readonly description: string
    readonly url: string
    readonly lang: string
    readonly dir: 'ltr' | 'rtl'
  }
  readonly words: Readonly<Record<string, unknown>>
  /** where readers join by e-mail; null where they cannot */
  readonly join: { readonly url: string; readonly label: string } | null
  /** the one that the page belongs to */
  readonly feed: FeedView
  /** newest first */
  readonly articles: readonly ArticleView[]
  /** on the front page: all other feeds, by kind */
  readonly groups: readonly GroupView[]
  /** on the front page: where the editions of the newsletter stand; null without one */
  readonly archive: ArchiveView | null
  /** on the page of the editions: all of them, newest first */
  readonly editions: readonly EditionLinkView[]
}

export interface ArchiveView {
  /** from the page that shows it: `editions/index.html` */
  readonly page: string
  readonly title: string
  /** absolute URLs of its feed */
  readonly rss: string
  readonly atom: string
  readonly json: string
}

export interface EditionLinkView {
  readonly title: string
  /** from the page that shows it */
  readonly page: string
  readonly date: string
  readonly isoDate: string
  /** titles of its articles */
  readonly articles: readonly string[]
}

export interface FeedView {
  readonly kind: Channel['kind'] | 'editions'
  /** what the kind is called; null for the site */
  readonly kindName: string | null
  /** the tag, author, section or language; the publication's title for the site */
  readonly name: string
  /** for autodiscovery, where it stands alone */
  readonly title: string
  /** from the page that shows it to the one that is its own: `tags/nato/index.html` */
  readonly page: string
  /** absolute URLs */
  readonly rss: string
  readonly atom: string
  readonly json: string
  /** from the page that shows it to its documents: `tags/nato/` */
  readonly folder: string
  /** `12 articles` */
  readonly count: string
}

export interface GroupView {
  readonly kind: Channel['kind']
  readonly heading: string
  readonly feeds: readonly FeedView[]
}

export interface ArticleView {
  readonly title: string
  /** null where the address is not one of the web */
  readonly url: string | null
  /** BCP 47; the page's where the article says nothing that is a language */
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  /** in the language of the page and the time zone of the publication */
  readonly date: string
  /** for `datetime` */
  readonly isoDate: string
  /** `By Ana and Ben`; null where nobody is named */
  readonly byLine: string | null
  /** null on the front page, which lists titles */
  readonly summary: string | null
}
