import { listChannels } from '../../src/feeds/channels.ts'
import type { Article } from '../../src/model/article.ts'
import type { Publication } from '../../src/model/publication.ts'
import { type PageFile, pageRenderer, styleFiles } from '../../src/pages/page-files.ts'
import { pageViews } from '../../src/pages/page-views.ts'
import type { Templates } from '../../src/templates/templates.ts'
import { templates as packaged } from '../edition/templates.ts'
import { collection, publication } from '../feeds/samples.ts'

/** The pages of these articles, with a feed for everything that they have in common. */
export function pagesOf(
  articles: readonly Partial<Article>[],
  changes: Partial<Publication> = {},
  templates: Templates = packaged,
): readonly PageFile[] {
  const given = { ...publication, ...changes }
  const pages = pageViews({
    publication: given,
    channels: listChannels(given, collection(...articles), [
      'tag',
      'author',
      'section',
      'language',
    ]),
    limit: 20,
    render: ({ description }) => ({ html: '', summary: description }),
    languages: templates.languages,
  })
  return [...pages.map(pageRenderer(templates)), ...styleFiles(templates, given.language)]
}

/** Scripts and directions mixed, words that do not fit, and texts that would be markup. */
export const hardArticles: readonly Partial<Article>[] = [
  {
    title: 'A long look at <script>alert(1)</script> & "quotes"',
    authors: [{ name: 'Inés Ortega' }, { name: 'O’Brien <o@example.org>' }],
    tags: ['C++', 'c#', '<b>', 'A tag that is really a sentence about something else altogether'],
    section: 'guides',
    description: 'What it is about, in a sentence. </p><img src=x onerror=alert(1)> {{ title }}',
  },
  {
    title: `Donau${'dampfschifffahrts'.repeat(8)}kapitän`,
    language: 'de',
    authors: [{ name: 'A'.repeat(90) }],
    tags: ['Unteilbares'.repeat(9)],
    description: 'x'.repeat(400),
  },
  {
    title: 'ما هي الخلاصة؟ RSS و Atom',
    language: 'ar',
    authors: [{ name: 'سلمى' }],
    tags: ['خلاصات'],
    description: 'نص قصير بالعربية.',
  },
  { title: '日本語の見出し', language: 'ja', tags: ['フィード'], section: 'guides' },
]
