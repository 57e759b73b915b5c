import { tests as examples } from 'commonmark-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderMarkdown } from '../../src/content/markdown.ts'
import { isPlainHtml } from '../../src/content/plain-html.ts'
import { makePortable } from '../../src/content/portable.ts'

const place = { url: 'https://example.org/2022/nato/', prefix: 'nato-' }

/** By the parser and the tree, which an element round it makes necessary. */
function inFull(html: string): string {
  return makePortable(`<div>${html}</div>`, place).slice('<div>'.length, -'</div>'.length)
}

describe('plain HTML', () => {
  it.each([
    '# A "title" & more\n\nSome *words*, **more** of ~~them~~ and `code < x`.\n',
    '- a\n- b\n\n  c\n  1. d\n     > e\n\n---\n\n```c++\nint a = 1 > 2;\n```\n',
    'A [link](https://example.com/?a=1&b=2), **[another](http://example.com/)** and https://example.com/x  \nend\n',
    'Ünïcödé, 日本語, עברית and 🙂\n',
    '',
  ])('is what Markdown comes to: %j', (markdown) => {
    const html = renderMarkdown(markdown)
    expect(isPlainHtml(html)).toBe(true)
    expect(inFull(html)).toBe(html)
  })

  it.each([
    '<p>a',
    '<p></p>',
    '<p>a</p></p>',
    '<p><em>a</p></em>',
    '<p>a<p>b</p></p>',
    '<p>a > b</p>',
    '<p>a < b</p>',
    '<p>a & b</p>',
    '<p>a &nbsp; &quot;b&quot;</p>',
    '<p>a\u0007</p>',
    '<p>a\uFDD0</p>',
    '<p>a\uD800</p>',
    '<p>a\r\nb</p>',
    '<P>a</P>',
    '<p class="x">a</p>',
    '<p>a<br></br></p>',
    '<p>a<br/></p>',
    '<pre>\na</pre>',
    '<pre><code>\na</code></pre><pre>\na</pre>',
    '<li>a</li>',
    '<ul><p>a</p></ul>',
    '<em>a</em>',
    '<div>a</div>',
    '<h1><h2>a</h2></h1>',
    '<p><a>a</a></p>',
    '<p><a href="b">a</a></p>',
    '<p><a href="#b">a</a></p>',
    '<p><a href="javascript:x">a</a></p>',
    '<p><a href="https://example.com">a</a></p>',
    '<p><a href="https://example.com/?q=a&lt;b&gt;c">a</a></p>',
    '<p><a href="https://example.com/"><a href="https://example.com/">a</a></a></p>',
    '<p><a href="https://example.com/"><em><a href="https://example.com/">a</a></em></a></p>',
    '<p><img src="https://example.com/a.png"></p>',
    '<script>a</script>',
    '<!-- a -->',
    `${'<blockquote>'.repeat(200)}a${'</blockquote>'.repeat(200)}`,
  ])('is not %j', (html) => {
    expect(isPlainHtml(html)).toBe(false)
  })

  it('comes through the parser as it is, in every example of CommonMark', () => {
    const plain = examples
      .flatMap(({ markdown, html }) => [html, renderMarkdown(markdown)])
      .filter(isPlainHtml)
    expect(plain.length).toBeGreaterThan(400)
    for (const html of plain) expect(inFull(html)).toBe(html)
  })

  it('comes through the parser as it is, whatever it is', () => {
    const names = 'p h1 h2 ul ol li em strong del code pre blockquote a br hr div b td'.split(' ')
    const attributes = [
      '',
      '',
      ' ',
      '/',
      ' id="a"',
      ' href="https://example.com/"',
      ' href="https://example.com/?a&lt;&amp;b"',
      ' href="#a"',
      ' class="language-c"',
    ]
    const text = fc.oneof(
      fc.constantFrom(
        '',
        'a',
        ' ',
        '\n',
        'a\n',
        '>',
        '<',
        '&amp;',
        '&lt;',
        '&quot;',
        '"',
        '&',
        '\u0001',
        '\uFFFF',
        '🙂',
        '\uD83D',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    )
    const { inside } = fc.letrec((tie) => ({
      inside: fc
        .array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, text, tie('element')), {
          maxLength: 4,
        })
        .map((parts) => parts.join('')),
      element: fc.oneof(
        { weight: 8, arbitrary: tie('whole') },
        fc.constantFrom(
          '<br>',
          '<hr>',
          '<p>',
          '</p>',
          '</li>',
          '<a href="https://example.com/?a&amp;b">',
        ),
      ),
      whole: fc
        .tuple(fc.constantFrom(...names), fc.constantFrom(...attributes), tie('inside'))
        .map(
          ([name, attribute, content]) =>
            `<${name}${name === 'a' || name === 'code' ? attribute : ''}>${content}</${name}>`,
        ),
    }))
    let plain = 0
    fc.assert(
      fc.property(inside as fc.Arbitrary<string>, (html) => {
        if (!isPlainHtml(html)) return
        if (html.includes('<')) plain++
        expect(inFull(html)).toBe(html)
      }),
      { numRuns: 5000 },
    )
    // Some 500 are expected
    expect(plain).toBeGreaterThan(50)
  })
})
