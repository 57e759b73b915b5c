import type { Article, ArticleId, Body, Enclosure, Image } from '../model/article.ts'
import type { Author } from '../model/publication.ts'
import type { RestOfRow, Rows } from './cache-format.ts'
import type { Found } from './found.ts'
import type { ParsedArticle, Readers } from './parse-article.ts'

/**
 * An article that stands in a table. Nothing is made of it before somebody asks: of a hundred thousand articles a build
 * asks most for no more than their dates and tags.
 */
export class StoredArticle implements Article, ParsedArticle {
  readonly found: Found
  readonly #rows: Rows
  readonly #row: number
  #id: ArticleId | undefined
  #publishedAt: Date | undefined
  #body: Body | undefined
  #rest: RestOfRow | undefined

  /** @param id where it is not the one that the table has */
  constructor(rows: Rows, row: number, found: Found, id?: ArticleId) {
    this.found = found
    this.#rows = rows
    this.#row = row
    this.#id = id
  }

  /** The same under another identity. */
  identified(id: ArticleId): StoredArticle {
    return new StoredArticle(this.#rows, this.#row, this.found, id)
  }

  get id(): ArticleId {
    this.#id ??= this.#rows.id(this.#row)
    return this.#id
  }

  get file(): string {
    return this.found.file
  }

  get slug(): string {
    return this.#rows.slug(this.#row)
  }

  get url(): string {
    return this.#rows.url(this.#row)
  }

  get title(): string {
    return this.#rows.title(this.#row)
  }

  get publishedAt(): Date {
    this.#publishedAt ??= new Date(this.#rows.publishedAt(this.#row))
    return this.#publishedAt
  }

  get updatedAt(): Date {
    const updatedAt = this.#rows.updatedAt(this.#row)
    return updatedAt === this.#rows.publishedAt(this.#row) ? this.publishedAt : new Date(updatedAt)
  }

  get authors(): readonly Author[] {
    return this.#rows.authors(this.#row)
  }

  get tags(): readonly string[] {
    return this.#rows.tags(this.#row)
  }

  get section(): string {
    return this.#rows.section(this.#row)
  }

  get language(): string {
    return this.#rows.language(this.#row)
  }

  get description(): string {
    return this.#rows.description(this.#row)
  }

  get body(): Body {
    this.#body ??= this.#rows.body(this.#row, this.found)
    return this.#body
  }

  get contributors(): readonly Author[] | undefined {
    return this.#more.contributors
  }

  get image(): Image | undefined {
    return this.#more.image
  }

  get enclosure(): Enclosure | undefined {
    return this.#more.enclosure
  }

  get expiresAt(): Date | undefined {
    return this.#more.expiresAt
  }

  get draft(): boolean {
    return this.#rows.draft(this.#row)
  }

  get inNewsletter(): boolean {
    return this.#rows.isInNewsletter(this.#row)
  }

  get hash(): string {
    return this.#rows.hash(this.#row)
  }

  get declaredId(): string | undefined {
    return this.#more.declaredId
  }

  /** The parsers that its file needs, which have to be there when its text is asked for. */
  get needs(): readonly (keyof Readers)[] {
    return this.#rows.needs(this.#row)
  }

  get #more(): RestOfRow {
    this.#rest ??= this.#rows.rest(this.#row)
    return this.#rest
  }
}
