import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainInline } from '../../src/content/inline.ts'
import { firstLine, leadingHeading, repeatedTitle, sameTitle } from '../../src/content/title.ts'
import { article, parse } from './parsing.ts'

const markdown = (body: string, title?: string) => {
  const found = article(
    `---\ndate: 2022-06-29\n${title === undefined ? '' : `title: '${title}'\n`}---\n${body}`,
  )
  return {
    title: found.title,
    body: found.body.source,
    line: found.body.line - (title === undefined ? 3 : 4),
  }
}
const text = (body: string) => {
  const {
    title,
    body: { source, line },
  } = article(body, { file: 'content/2022-06-29-a.txt' })
  return { title, body: source, line }
}

describe('a Markdown body without a title of its own', () => {
  it.each([
    ['an ATX heading', '# A day\n\nWords', { title: 'A day', body: 'Words', line: 3 }],
    ['a closed ATX heading', '\n## A day ##\nWords', { title: 'A day', body: 'Words', line: 3 }],
    ['a setext heading', 'A\nday\n===\nWords', { title: 'A day', body: 'Words', line: 4 }],
    [
      'an HTML heading',
      '<h1 id="x">A <i>day</i></h1>\n\nWords',
      { title: 'A day', body: 'Words', line: 3 },
    ],
    [
      'a heading after a comment',
      '<!-- note -->\n# A day\nWords',
      { title: 'A day', body: 'Words', line: 3 },
    ],
  ])('gives %s as its title, once', (_, body, expected) => {
    expect(markdown(body)).toEqual(expected)
  })

  it('takes a later heading for its title and leaves it where it is', () => {
    const body = '```\n# no\n```\n\nWords\n\n## A day\n\nMore'
    expect(markdown(body)).toEqual({ title: 'A day', body, line: 1 })
  })

  it('takes a first line that stands alone off the body', () => {
    expect(markdown('**A day**\n\nWords')).toEqual({ title: 'A day', body: 'Words', line: 3 })
  })

  it('leaves the first line of a paragraph in its paragraph', () => {
    expect(markdown('A day\nof words')).toEqual({
      title: 'A day',
      body: 'A day\nof words',
      line: 1,
    })
  })

  it('shortens a long first line at a word and keeps it', () => {
    const { title, body } = markdown('word '.repeat(60))
    expect(title).toMatch(/^(word )+word…$/)
    expect(title.length).toBeLessThanOrEqual(121)
    expect(body).toHaveLength(299)
  })
})

describe('a body that says its title again', () => {
  it.each([
    ['# A day in “Madrid”\n\nWords', 'A day in "Madrid"'],
    ['# A *day*\n\nWords', 'A day'],
    ['# A DAY.\n\n# A day\n\nWords', 'A day'],
    ['A day\n\nWords', 'A day'],
    ['A day\n-----\nWords', 'A day'],
    [`${'A long day '.repeat(15).trim()}\n\nWords`, 'A long day '.repeat(15).trim()],
  ])('shows %j only once', (body, title) => {
    expect(markdown(body, title)).toMatchObject({ title, body: 'Words' })
  })

  it.each([
    '# Another day\n\nWords',
    'A day\nof words',
    '> A day\n\nWords',
    '- A day\n\nWords',
    '    A day\n\nWords',
  ])('keeps %j, which is something else', (body) => {
    expect(markdown(body, 'A day').body).toBe(body)
  })
})

it('takes the title of a plain text off it as often as it is repeated', () => {
  expect(text('The news\n\nThe news\n\nParagraph one.\n\n\nTwo.')).toEqual({
    title: 'The news',
    body: 'Paragraph one.\n\n\nTwo.',
    line: 5,
  })
  expect(text('The news\n========\n\nOne.')).toEqual({ title: 'The news', body: 'One.', line: 4 })
  expect(text('# not a heading\nOne.').title).toBe('# not a heading')
})

