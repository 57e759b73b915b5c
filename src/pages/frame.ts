import { cleanLine } from '../feeds/guard.ts'
import type { Publication } from '../model/publication.ts'
import { directionOf } from '../templates/locale.ts'
import type { Templates } from '../templates/templates.ts'
import { fill, type Words } from '../templates/words.ts'
import type { Desk } from './desk.ts'
import type { PageView } from './view.ts'

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
  const { url } = publication
  const frame = frameOf(publication, { lang, words }, base)
  const { title } = frame.publication
  return {
    ...frame,
    title: `${heading} · ${title}`,
    description: null,
    canonical: null,
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
    archive: null,
    heading,
  }
}

type Frame = Pick<
  PageView,
  'lang' | 'dir' | 'root' | 'icon' | 'copyright' | 'publication' | 'words' | 'editions' | 'join'
>

/**
 * What stands around every page.
 *
 * @param root from the page to the root of out/
 */
export function frameOf(
  publication: Publication,
  { lang, words }: Pick<Desk, 'lang' | 'words'>,
  root: string,
): Frame {
  const { title, description, url, language, icon = '', copyright = '' } = publication
  return {
    lang,
    dir: words.dir,
    root,
    icon: icon.startsWith(url) ? `${root}${icon.slice(url.length)}` : null,
    copyright: cleanLine(copyright) || null,
    publication: {
      title: cleanLine(title),
      description: cleanLine(description),
      url,
      lang: language,
      dir: directionOf(language),
    },
    words: { ...words },
    editions: [],
    join: null,
  }
}

/** The way to the form by which readers join, where there is one. */
export function joinView(
  join: { readonly url: string; readonly newsletter: string } | undefined,
  { words }: Pick<Desk, 'words'>,
): PageView['join'] {
  if (!join) return null
  return {
    url: join.url,
    label: fill(words.join.title, { newsletter: cleanLine(join.newsletter) }),
  }
}
