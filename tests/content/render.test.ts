import { describe, expect, it } from 'vitest'
import { renderArticle } from '../../src/content/render.ts'
import type { Article, Body } from '../../src/model/article.ts'

describe('a rendered article', () => {
  it.each<[Body['format'], string, string]>([
    ['markdown', '*Hi* <script>x</script>', '<p><em>Hi</em> </p>\n'],
    ['text', '*Hi* <b>', '<p>*Hi* &lt;b&gt;</p>\n'],
    ['html', '<p onclick=x>Hi', '<p>Hi</p>'],
  ])('comes from %s', (format, source, html) => {
    expect(renderArticle(article({ format, source })).html).toBe(html)
  })

  it('has footnotes whose ids are its own', () => {
    const { html, summary } = renderArticle(article({ source: 'Said.[^a]\n\n[^a]: Who.' }))
    expect(html).toContain('href="https://example.org/one/#one-fn-a" id="one-fnref-a"')
    expect(html).toContain('<li id="one-fn-a">')
    expect(html).toContain('href="https://example.org/one/#one-fnref-a"')
    expect(summary).toBe('Said.')
  })

  it('shares no id with one of the same slug at another address', () => {
    const source = 'Said.[^a]\n\n[^a]: Who.'
    const url = 'https://example.org/2026/d%C3%ADa/one/'
    const { html } = renderArticle(article({ source }, { url }))
    expect(html).toContain('<li id="2026--día--one-fn-a">')
    expect(html).toContain(`href="${url}#2026--d%C3%ADa--one-fnref-a"`)
  })

  it('has the author’s summary without marks, else its own beginning', () => {
    const source = 'The body.'
    expect(
      renderArticle(article({ source }, { description: 'It is *5 < 6* & `so` <b>on</b>' })).summary,
    ).toBe('It is 5 < 6 & so on')
    expect(renderArticle(article({ source }, { description: 'snake_case & 3 * 4' })).summary).toBe(
      'snake_case & 3 * 4',
    )
    expect(renderArticle(article({ source })).summary).toBe('The body.')
  })

  it('has its first real picture', () => {
    const source =
      '![](data:image/png;base64,AAAA) ![build](https://img.shields.io/x.svg) <img src="/p.gif" width="1" height="1">\n\n![A "view"](/a.jpg)\n\n![](/b.jpg)'
    expect(renderArticle(article({ source })).image).toEqual({
      url: 'https://example.org/a.jpg',
      alt: 'A "view"',
    })
    const image = { url: 'https://example.org/own.jpg', alt: '' }
    expect(renderArticle(article({ source }, { image })).image).toEqual(image)
    expect(renderArticle(article({ source: 'none' })).image).toBeUndefined()
  })

  it('is empty when its body is', () => {
    expect(renderArticle(article({ source: '' }))).toEqual({ html: '', summary: '' })
  })
})

function article(body: Partial<Body>, rest: Partial<Article> = {}): Article {
  return {
    id: 'tag:example.org,2022-06-29:one',
    file: 'content/one.md',
    slug: 'one',
    url: 'https://example.org/one/',
    title: 'One',
    publishedAt: new Date('2022-06-29T00:00:00Z'),
    updatedAt: new Date('2022-06-29T00:00:00Z'),
    authors: [],
    tags: [],
    section: '',
    language: 'en',
    description: '',
    body: { format: 'markdown', source: '', line: 1, ...body },
    draft: false,
    inNewsletter: true,
    ...rest,
  }
}
