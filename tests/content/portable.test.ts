import fc from 'fast-check'
import { type DefaultTreeAdapterTypes, parse } from 'parse5'
import { describe, expect, it } from 'vitest'
import { escapeAttribute, escapeText } from '../../src/content/escape.ts'
import { makePortable } from '../../src/content/portable.ts'

const place = { url: 'https://example.org/2022/nato/', prefix: 'nato-' }
const portable = (html: string) => makePortable(html, place)

describe('what portable HTML leaves out', () => {
  it.each([
    ['<script>alert(1)</script>a', 'a'],
    ['<style>p{color:red}</style>a', 'a'],
    ['<p onclick="x()" style="color:red" class="y">a</p>', '<p>a</p>'],
    ['<img src=x onerror=alert(1)>', '<img src="https://example.org/2022/nato/x" alt="">'],
    ['<form action="/x"><input name=q><button>Go</button></form>', '<div>Go</div>'],
    ['<svg><script>x</script><circle/></svg>a', 'a'],
    ['<math><mtext><style><img src=x></style></mtext></math>a', 'a'],
    [
      '<base href="https://example.net/"><a href="b">b</a>',
      '<a href="https://example.org/2022/nato/b">b</a>',
    ],
    ['<meta http-equiv=refresh content="0;url=x"><link rel=stylesheet href=x>a', 'a'],
    ['a<!-- b -->c<!--[if mso]>d<![endif]-->', 'ac'],
    ['<p hidden>no</p><span style="display:none">no</span><i class="sr-only">no</i>yes', 'yes'],
    ['<select><option>a</select><textarea><b>x</textarea>z', 'z'],
    ['a\u0000b\u0007c\uFFFEd\uFDD0e\uD800f&#1;g', 'abcdefg'],
  ])('%s', (html, expected) => {
    expect(portable(html)).toBe(expected)
  })

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' \u0001javascript:alert(1)',
    'java\nscript:alert(1)',
    'java&Tab;script&colon;alert(1)',
    '&#106;&#x61;vascript:alert(1)',
    'vbscript:x',
    'data:text/html,<script>x</script>',
    'file:///etc/passwd',
    'blob:https://example.org/x',
    'https://',
  ])('the address of a link to %s', (href) => {
    expect(portable(`<a href="${href}">text</a>`)).toBe('text')
    expect(portable(`<img src="${href}" alt="words">`)).toBe('words')
  })

  it('nothing that follows a tag which an author only mentions', () => {
    const html = portable('<p>The <title> tag and the <style> tag.</p><p>More.</p>')
    expect(html).toBe('<p>The  tag and the  tag.</p><p>More.</p>')
  })
})

