import { htmlRenderer, renderCssTemplate } from '../templates/liquid.ts'
import type { Templates } from '../templates/templates.ts'
import { pickLanguage } from '../templates/words.ts'
import type { Page } from './page-views.ts'
import type { ArticleView } from './view.ts'

/** A file for people. */
export interface PageFile {
  /** below out/, with `/` between its parts */
  readonly path: string
  readonly contents: string
}

/**
 * Makes the front page, and a page for each tag, author, section and language that has a feed. The same input gives the
 * same bytes.
 *
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong
 */
export function pageRenderer({ files }: Templates): (page: Page) => PageFile {
  const render = htmlRenderer(files)
  const known = new Map<ArticleView, object>()
  const withHtml = (article: ArticleView) => {
    const view = known.get(article) ?? { ...article, html: render('article.html', article).trim() }
    known.set(article, view)
    return view
  }
  return ({ path, template, view }) => ({
    path,
    contents: render(template, { ...view, articles: view.articles.map(withHtml) }),
  })
}

/**
 * The style sheets of the pages and of the feeds.
 *
 * @param language BCP 47: whose words stand above a feed
 */
export function styleFiles({ files, languages }: Templates, language: string): readonly PageFile[] {
  const words = languages.get(pickLanguage(languages, language))
  return [
    { path: 'tidings.css', contents: files.get('tidings.css')?.source ?? '' },
    {
      path: 'feed.css',
      contents: renderCssTemplate('feed.css', files, { words, dir: words?.dir }),
    },
  ]
}
