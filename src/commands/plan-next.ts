import type { Config } from '../config.ts'
import type { Content } from '../content/load.ts'
import { editionFiles } from '../edition/edition-files.ts'
import { nextEditionId } from '../edition/edition-id.ts'
import { withoutSlots } from '../edition/personalise.ts'
import { planEdition } from '../edition/plan-edition.ts'
import { renderEdition } from '../edition/render-edition.ts'
import { type Askers, type Share, type ShareOut, shareOut } from '../edition/share-out.ts'
import { editionSubject } from '../edition/subject.ts'
import type { RenderArticle } from '../model/article.ts'
import type { Edition, RenderedEdition } from '../model/edition.ts'
import type { EditionContents } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import type { Audience } from '../store/subscribers.ts'
import { readTemplates } from '../templates/read-templates.ts'
import type { Templates } from '../templates/templates.ts'
import { nearestLanguage } from '../templates/words.ts'
import { readContent } from './build-feeds.ts'
import type { Context } from './command.ts'
import { readAgain } from './read-again.ts'

/** An edition that is ready to be opened in the ledger. */
export interface PlannedEdition {
  readonly content: Content
  readonly edition: Edition
  /** what goes into the ledger with it; its variants are the parts of `shareOut`, in that order */
  readonly contents: Required<Pick<EditionContents, 'passedOver' | 'variants' | 'files'>> &
    Pick<EditionContents, 'onlyFor'>
  readonly shareOut: ShareOut
  /** articles that wait for the edition after this one */
  readonly waiting: number
}

/** So many variants are rendered and kept at most: some seconds of work, and a few MB. */
const mostVariants = 200

/**
 * Plans and renders the next edition; stores nothing.
 *
 * @param rehearsal writes nothing at all, no cache either
 * @returns undefined when no article is new
 */
export function planNext(
  config: Config,
  context: Pick<Context, 'now' | 'progress' | 'paint'>,
  store: Store,
  render: RenderArticle,
  { rehearsal = false } = {},
): Promise<PlannedEdition | undefined> {
  return readAgain(() => planOnce(config, context, store, render, rehearsal))
}

async function planOnce(
  config: Config,
  context: Pick<Context, 'now' | 'progress' | 'paint'>,
  { ledger, subscribers }: Store,
  render: RenderArticle,
  rehearsal: boolean,
): Promise<PlannedEdition | undefined> {
  const { publication, newsletter } = config
  const { now, progress } = context
  if (!newsletter) throw new Error('a publication without a newsletter has no edition')
  const content = await readContent(config, now, { readOnly: rehearsal })
  const editions = await ledger.editions()
  const { articles, passedOver, waiting } = planEdition(content.collection, {
    sent: await ledger.sentArticles(),
    first: editions.length === 0,
    now,
    most: newsletter.maxArticles,
  })
  if (articles.length === 0) return undefined

  const templates = await readTemplates(config.root)
  const id = nextEditionId(now, publication.timezone, await ledger.editionIds())
  const language = nearestLanguage(templates.languages.keys(), publication.language) ?? 'en'
  const askers = inSpokenLanguages(templates, language, await subscribers.audiences(now))
  const shared = shareOut(articles, newsletter.topics, askers, { language, most: mostVariants })
  warn(shared, config.file, context)

  const renderPart = async (
    part: Pick<Share, 'language' | 'topics' | 'articles'>,
    { web = false } = {},
  ) => {
    const words = templates.languages.get(part.language)
    if (!words) throw new Error(`no words for ${part.language}`)
    const { articles: carried, topics } = part
    const letter = { ...newsletter, hasPreferences: config.server.url !== undefined }
    const common = {
      renderArticle: render,
      publication,
      newsletter: letter,
      language: part.language,
    }
    const input = { ...common, articles: carried }
    const subject = editionSubject(newsletter.subject, { id, createdAt: now, words, ...input })
    const edition = { id, createdAt: now, subject }
    const rendered = await renderEdition({ edition, templates, web, ...input })
    return { ...rendered, ...(topics && { topics }) }
  }
  const variants: RenderedEdition[] = []
  for (const share of shared.shares) {
    progress(`Rendering the edition… ${variants.length} of ${shared.shares.length}`)
    variants.push(await renderPart(share))
  }
  const [message] = variants
  if (!message) throw new Error('an edition without a language')
  const edition = {
    id,
    subject: withoutSlots(message.subject).trim(),
    createdAt: now,
    articles: articles.map((article) => article.id),
  }
  const web = await renderPart({ language, articles }, { web: true })
  const files = editionFiles({ edition, articles, publication, message, web })
  const { onlyFor } = shared
  const contents = { passedOver, variants, files, ...(onlyFor && { onlyFor }) }
  return { content, edition, contents, shareOut: shared, waiting }
}

/** Readers of a language that the templates do not speak get the publication's. */
function inSpokenLanguages(
  { languages }: Templates,
  own: string,
  audiences: readonly Audience[],
): readonly Askers[] {
  return audiences.map(({ language, ...asked }) => {
    const nearest = language === undefined ? own : nearestLanguage(languages.keys(), language)
    return { ...asked, language: nearest ?? own }
  })
}

function warn(
  { unknown, overserved }: ShareOut,
  file: string,
  { progress, paint }: Pick<Context, 'progress' | 'paint'>,
): void {
  const say = (text: string) => progress.note(`${paint.warn('warning')} ${file}: ${text}`)
  if (unknown.length > 0) {
    const which = unknown.slice(0, 10).join(', ')
    say(
      `newsletter.topics has no ${which}, which readers chose: they get nothing for it; bring it back, or ask them anew`,
    )
  }
  if (overserved > 0) {
    say(
      `newsletter.topics: readers chose so many different parts of this edition that ${overserved} of them get more than they chose; make fewer topics`,
    )
  }
}