it.each([
  ['`code` and **bold** _it_', 'code and bold it'],
  ['[link](https://example.org/a_(b)) ![pic](x.png)', 'link pic'],
  ['snake_case_word 2 * 3 * 4', 'snake_case_word 2 * 3 * 4'],
  ['\\*literal\\* &amp; &lt;b&gt; &#233; `*a*`', '*literal* & <b> é *a*'],
  ['Heading {#anchor}', 'Heading'],
  ['<https://example.org/> <b>x</b>', 'https://example.org/ x'],
  ['Vec<T> is <T>', 'Vec is'],
  ['[reference][1] [x] a]b[', 'reference [x] a]b['],
])('reads %j aloud as %j', (source, spoken) => {
  expect(plainInline(source)).toBe(spoken)
})

it('loses no line of any body but those of its title', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '# A',
      'A',
      '===',
      '---',
      '',
      '  ',
      '```',
      '<!--',
      '-->',
      '<h1>A</h1>',
      '> A',
      '- A',
      '    A',
      '| A',
      '***',
    ),
    fc.stringMatching(/^[bcd1 #*_`>~=.-]{0,8}$/),
  )
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.constantFrom('md', 'txt'),
      (lines, extension) => {
        const source = `---\ntitle: A\ndate: 2022-06-29\n---\n${lines.join('\n')}`
        const { article: found } = parse(source, { file: `content/a.${extension}` })
        const clean = parse(`---\ntitle: Q7\ndate: 2022-06-29\n---\n${lines.join('\n')}`, {
          file: `content/a.${extension}`,
        }).article
        expect(clean?.body.source.endsWith(found?.body.source ?? '-')).toBe(true)
        const gone =
          clean?.body.source.slice(
            0,
            clean.body.source.length - (found?.body.source.length ?? 0),
          ) ?? ''
        expect(gone).toMatch(/^(?:#* *A[.: ]*|=+|-+|[~*]+|<h1>A<\/h1>|<!--[\s\S]*?-->|\s)*$/)
        if (found && found.body.source !== '') {
          const first = found.body.source.split('\n')[0]
          expect(source.split('\n')[found.body.line - 1]).toContain(first)
        }
      },
    ),
    { numRuns: 1000 },
  )
})

it('takes the short way only past bodies that begin otherwise', () => {
  /** Reads the beginning of the body whatever its letters are. */
  const inFull = (source: string, title: string, format: 'markdown' | 'text') => {
    let end = 0
    for (let times = 0; times < 5; times++) {
      const rest = source.slice(end)
      const found = (format === 'markdown' && leadingHeading(rest)) || firstLine(rest, format)
      if (found?.end === undefined || !sameTitle(found.text, title)) return end
      end += found.end
    }
    return end
  }
  const letters = fc.constantFrom(
    ...[
      'a',
      'A',
      'b',
      'ab',
      'Ab',
      'aba',
      'é',
      'e\u0301',
      'ﬁ',
      'fi',
      'K',
      '\u212a',
      'ss',
      'ß',
      'i',
      'İ',
    ],
  )
  const between = fc.constantFrom(
    ...['', '', ' ', '-', '*', '**', '_', '`', '&amp;', '&shy;', '.', '\\', '<b>'],
  )
  const words = fc
    .array(fc.tuple(letters, between), { maxLength: 4 })
    .map((parts) => parts.flat().join(''))
  const lead = fc.constantFrom(
    ...[
      '',
      '',
      '# ',
      '  ',
      '\n',
      '*',
      '> ',
      '- ',
      '+ ',
      '> - ',
      '| ',
      '1. ',
      '---\n',
      '```',
      '```\n',
      '<h1>',
    ],
  )
  fc.assert(
    fc.property(
      ...([
        words,
        words,
        lead,
        fc.constantFrom('', '\n', '\n\nText', '\n===\nText', '</h1>'),
        fc.boolean(),
      ] as const),
      fc.constantFrom('markdown', 'text'),
      (title, other, before, after, isAgain, format) => {
        const clean = title
          .replace(/[*_`\\<>&;]/g, '')
          .replace(/\s+/g, ' ')
          .normalize()
          .trim()
        fc.pre(clean !== '')
        // As cleanText leaves it
        const source = `${before}${isAgain ? title : other}${after}`.normalize()
        expect(repeatedTitle(source, clean, format)).toBe(inFull(source, clean, format))
      },
    ),
    { numRuns: 5000 },
  )
})
