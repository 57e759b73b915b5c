import { cleanLine } from '../feeds/guard.ts'
import type { Publication } from '../model/publication.ts'
import { directionOf } from '../templates/locale.ts'
import type { Templates } from '../templates/templates.ts'
import type { Words } from '../templates/words.ts'

/** What all pages have in common that `tidings serve` makes itself. */
export interface FrameInput {
  readonly publication: Publication
  /** what readers join and leave; the publication's title where there is none */
  readonly newsletter: string
  /** where readers can write to, a bare address */
  readonly contact?: string
  /** the path at which out/ is served: begins and ends with `/` */
  readonly base: string
  readonly templates: Templates
}

/**
 * What the frame of such a page shows, `templates/page.html`.
 *
 * @param lang of `words`
 */
export function frameView(
  { publication, base }: FrameInput,
  { lang, words, heading }: { lang: string; words: Words; heading: string },
): object {
  const { url, language, icon = '' } = publication
  const title = cleanLine(publication.title)
  return {
    lang,
    dir: words.dir,
    title: `${heading} · ${title}`,
    description: null,
    canonical: null,
    root: base,
    icon: icon.startsWith(url) ? `${base}${icon.slice(url.length)}` : null,
    copyright: cleanLine(publication.copyright ?? '') || null,
    publication: {
      title,
      description: cleanLine(publication.description),
      url,
      lang: language,
      dir: directionOf(language),
    },
    words,
    feed: {
      title,
      name: title,
      folder: base,
      rss: `${url}rss.xml`,
      atom: `${url}atom.xml`,
      json: `${url}feed.json`,
    },
    articles: [],
    groups: [],
    heading,
  }
}
