import { tests as examples } from 'commonmark-spec'
import { parseDocument } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { renderCommonMark, renderMarkdown } from '../../src/content/markdown.ts'

describe('Markdown', () => {
  it('agrees with all 652 examples of CommonMark 0.31.2', () => {
    const wrong = examples.filter(
      ({ markdown, html }) => tree(renderCommonMark(tabbed(markdown))) !== tree(tabbed(html)),
    )
    expect(wrong.map(({ number }) => number)).toEqual([])
    expect(examples).toHaveLength(652)
  })

  it('has tables with their alignment', () => {
    const html = renderMarkdown('| left | right |\n| :--- | ---: |\n| 1 | 2 |\n')
    expect(html).toContain('<th style="text-align: left">left</th>')
    expect(html).toContain('<td style="text-align: right">2</td>')
  })

  it('has task lists, strikethrough and bare addresses', () => {
    const html = renderMarkdown('- [x] done\n- [ ] open\n\n~~no~~ www.example.com\n')
    expect(html.match(/<input type="checkbox"/g)).toHaveLength(2)
    expect(html).toContain('<del>no</del> <a href="http://www.example.com">www.example.com</a>')
  })

  it('puts footnotes below a rule, with links there and back and no words of its own', () => {
    const html = renderMarkdown('Said[^1] twice[^1].\n\n[^1]: By whom.\n')
    expect(html).toContain('<hr>\n<section role="doc-endnotes">')
    expect(html).toContain('<li id="fn-1">')
    expect(html).toContain('href="#fnref-1-2"')
    expect(html).not.toMatch(/Footnotes|Back to/)
  })

  it('leaves punctuation and a rule in the first line as they were typed', () => {
    expect(renderMarkdown('---\ntitle\n\n"so" -- he said...\n')).toBe(
      '<hr>\n<p>title</p>\n<p>"so" -- he said...</p>\n',
    )
  })
})

/** How the specification writes a tab. */
function tabbed(text: string): string {
  return text.replaceAll('→', '\t')
}

/** HTML as what it means: `<hr>` and `<hr />`, `"` and `&quot;` are the same. */
function tree(html: string): string {
  return JSON.stringify(parseDocument(html).children, (key, value: unknown) =>
    key === 'parent' || key === 'prev' || key === 'next' ? undefined : value,
  )
}