describe('what portable HTML changes', () => {
  it.each([
    [
      'a relative link',
      '<a href="../x?a=1&b=2">x</a>',
      '<a href="https://example.org/2022/x?a=1&amp;b=2">x</a>',
    ],
    [
      'a scheme-relative image',
      '<img src="//example.net/a.png">',
      '<img src="https://example.net/a.png" alt="">',
    ],
    [
      'a set of images',
      '<img src="a.png" srcset="a.png, /b.png 2x, javascript:x 3x">',
      '<img src="https://example.org/2022/nato/a.png" srcset="https://example.org/2022/nato/a.png, https://example.org/b.png 2x" alt="">',
    ],
    [
      'an image that a script would load',
      '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/real.jpg" loading=lazy><noscript><img src="/real.jpg"></noscript>',
      '<img src="https://example.org/real.jpg" alt="">',
    ],
    ['a tracking pixel', 'a<img src="/p.gif" width=1 height=1>', 'a'],
    [
      'a video that stands in a frame',
      '<iframe src="https://www.youtube-nocookie.com/embed/abc_1?rel=0" title="The speech"></iframe>',
      '<p><a href="https://www.youtube.com/watch?v=abc_1">The speech</a></p>',
    ],
    [
      'a frame that a script would fill',
      '<iframe class="lazyload" src="about:blank" data-src="https://www.youtube.com/embed/abc" title="Late"></iframe><iframe src="" data-lazy-src="https://player.vimeo.com/video/1" title="Later"></iframe>',
      '<p><a href="https://www.youtube.com/watch?v=abc">Late</a></p><p><a href="https://vimeo.com/1">Later</a></p>',
    ],
    [
      'players that a script would fill',
      '<video data-src="a.mp4" data-poster="a.png"></video><audio src="about:blank" data-src="a.mp3"></audio><video><source data-src="b.mp4" type="video/mp4"></video><picture><source data-srcset="c.webp 2x"><img src="c.png" alt="c"></picture>',
      '<video src="https://example.org/2022/nato/a.mp4" poster="https://example.org/2022/nato/a.png" controls=""></video><audio src="https://example.org/2022/nato/a.mp3" controls=""></audio><video controls=""><source type="video/mp4" src="https://example.org/2022/nato/b.mp4"></video><picture><source srcset="https://example.org/2022/nato/c.webp 2x"><img src="https://example.org/2022/nato/c.png" alt="c"></picture>',
    ],
    [
      'any other frame',
      'See <iframe src="//player.vimeo.com/video/1">old</iframe>',
      'See <p><a href="https://vimeo.com/1">▶ vimeo.com</a></p>',
    ],
    [
      'a task',
      '<li><input type="checkbox" checked disabled> done</li>',
      '<li><span role="checkbox" aria-checked="true" aria-disabled="true">☑</span> done</li>',
    ],
    [
      'the style of a cell',
      '<table><tr><td style="text-align: right">1</table>',
      '<table><tbody><tr><td align="right">1</td></tr></tbody></table>',
    ],
    [
      'elements of another time',
      '<center><tt>x</tt><font color=red>y</font></center>',
      '<div align="center"><code>x</code>y</div>',
    ],
    ['a formula', '<math alttext="E=mc^2"><mi>E</mi></math>', 'E=mc^2'],
    ['a formula without words', 'so <math><mi>E</mi><mo>=</mo><mi>m</mi></math>.', 'so E=m.'],
    [
      'a formula that was drawn twice',
      '<p><span class="katex"><span class="katex-mathml"><math><semantics><mi>E</mi><annotation encoding="application/x-tex">E=mc^2</annotation></semantics></math></span><span class="katex-html" aria-hidden="true"><span>E</span></span></span> holds</p>',
      '<p><span><span>E=mc^2</span></span> holds</p>',
    ],
    [
      'drawings',
      '<svg><title>Sales &amp; costs</title><text>42 %</text></svg> <svg aria-hidden="true"><title>x</title></svg><svg aria-label="Two"><title>x</title></svg>',
      'Sales &amp; costs Two',
    ],
    [
      'classes, but that of a language',
      '<pre class="x"><code class="y language-c++ z">1</code></pre>',
      '<pre><code class="language-c++">1</code></pre>',
    ],
  ])('%s', (_, html, expected) => {
    expect(portable(html)).toBe(expected)
    expect(portable(expected)).toBe(expected)
  })

  it('ids, so that two articles may stand on one page, and the links to them', () => {
    expect(portable('<h2 id="a b">A</h2><a href="#a%20b">a</a><a name=old></a>')).toBe(
      '<h2 id="nato-a-b">A</h2><a href="https://example.org/2022/nato/#nato-a-b">a</a><span id="nato-old"></span>',
    )
  })

  it('links to places that only the page on the web has, which keep their names', () => {
    expect(portable('<a href="#comments">c</a>')).toBe(
      '<a href="https://example.org/2022/nato/#comments">c</a>',
    )
  })
})

describe('how portable HTML stands', () => {
  it.each([
    ['closes what is open', '<div><p>a<b>b', '<div><p>a<b>b</b></p></div>'],
    ['parts paragraphs as browsers do', '<p>a<div>b</div>c</p>', '<p>a</p><div>b</div>c'],
    [
      'carries emphasis over the end of a block',
      '<p><b>a<p>b</b>c',
      '<p><b>a</b></p><p><b>b</b>c</p>',
    ],
    [
      'ends a link where the next one begins',
      '<a href=/1>a<a href=/2>b</a>',
      '<a href="https://example.org/1">a</a><a href="https://example.org/2">b</a>',
    ],
    [
      'keeps text in a table in its place',
      '<table>x<tr><td>y</table>',
      '<table><tbody><tr><td>x</td></tr><tr><td>y</td></tr></tbody></table>',
    ],
    ['keeps cells apart where there is no table', '<td>a</td><td>b</td>', ' a b'],
    ['keeps the first line of code', '<pre>\n\n a</pre>', '<pre>\n\n a</pre>'],
  ])('%s', (_, html, expected) => {
    expect(portable(html)).toBe(expected)
  })

  it('is as deep as a reader can follow, and loses no words beyond', () => {
    const html = portable(`${'<div>'.repeat(5000)}deep${'</div>'.repeat(5000)} after`)
    expect(html.match(/<div>/g)?.length).toBeLessThan(200)
    expect(html).toMatch(/deep(?:<\/div>)+ after$/)
  })

  it('reads as the tree that it spells, holds nothing but the allowed, and is a fixed point', () => {
    fc.assert(
      fc.property(hostileHtml(), (html) => {
        const output = portable(html)
        for (const quirks of ['<!DOCTYPE html>', '']) {
          const body = bodyOf(`${quirks}<body><main>${output}</main>`)
          expect(serialise(body)).toBe(`<main>${output}</main>`)
          expect(offences(body)).toEqual([])
        }
        expect(portable(output)).toBe(output)
      }),
      { numRuns: 3000 },
    )
  })
})

