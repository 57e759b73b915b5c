import { htmlRenderer } from '../templates/liquid.ts'
import type { Templates } from '../templates/templates.ts'
import { type Page, type PagesInput, pageViews } from './page-views.ts'

/** A file for people. */
export interface PageFile {
  /** below out/, with `/` between its parts */
  readonly path: string
  readonly contents: string
}

/** What is handed on as it is. */
const styleSheets = ['tidings.css', 'feed.css']

/**
 * The front page, a page for each tag, author, section and language that has a feed, and the style sheets of the
 * pages and of the feeds. The same input gives the same bytes.
 *
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong
 */
export function pageFiles({
  templates,
  ...input
}: Omit<PagesInput, 'languages'> & { readonly templates: Templates }): readonly PageFile[] {
  return [
    ...renderPages(pageViews({ ...input, languages: templates.languages }), templates),
    ...styleFiles(templates),
  ]
}

/** @throws {Fault} 'content-invalid' with file and line when a template is wrong */
export function renderPages(pages: readonly Page[], { files }: Templates): readonly PageFile[] {
  const render = htmlRenderer(files)
  return pages.map(({ path, template, view }) => ({ path, contents: render(template, view) }))
}

export function styleFiles({ files }: Templates): readonly PageFile[] {
  return styleSheets.map((path) => ({ path, contents: files.get(path)?.source ?? '' }))
}
