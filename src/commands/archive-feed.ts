import type { Config } from '../config.ts'
import { editionFeed } from '../edition/edition-feed.ts'
import type { SentEdition } from '../model/edition.ts'
import type { Feed } from '../model/feed.ts'
import type { Templates } from '../templates/templates.ts'
import { pickLanguage } from '../templates/words.ts'

/**
 * The feed of the newsletter's editions; undefined without a newsletter.
 *
 * @param editions newest first; without them, it is what a link to it needs
 */
export function archiveFeed(
  { publication, newsletter, feeds: { hubs, limit } }: Config,
  { languages }: Templates,
  editions: readonly SentEdition[] = [],
): Feed | undefined {
  if (!newsletter) return undefined
  const words = languages.get(pickLanguage(languages, publication.language))
  const title = `${newsletter.name}: ${words?.page.editions ?? ''}`
  return editionFeed(editions, { publication, title, hubs, limit })
}