type Node = DefaultTreeAdapterTypes.Node
type Parent = DefaultTreeAdapterTypes.ParentNode

/** Tags in any order, as no author would write them and an attacker does. */
function hostileHtml(): fc.Arbitrary<string> {
  const tags =
    'a b i code p div ul ol li dl dt dd table tbody tr td th caption h1 h2 pre ruby rt rp span br img hr blockquote center svg math style script title textarea template noscript iframe select option form input details picture source video xmp plaintext foreignObject mglyph mtext annotation-xml desc noembed body html col object embed button'.split(
      ' ',
    )
  const attributes =
    ' id=x| href=#x| href=b| href=javascript:alert(1)| name=n| src=i.png| onclick=1| style=text-align:center| hidden| class=sr-only| title="</p><img src=x onerror=1>"| alt="&quot; onload=1"| data-src=j.png| srcset="a 1x, b"| type=checkbox|/|'.split(
      '|',
    )
  const loose =
    '<!--|-->|<![CDATA[|]]>|<|&|\0|\uFDD0|"|\'|\r\n|<!DOCTYPE x>|<?x ?>|\uD800|&nbsp;|&#0;|&#xFDD0;|&lt;|\n| |x'.split(
      '|',
    )
  const tag = fc.constantFrom(...tags)
  const piece = fc.oneof(
    fc
      .tuple(tag, fc.constantFrom(...attributes))
      .map(([name, attribute]) => `<${name}${attribute}>`),
    tag.map((name) => `</${name}>`),
    fc.constantFrom(...loose),
    fc.string({ maxLength: 4 }),
  )
  return fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''))
}

function bodyOf(html: string): Parent {
  const root = parse(html).childNodes.find(({ nodeName }) => nodeName === 'html')
  const body = root && 'childNodes' in root ? root.childNodes[1] : undefined
  if (body === undefined || !('childNodes' in body)) throw new Error('no body')
  return body
}

/** A browser's tree, spelt as portable HTML spells it. */
function serialise(node: Node): string {
  if (!('childNodes' in node)) return 'value' in node ? escapeText(node.value) : '<!-- -->'
  return node.childNodes.map(element).join('')
}

function element(node: Node): string {
  if (!('tagName' in node)) return serialise(node)
  const attributes = node.attrs
    .map(({ name, value }) => ` ${name}="${escapeAttribute(value)}"`)
    .join('')
  const tag = `<${node.tagName}${attributes}>`
  if (/^(?:br|hr|img|wbr|source)$/.test(node.tagName)) return tag
  const inner = serialise(node)
  // The parser took the first line end of a pre away
  const first = node.tagName === 'pre' && inner.startsWith('\n') ? '\n' : ''
  return `${tag}${first}${inner}</${node.tagName}>`
}

function offences(node: Node): string[] {
  if (!('childNodes' in node)) return []
  const inner = node.childNodes.flatMap(offences)
  if (!('tagName' in node)) return inner
  const own = node.attrs
    .filter(({ name, value }) => {
      if (name.startsWith('on') || name === 'style') return true
      return /^(?:href|src|cite|poster)$/.test(name) && !/^(?:https?|mailto|tel):/.test(value)
    })
    .map(({ name, value }) => `${name}=${value}`)
  const isForbidden =
    /^(?:script|style|svg|math|iframe|object|embed|form|input|template|title)$/.test(node.tagName)
  return isForbidden ? [node.tagName, ...own, ...inner] : [...own, ...inner]
}
