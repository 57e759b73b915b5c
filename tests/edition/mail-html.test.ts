import fc from 'fast-check'
import { Parser } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { takeExcerpt } from '../../src/edition/excerpt.ts'
import { htmlToText } from '../../src/edition/html-text.ts'
import { parseMailHtml } from '../../src/edition/mail-html.ts'
import { writeMailHtml } from '../../src/edition/write-html.ts'

const simplify = (html: string, omitImage?: string) =>
  writeMailHtml(parseMailHtml(html, omitImage)).trim()

describe('the HTML of an article, simplified for mail', () => {
  it('puts text that stands alone into paragraphs and drops what is empty', () => {
    expect(simplify('<div>one <b>two</b></div>three<p> </p><section><p>four</p></section>')).toBe(
      '<p>one <strong>two</strong></p>\n<p>three</p>\n<p>four</p>',
    )
  })

  it('keeps the layout of code and of nothing else', () => {
    expect(simplify('<p>a\n  b</p><pre><code>x\n  y</code></pre>')).toBe(
      '<p>a b</p>\n<pre style="white-space:pre-wrap;overflow-wrap:anywhere"><code>x\n  y</code></pre>',
    )
  })

  it.each([
    ['a script', '<p>a<script>alert(1)</script></p>'],
    ['an event handler', '<p onclick="x()" style="color:red">a</p>'],
    ['a link to a script', '<p><a href="java\nscript:alert(1)">a</a></p>'],
    ['a tracking pixel', '<p>a<img src="https://example.com/p.gif" width="1" height="1"></p>'],
    ['an embedded picture', '<p>a<img src="data:image/png;base64,AAAA"></p>'],
    ['a frame', '<iframe src="https://example.com/"></iframe><p>a</p>'],
    ['a comment for Outlook', '<!--[if mso]><p>b</p><![endif]--><p>a</p>'],
  ])('drops %s', (_what, html) => {
    expect(simplify(html)).toBe('<p>a</p>')
  })

  it('leaves out the picture that is shown above the text already', () => {
    const html = '<p><img src="https://example.com/a.jpg" alt="A"></p><p>text</p>'
    expect(simplify(html, 'https://example.com/a.jpg')).toBe('<p>text</p>')
  })

  it('is not misled by the name of an element', () => {
    expect(simplify('<constructor>a</constructor>b')).toBe('<p>ab</p>')
  })

  it('survives more pieces than a call has arguments', () => {
    expect(simplify(`<a>${'x<br>'.repeat(200_000)}</a>`)).toContain('x<br>x')
  })

  it('survives nesting deeper than any reader follows', () => {
    const html = simplify(`${'<blockquote><div>'.repeat(50_000)}deep`)
    expect(html).toContain('deep')
    expect(html.match(/<blockquote/g)?.length).toBeLessThan(50)
  })

  it('writes nothing but its own elements with its own attributes, whatever goes in', () => {
    const piece = fc.constantFrom(
      ...[
        '<p>',
        '</p>',
        '<a href="',
        'https://example.com/',
        '">',
        "'",
        '<mj-text>',
        '</mj-text>',
        '<mj-include path="x"/>',
      ],
      ...[
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '{{',
        '}}',
        '<svg>',
        '<script>',
        '</script>',
        '<table><tr><td>',
        '<li>',
        '&lt;',
      ],
      ...[
        '\uFDD0name\uFDD1',
        '\uFDD2',
        '<img src=',
        ' onerror=x',
        '<style>',
        '<b',
        '\0',
        '\uD800',
        '<pre>',
        'text ',
      ],
    )
    const tags = new Set(
      'p div h3 h4 ul ol li blockquote pre table tr th td a em strong code s sub sup img br hr'.split(
        ' ',
      ),
    )
    const names = new Set('dir lang href start src alt width style'.split(' '))
    fc.assert(
      fc.property(fc.string({ unit: piece, maxLength: 40 }), (html) => {
        const written = simplify(html)
        const parser = new Parser({
          onopentag(name, attributes) {
            expect(tags).toContain(name)
            for (const key of Object.keys(attributes)) expect(names).toContain(key)
          },
          oncomment: () => expect.unreachable('a comment'),
        })
        parser.end(written)
        expect(written).not.toMatch(/[\uFDD0-\uFDEF\0]/)
        expect(written.isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('an excerpt', () => {
  const nodes = parseMailHtml('<p>one one</p><h2>Head</h2><p>two two two two</p>')

  it('is the whole when it fits', () => {
    expect(takeExcerpt(nodes, 1000)).toEqual({ nodes, whole: true })
  })

  it('ends after a paragraph, never after a heading', () => {
    const { nodes: taken, whole } = takeExcerpt(nodes, 25)
    expect(writeMailHtml(taken)).toBe('<p>one one</p>\n')
    expect(whole).toBe(false)
  })

  it('cuts a first paragraph that is too long at a word, with all its elements closed', () => {
    const long = parseMailHtml(`<p>begin <em>${'word '.repeat(1000)}</em></p>`)
    expect(writeMailHtml(takeExcerpt(long, 40).nodes)).toMatch(
      /^<p>begin <em>(?:word )+word…<\/em><\/p>\n$/,
    )
  })
})

describe('the text of an article', () => {
  it('numbers its links, each address once, and shows pictures by their words', () => {
    const html =
      '<p><a href="https://example.com/a">A</a>, <a href="https://example.com/b">B</a> and <a href="https://example.com/a">A again</a></p><p><img src="https://example.com/x.png" alt="A boat"></p>'
    expect(htmlToText(simplify(html))).toBe(
      'A [1], B [2] and A again [1]\n\n[A boat]\n\n[1] https://example.com/a\n[2] https://example.com/b',
    )
  })

  it('does not number an address that is its own text', () => {
    const html = '<p><a href="https://example.com/">https://example.com/</a></p>'
    expect(htmlToText(simplify(html))).toBe('https://example.com/')
  })

  it('underlines headings, marks lists, quotations and code', () => {
    const html =
      '<h2>Costs</h2><ul><li>one</li><li>two <code>x</code></li></ul><blockquote><p>so</p></blockquote><pre><code>a\n b\n</code></pre>'
    expect(htmlToText(simplify(html))).toBe(
      'Costs\n-----\n\n• one\n• two `x`\n\n> so\n\n    a\n     b',
    )
  })

  it('keeps the numbers of footnotes and drops the ways back to them', () => {
    const html =
      '<p>Said.<sup><a href="https://example.com/a#fn-1">1</a></sup></p><section><ol><li><p>Note. <a href="https://example.com/a#ref-1">↩︎</a></p></li></ol></section>'
    expect(htmlToText(simplify(html))).toBe('Said.^1\n\n 1. Note.')
  })

  it('lines up the columns of a table, empty cells too', () => {
    const html =
      '<table><tr><th></th><th>price</th></tr><tr><td>日本</td><td>1</td></tr><tr><td>fish</td><td></td></tr></table>'
    expect(htmlToText(simplify(html))).toBe('     | price\n日本 | 1\nfish |')
  })
})
