import { cleanLine, isoDate } from '../feeds/guard.ts'
import type { SentEdition } from '../model/edition.ts'
import type { Feed } from '../model/feed.ts'
import type { Publication } from '../model/publication.ts'
import { htmlRenderer } from '../templates/liquid.ts'
import type { Templates } from '../templates/templates.ts'
import { deskOf } from './desk.ts'
import { frameOf, joinView } from './frame.ts'
import type { PageFile } from './page-files.ts'
import type { PagesInput } from './page-views.ts'
import type { PageView } from './view.ts'

/**
 * The page that lists all editions.
 *
 * @param editions newest first
 * @param feed theirs
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong
 */
export function editionArchivePage(
  editions: readonly SentEdition[],
  {
    publication,
    feed,
    templates,
    join,
  }: {
    readonly publication: Publication
    readonly feed: Feed
    readonly templates: Templates
    readonly join?: PagesInput['join']
  },
): PageFile {
  const desk = deskOf(publication, templates.languages)
  const { words, dates } = desk
  const name = cleanLine(feed.title)
  const view: PageView = {
    ...frameOf(publication, desk, '../'),
    join: joinView(join, desk),
    title: name,
    description: words.page.editionsText,
    canonical: feed.homeUrl,
    feed: {
      kind: 'editions',
      kindName: words.page.editions,
      name,
      title: name,
      page: 'index.html',
      ...feed.urls,
      folder: '',
      count: '',
    },
    articles: [],
    groups: [],
    archive: null,
    editions: editions.map(({ id, subject, createdAt, articles }) => ({
      title: cleanLine(subject),
      page: `${encodeURIComponent(id)}/index.html`,
      date: dates.format(createdAt),
      isoDate: isoDate(createdAt),
      articles: articles.map(({ title }) => cleanLine(title)),
    })),
  }
  return {
    path: 'editions/index.html',
    contents: htmlRenderer(templates.files)('editions.html', view),
  }
}
