import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { importTexts } from '../../src/content/import-text.ts'
import { compileStrip } from '../../src/content/strip.ts'

const date = '2022-06-29'
const strip: readonly RegExp[] = []

describe('an imported text', () => {
  it('has its title once, its paragraphs as typed, and no boilerplate after them', () => {
    const text = [
      '\uFEFFThe harbour will be deeper by spring',
      'The harbour will be deeper by spring ',
      'The council plans to dredge the harbour (…), the mayor said\u00a0on Monday.',
      '“We must”the mayor said,\r\nand then: ”Now”.',
      '',
      'If you liked this article, we would be glad if you share it with your friends.',
      'We work hard to bring you such stories.\nYou can help us do it for longer. Thank you!',
      'Related Posts:',
    ].join('\r\n\r\n')
    const { articles, problems, removed } = importTexts([{ file: 'in/a.txt', text }], {
      date,
      strip,
    })
    expect(problems).toEqual([])
    expect(articles).toEqual([
      {
        name: '2022-06-29-the-harbour-will-be-deeper-by-spring.txt',
        from: 'in/a.txt',
        contents: [
          '---',
          'title: "The harbour will be deeper by spring"',
          'date: 2022-06-29',
          'source: "a.txt"',
          '---',
          '',
          'The council plans to dredge the harbour (…), the mayor said\u00a0on Monday.',
          '',
          '“We must”the mayor said,\nand then: ”Now”.',
          '',
        ].join('\n'),
      },
    ])
    expect(removed.map(({ reason }) => reason)).toEqual(['title', 'tail', 'tail', 'tail'])
  })

  it('keeps at its end what only resembles a call', () => {
    const endings = [
      'Officials asked residents to support the harbour’s workers.',
      '“Thank you for reading my article”, she told us, and shared it with her friends.',
      'The two companies now share the site with family businesses on Facebook Street.',
      'More than 300 people came.',
      'He will donate the money to the school.',
    ]
    for (const ending of endings) {
      const { articles, removed } = importTexts(
        [{ file: 'a', text: `Title\n\nBody.\n\n${ending}` }],
        { date, strip },
      )
      expect(articles[0]?.contents).toContain(ending)
      expect(removed).toEqual([])
    }
  })

  it('keeps a call in its middle, and its last paragraph whatever it is', () => {
    const call = 'Subscribe to our newsletter and you hear from us.'
    const contents = (text: string) =>
      importTexts([{ file: 'a', text }], { date, strip }).articles[0]?.contents
    expect(contents(`Title\n\n${call}\n\nBody.`)).toContain(call)
    expect(contents(`Title\n\nBody.\n\n***\n\n${call}`)).toMatch(/Body\.\n$/)
  })

  it('leaves out what the publisher’s patterns match, wherever it stands', () => {
    const { patterns } = compileStrip(['^advertisement$', '^photo:'], 'tidings.config.json')
    const text = 'Title\n\nA.\n\nAdvertisement\n\nB.\n\nPhoto: J. Doe\n\nC.'
    const { articles, removed } = importTexts([{ file: 'a', text }], { date, strip: patterns })
    expect(articles[0]?.contents).toMatch(/\n\nA\.\n\nB\.\n\nC\.\n$/)
    expect(removed.map(({ paragraph, reason }) => [paragraph, reason])).toEqual([
      ['Advertisement', 'pattern'],
      ['Photo: J. Doe', 'pattern'],
    ])
  })

  it('leaves out what recurs at the ends of a batch, not what recurs within its texts', () => {
    const sources = ['one', 'two', 'three'].map((name) => ({
      file: `${name}.txt`,
      text: `The Example Gazette Online\n\nStory ${name}\n\nFirst of ${name}.\n\nWhat happened so far this year\n\n***\n\nLast of ${name}.\n\nThe Example Gazette is printed on recycled paper.`,
    }))
    const { articles, removed } = importTexts(sources, { date, strip })
    expect(articles[0]?.contents).toContain('title: "Story one"')
    expect(articles[0]?.contents).toMatch(
      /First of one\.\n\nWhat happened so far this year\n\n\*\*\*\n\nLast of one\.\n$/,
    )
    expect(removed).toHaveLength(6)
  })

  it('keeps the whole of two versions of one text', () => {
    const text = 'Same title\n\nThe same first paragraph.\n\nThe same second paragraph.\n\n'
    const { articles } = importTexts(
      [
        { file: 'a', text: `${text}One ending.` },
        { file: 'b', text: `${text}Another ending.` },
      ],
      { date, strip },
    )
    expect(articles.map(({ name }) => name)).toEqual([
      '2022-06-29-same-title.txt',
      '2022-06-29-same-title-2.txt',
    ])
    expect(articles[1]?.contents).toMatch(
      /first paragraph\.\n\nThe same second paragraph\.\n\nAnother ending\.\n$/,
    )
  })

  it('takes its date from its file name where none is given', () => {
    const { articles } = importTexts([{ file: 'in/2021-02-03-x.txt', text: 'Title\n\nBody.' }], {
      strip,
    })
    expect(articles[0]?.name).toBe('2021-02-03-title.txt')
  })

  it('is a problem that names file and remedy when nothing can be made of it', () => {
    const { articles, problems } = importTexts(
      [
        { file: 'empty.txt', text: ' \n' },
        { file: 'short.txt', text: 'Only a title\n\nOnly a title' },
        { file: 'undated.txt', text: 'Title\n\nBody.' },
      ],
      { strip },
    )
    expect(articles).toEqual([])
    expect(problems.map(({ file }) => file)).toEqual(['empty.txt', 'short.txt', 'undated.txt'])
    expect(problems[2]?.message).toContain('--date')
    expect(() => importTexts([], { date: '2022-02-30', strip })).toThrow(
      "--date '2022-02-30' is not a date",
    )
  })

  it('is left out when it is in the batch already', () => {
    const text = 'Title\n\nBody.'
    const { articles, problems } = importTexts(
      [
        { file: 'a', text },
        { file: 'b', text },
      ],
      { date, strip },
    )
    expect(articles).toHaveLength(1)
    expect(problems).toEqual([{ file: 'b', message: 'is the same text as a; it was left out' }])
  })

  it('keeps any title through YAML, and every name fit for a file system', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(line, (title) => {
        const [article] = importTexts([{ file: 'a', text: `${title}\n\nBody text.` }], {
          date,
          strip,
        }).articles
        if (article === undefined) return
        const [, head = ''] = article.contents.split(/^---$/m)
        const { title: read } = parse(head) as { title: string }
        expect(title.replace(/\s+/gu, ' ')).toContain(read)
        expect(new TextEncoder().encode(article.name).length).toBeLessThan(200)
        expect(article.name).toMatch(/^2022-06-29-[^/\\\0]+\.txt$/)
      }),
    )
  })
})

describe('content.strip', () => {
  it('names the pattern that is wrong, and the one that would match everything', () => {
    const { patterns, problems } = compileStrip(['^ok', '(', 'x*'], 'tidings.config.json')
    expect(patterns).toHaveLength(1)
    expect(problems.map(({ file }) => file)).toEqual(['tidings.config.json', 'tidings.config.json'])
    expect(problems[0]?.message).toContain("'(' is not a regular expression")
    expect(problems[1]?.message).toContain("'x*' matches every paragraph")
  })
})
