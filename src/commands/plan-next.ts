import type { Config } from '../config.ts'
import type { Content } from '../content/load.ts'
import { editionFiles } from '../edition/edition-files.ts'
import { nextEditionId } from '../edition/edition-id.ts'
import { withoutSlots } from '../edition/personalise.ts'
import { planEdition } from '../edition/plan-edition.ts'
import { renderEdition } from '../edition/render-edition.ts'
import { editionSubject } from '../edition/subject.ts'
import type { ArticleId, RenderArticle } from '../model/article.ts'
import type { Edition, EditionFile, RenderedEdition } from '../model/edition.ts'
import type { Store } from '../store/store.ts'
import { readTemplates } from '../templates/read-templates.ts'
import type { Templates } from '../templates/templates.ts'
import { nearestLanguage } from '../templates/words.ts'
import { readContent } from './build-feeds.ts'
import type { Context } from './command.ts'

/** An edition that is ready to be opened in the ledger. */
export interface PlannedEdition {
  readonly content: Content
  readonly edition: Edition
  readonly passedOver: readonly ArticleId[]
  /** one for each language that its readers have; the publication's is the first */
  readonly variants: readonly RenderedEdition[]
  /** what stands in out/editions/ */
  readonly files: readonly EditionFile[]
  /** articles that wait for the edition after this one */
  readonly waiting: number
}

/**
 * Plans and renders the next edition; stores nothing.
 *
 * @returns undefined when no article is new
 */
export async function planNext(
  config: Config,
  { now, progress }: Pick<Context, 'now' | 'progress'>,
  { ledger, subscribers }: Store,
  render: RenderArticle,
): Promise<PlannedEdition | undefined> {
  const { publication, newsletter } = config
  if (!newsletter) throw new Error('a publication without a newsletter has no edition')
  const content = await readContent(config, now)
  const editions = await ledger.editions()
  const { articles, passedOver, waiting } = planEdition(content.collection, {
    sent: await ledger.sentArticles(),
    first: editions.length === 0,
    now,
    most: newsletter.maxArticles,
  })
  if (articles.length === 0) return undefined

  progress('Rendering the edition…')
  const templates = await readTemplates(config.root)
  const id = nextEditionId(
    now,
    publication.timezone,
    editions.map((edition) => edition.id),
  )
  const inLanguage = async (language: string, { web = false } = {}) => {
    const words = templates.languages.get(language)
    if (!words) throw new Error(`no words for ${language}`)
    const common = { articles, renderArticle: render, publication, newsletter, language }
    const subject = editionSubject(newsletter.subject, { id, createdAt: now, words, ...common })
    return renderEdition({ edition: { id, createdAt: now, subject }, templates, web, ...common })
  }
  const languages = languagesOf(templates, publication.language, await subscribers.languages())
  const variants = await Promise.all([...languages].map((language) => inLanguage(language)))
  const [message] = variants
  if (!message) throw new Error('an edition without a language')
  const edition = {
    id,
    subject: withoutSlots(message.subject).trim(),
    createdAt: now,
    articles: articles.map((article) => article.id),
  }
  const web = await inLanguage(message.language, { web: true })
  const files = editionFiles({ edition, articles, publication, message, web })
  return { content, edition, passedOver, variants, waiting, files }
}

/** The publication's language first; readers of a language that the templates do not speak get that one. */
function languagesOf(
  { languages }: Templates,
  own: string,
  wanted: readonly string[],
): ReadonlySet<string> {
  const first = nearestLanguage(languages.keys(), own) ?? 'en'
  return new Set([
    first,
    ...wanted.map((language) => nearestLanguage(languages.keys(), language) ?? first),
  ])
}
