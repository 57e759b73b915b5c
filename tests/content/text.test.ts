import fc from 'fast-check'
import { parseDocument } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { makePortable } from '../../src/content/portable.ts'
import { renderText } from '../../src/content/text.ts'

describe('plain text', () => {
  it('is paragraphs between blank lines, whatever ends a line', () => {
    expect(renderText('One.\r\n\r\nTwo.\rTwo more.\n \t\n\nThree.')).toBe(
      '<p>One.</p>\n<p>Two.<br>\nTwo more.</p>\n<p>Three.</p>\n',
    )
  })

  it('joins lines that a program wrapped', () => {
    const wrapped =
      'The quick brown fox jumps over the lazy dog, and the\nlazy dog does not mind at all, because it has seen a\nfox before.'
    expect(renderText(wrapped)).toBe(`<p>${wrapped}</p>\n`)
  })

  it('keeps the lines of an address and of a poem', () => {
    expect(renderText('Jane Doe\n1 Main Street\nSpringfield')).toBe(
      '<p>Jane Doe<br>\n1 Main Street<br>\nSpringfield</p>\n',
    )
    expect(
      renderText(
        'A line of a poem that is rather long, with more than forty signs\nand short\nand another line of it that goes on for some time',
      ),
    ).toContain('<br>\nand short<br>\n')
  })

  it('keeps what looks wrong, and markup as text', () => {
    expect(renderText('”Said she (…) <b>5 & 6</b> *so*')).toBe(
      '<p>”Said she (…) &lt;b&gt;5 &amp; 6&lt;/b&gt; *so*</p>\n',
    )
  })

  it('links addresses without the punctuation after them', () => {
    expect(renderText('See https://example.org/a?b=1&c=2. (Or https://example.net/)')).toBe(
      '<p>See <a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>. (Or <a href="https://example.net/">https://example.net/</a>)</p>\n',
    )
  })

  it('loses no word of any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '\r', '<', '&', '"', 'é', '漢') }),
        (text) => {
          const html = makePortable(renderText(text), { url: 'https://example.org/', prefix: '' })
          expect(wordsOf(shown(html))).toEqual(wordsOf(text))
        },
      ),
    )
  })
})

function shown(html: string): string {
  const read = (nodes: readonly unknown[]): string =>
    nodes
      .map((node) => {
        const { data, children } = node as { data?: string; children?: readonly unknown[] }
        return data ?? read(children ?? [])
      })
      .join('')
  return read(parseDocument(html).children)
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
