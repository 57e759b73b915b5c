import { markdownToHtml } from 'satteri'

const footnotes = {
  label: '',
  // With the selector for text, or some systems show a coloured picture in its place
  backContent: '↩\uFE0E',
  backLabel: '↩ {reference}',
  clobberPrefix: '',
}
const emptyLabel = '<h2 class="sr-only" id="footnote-label"></h2>'

/**
 * Markdown as HTML: CommonMark 0.31.2 with the tables, task lists, strikethrough, autolinks and footnotes of GitHub.
 * Raw HTML stays raw, punctuation stays as typed; front matter is expected to be gone.
 */
export function renderMarkdown(source: string): string {
  const { html } = markdownToHtml(source, {
    features: { frontmatter: false, gfm: { footnotes } },
  })
  if (!html.includes(emptyLabel)) return html
  // The label is a word in some language, for style sheets that feeds do not have: a rule says the same to all
  return html.replace(
    /<section data-footnotes[^>]*><h2 class="sr-only" id="footnote-label"><\/h2>/,
    '<hr>\n<section role="doc-endnotes">',
  )
}

/** CommonMark alone, without the extensions: what the specification's own examples are about. */
export function renderCommonMark(source: string): string {
  return markdownToHtml(source, { features: { frontmatter: false, gfm: false } }).html
}
