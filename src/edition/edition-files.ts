import type { Article } from '../model/article.ts'
import type {
  Edition,
  EditionFile,
  RenderedEdition,
  SentEdition,
  SlotValues,
} from '../model/edition.ts'
import type { Publication } from '../model/publication.ts'
import { oneLine } from '../templates/plain-text.ts'
import { editionUrl } from './make-view.ts'
import { fillSlots, withoutSlots } from './personalise.ts'

/**
 * The files of an edition: its web copy, what a reader gets, and what it carries. They are public.
 *
 * @param message with slots, filled with `sample` here: never with a real reader's values
 * @param web rendered with `web: true`
 */
export function editionFiles({
  edition,
  articles,
  publication,
  message,
  web,
  sample,
}: {
  readonly edition: Edition
  readonly articles: readonly Article[]
  readonly publication: Publication
  readonly message: RenderedEdition
  readonly web: RenderedEdition
  readonly sample?: SlotValues
}): readonly EditionFile[] {
  const url = editionUrl(publication, edition.id)
  const filled = fillSlots(message, sample ?? sampleReader(url))
  const folder = `editions/${edition.id}`
  return [
    { path: `${folder}/index.html`, contents: `${web.html}\n` },
    { path: `${folder}/message.html`, contents: `${filled.html}\n` },
    { path: `${folder}/message.txt`, contents: filled.text },
    { path: `${folder}/edition.json`, contents: editionJson(edition, articles, url) },
  ]
}

function sampleReader(url: string): SlotValues {
  return { name: '', address: 'reader@example.org', unsubscribeUrl: url, preferencesUrl: url }
}

function editionJson(edition: Edition, articles: readonly Article[], url: string): string {
  const content = {
    id: edition.id,
    subject: oneLine(withoutSlots(edition.subject)),
    createdAt: edition.createdAt.toISOString(),
    url,
    articles: articles.map(({ id, title, url }) => ({ id, title, url })),
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

/** Reads an `edition.json`. @returns undefined for what is none */
export function readEditionJson(text: string): SentEdition | undefined {
  try {
    const { id, subject, createdAt, url, articles } = JSON.parse(text)
    const at = new Date(createdAt)
    const isWhole = [id, subject, url].every((value) => typeof value === 'string' && value !== '')
    if (!isWhole || Number.isNaN(at.getTime()) || !Array.isArray(articles)) return undefined
    return { id, subject, createdAt: at, url, articles }
  } catch {
    return undefined
  }
}
