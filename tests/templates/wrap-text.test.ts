import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth, tidyText, underline, wrapText } from '../../src/templates/wrap-text.ts'

describe('displayWidth', () => {
  it.each([
    ['café', 4],
    ['cafe\u0301', 4],
    ['日本語', 6],
    ['👩‍👩‍👧', 2],
    ['a\u200Bb', 2],
    ['ｆｕｌｌ', 8],
    ['ميناء', 5],
  ])('gives %j the columns that a terminal gives it', (text, columns) => {
    expect(displayWidth(text)).toBe(columns)
  })
})

describe('wrapText', () => {
  it('keeps the mark of a quotation and hangs the lines of a list', () => {
    expect(wrapText('> one two three\n• four five six\n12. seven eight', 11)).toBe(
      '> one two\n> three\n• four five\n  six\n12. seven\n    eight',
    )
  })

  it('breaks a script without spaces by its columns, and not before a full stop', () => {
    expect(wrapText('日本語の文章。次の文', 12)).toBe('日本語の文\n章。次の文')
  })

  it('never breaks an address', () => {
    const url = `https://example.org/${'path/'.repeat(30)}`
    expect(wrapText(`see ${url} there`, 20)).toBe(`see\n${url}\nthere`)
  })

  it('leaves no line too wide and loses nothing, whatever the text', () => {
    const unit = fc.constantFrom(
      'a',
      'Z',
      ' ',
      ' ',
      '  ',
      '>',
      '• ',
      '1. ',
      '日',
      '。',
      'é',
      '👍🏽',
      '\n',
      '-',
    )
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 300 }),
        fc.integer({ min: 20, max: 78 }),
        (text, width) => {
          const wrapped = wrapText(text, width)
          for (const line of wrapped.split('\n'))
            expect(displayWidth(line)).toBeLessThanOrEqual(width)
          const bare = (value: string) => value.replace(/[\s>]/g, '')
          expect(bare(wrapped)).toBe(bare(text))
        },
      ),
    )
  })
})

it('underlines as wide as the text, and no wider than a line', () => {
  expect(underline('日本', '=')).toBe('====')
  expect(underline('x'.repeat(200), '-')).toHaveLength(72)
})

it('takes away trailing spaces and all but two empty lines', () => {
  expect(tidyText('\n\na  \n\n\n\n\nb')).toBe('a\n\n\nb\n')
})
