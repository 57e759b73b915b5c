import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shorten, summarise } from '../../src/content/summary.ts'

describe('a summary', () => {
  it('is running text: no headings, code, tables, pictures or numbers of notes', () => {
    const html =
      '<h2>Head</h2><figure><img src="https://example.org/a" alt="x"><figcaption>Cap</figcaption></figure><p>One<sup><a href="#">1</a></sup> <b>t</b>wo &amp;\n three.</p><pre><code>code</code></pre><table><tbody><tr><td>t</td></tr></tbody></table><p>Four.</p>'
    expect(summarise(html)).toBe('One two & three. Four.')
  })

  it('stops before the notes', () => {
    expect(
      summarise(
        '<p>Said.</p>\n<hr>\n<section role="doc-endnotes">\n<ol><li>Note ↩︎</li></ol></section>',
      ),
    ).toBe('Said.')
  })

  it('ends with a sentence where one ends late enough', () => {
    const sentence = `${'word '.repeat(45)}end.`
    expect(shorten(`${sentence} ${'more '.repeat(60)}`)).toBe(sentence)
  })

  it('ends with a word and an ellipsis otherwise', () => {
    expect(shorten('word '.repeat(100))).toMatch(/^(?:word )+word…$/)
    expect(shorten('word '.repeat(100)).length).toBeLessThanOrEqual(300)
  })

  it('cuts text without spaces between its words', () => {
    for (const text of ['漢字仮名交じり文'.repeat(60), 'ภาษาไทยไม่เว้นวรรค'.repeat(40)]) {
      const summary = shorten(text)
      expect(summary.length).toBeGreaterThan(200)
      expect(summary.length).toBeLessThanOrEqual(300)
      expect(text.startsWith(summary.replace(/…$/, ''))).toBe(true)
    }
  })

  it('never cuts a family in two', () => {
    const family = '👨‍👩‍👧‍👦'
    expect(shorten(family.repeat(60)).replace(/…$/, '').replaceAll(family, '')).toBe('')
  })

  it('of any text is short, one line and without half characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 900 }), (text) => {
        const summary = shorten(text)
        expect(summary.length).toBeLessThanOrEqual(300)
        expect(summary).not.toMatch(/[\n\r]|^\s|\s$/)
        expect(summary.isWellFormed()).toBe(text.isWellFormed() || summary.isWellFormed())
      }),
    )
  })
})
