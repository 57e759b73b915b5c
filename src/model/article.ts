import type { Author } from './publication.ts'

/**
 * The permanent identity of an article: a tag URI (RFC 4151), or whatever its front matter declares. The same
 * in RSS `guid`, Atom `id`, JSON `id` and in the ledger.
 */
export type ArticleId = string

/** The text of an article as its author wrote it, not yet rendered. */
export interface Body {
  readonly format: 'markdown' | 'text' | 'html'
  readonly source: string
  /** 1-based line of the file on which `source` begins, for messages */
  readonly line: number
  /** of `source`, which it changes with; absent where nobody has worked it out */
  readonly hash?: string
}

/** A media file that goes with an article (RSS `enclosure`). */
export interface Enclosure {
  /** absolute URL */
  readonly url: string
  /** media type, `audio/mpeg` */
  readonly type: string
  /** octets; 0 when unknown (RSS Advisory Board) */
  readonly length: number
  readonly title?: string
  /** seconds */
  readonly duration?: number
}

/** A picture that stands for an article. */
export interface Image {
  /** absolute URL */
  readonly url: string
  /** what it shows, for those who do not see it; empty when it is decoration */
  readonly alt: string
}

/**
 * One source piece in content/. All strings are plain text in Unicode NFC, without markup or control characters. Not every
 * article is a plain object: see `copyArticle`.
 */
export interface Article {
  readonly id: ArticleId
  /** path relative to the publication's folder, with `/` between its parts */
  readonly file: string
  readonly slug: string
  /** absolute URL of the article on the web: its permanent link */
  readonly url: string
  /** one line */
  readonly title: string
  readonly publishedAt: Date
  /** never before `publishedAt` */
  readonly updatedAt: Date
  /** in the order of the by-line; the publication's author where the article names none; may be empty */
  readonly authors: readonly Author[]
  /** who else had a part in it; absent for nobody */
  readonly contributors?: readonly Author[] | undefined
  readonly tags: readonly string[]
  /** the first folder below content/, or empty */
  readonly section: string
  /** BCP 47 */
  readonly language: string
  /** what the author wrote as a summary, as plain text; empty when there is none: see RenderedArticle */
  readonly description: string
  readonly body: Body
  readonly image?: Image | undefined
  readonly enclosure?: Enclosure | undefined
  /** stays out of everything from this instant on */
  readonly expiresAt?: Date | undefined
  readonly draft: boolean
  /** false when the front matter says `newsletter: false` */
  readonly inNewsletter: boolean
}

/**
 * A plain object that says the same under this identity, always in this order. Property by property: a copy of the rest
 * takes four times as long, and is made of every article.
 */
export function copyArticle(article: Omit<Article, 'id'>, id: ArticleId): Article {
  const { file, slug, url, title, publishedAt, updatedAt, authors, tags, section } = article
  const { language, description, body, draft, inNewsletter } = article
  const { contributors, image, enclosure, expiresAt } = article
  const plain = {
    id,
    file,
    slug,
    url,
    title,
    publishedAt,
    updatedAt,
    authors,
    tags,
    section,
    language,
    description,
    body,
    draft,
    inNewsletter,
  }
  if (!contributors && !image && !enclosure && !expiresAt) return plain
  return {
    ...plain,
    ...(contributors && { contributors }),
    ...(image && { image }),
    ...(enclosure && { enclosure }),
    ...(expiresAt && { expiresAt }),
  }
}

/** An article's body, made fit to leave the house. */
export interface RenderedArticle {
  /** sanitised, all URLs absolute, well-formed enough for any feed reader; without the title */
  readonly html: string
  /** plain text, one paragraph: the author's description, else the beginning of the body at a word's end */
  readonly summary: string
  /** the article's own image, else the first one in the body */
  readonly image?: Image
}

/** Renders an article's body. Pure; a caller that asks often wraps it in a memo. */
export type RenderArticle = (article: Article) => RenderedArticle
