import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { article, parse, problems } from './parsing.ts'

const head = 'title: A day\ndate: 2022-06-29\n'
const page = (lines: string, body = 'Words.') => `---\n${head}${lines}\n---\n${body}\n`

it('reads an article with everything in it', () => {
  const text = page(
    [
      'updated: 2022-07-01T10:00:00Z',
      'slug: The Day',
      'id: urn:example:day',
      'description: What happened',
      'authors: [{name: Ana, email: ana@example.org, url: /ana/}, Bea]',
      'contributors: [Cy, Dee <dee@example.org>]',
      'tags: [NATO, Madrid]',
      'expires: 2030-01-01',
      'image: {src: photo.jpg, alt: A hall}',
      'enclosure: {url: /talk.mp3, length: 1234, duration: "1:02:03", title: The talk}',
      'language: es_ES',
      'newsletter: false',
    ].join('\n'),
  )
  expect(article(text, { file: 'content/news/day.md' })).toEqual({
    file: 'content/news/day.md',
    slug: 'the-day',
    url: 'https://example.org/blog/the-day/',
    title: 'A day',
    publishedAt: new Date('2022-06-28T22:00:00Z'),
    updatedAt: new Date('2022-07-01T10:00:00Z'),
    authors: [
      { name: 'Ana', email: 'ana@example.org', url: 'https://example.org/ana/' },
      { name: 'Bea' },
    ],
    tags: ['NATO', 'Madrid'],
    section: 'news',
    language: 'es-ES',
    description: 'What happened',
    body: { format: 'markdown', source: 'Words.', line: 17 },
    hash: createHash('sha256').update('Words.').digest('base64url').slice(0, 22),
    image: { url: 'https://example.org/blog/the-day/photo.jpg', alt: 'A hall' },
    contributors: [{ name: 'Cy' }, { name: 'Dee', email: 'dee@example.org' }],
    enclosure: {
      url: 'https://example.org/talk.mp3',
      type: 'audio/mpeg',
      length: 1234,
      title: 'The talk',
      duration: 3723,
    },
    expiresAt: new Date('2029-12-31T23:00:00Z'),
    declaredId: 'urn:example:day',
    draft: false,
    inNewsletter: false,
  })
})

it('needs no front matter but a date in the file name', () => {
  const found = article('# A day\n\nWords.', { file: 'content/2022-06-29-a-long-day.md' })
  expect(found).toMatchObject({
    slug: 'a-long-day',
    title: 'A day',
    authors: [{ name: 'The Example' }],
  })
  expect(found.publishedAt.toISOString()).toBe('2022-06-28T22:00:00.000Z')
  expect(found.body).toEqual({ format: 'markdown', source: 'Words.', line: 3 })
})

it('reports all that is wrong with a file at once, each with its line', () => {
  const text = [
    '---',
    'title: [A, B]',
    'date: 2026-13-01',
    'draft: perhaps',
    'image: "javascript:alert(1)"',
    'language: not a language',
    'enclosure: {url: talk.xyz}',
    'newsletter: maybe',
    'url: ftp://example.org/',
    '---',
    'Words',
  ].join('\n')
  expect(problems(text)).toEqual([
    '2: title must be text on one line, not a list',
    "3: date '2026-13-01' is not a date; write it as YYYY-MM-DD",
    '4: draft must be true or false',
    expect.stringMatching(/^5: image: .*no web address/),
    expect.stringMatching(/^6: language .*BCP 47/),
    expect.stringMatching(/^7: enclosure: the media type/),
    '8: newsletter must be true or false',
    expect.stringMatching(/^9: url 'ftp:\/\/example.org\/' is no web address/),
  ])
})

it('names the line of a key in a TOML table, past a text of several lines', () => {
  const text =
    '+++\ntitle = "A"\nabout = """\nimage = 1\n"""\n\n[extra]\nauthor = "x"\nimage = "data:x"\n+++\nx'
  expect(problems(text, { file: 'content/2022-06-29-a.md' })).toEqual([
    expect.stringMatching(/^9: image/),
  ])
})

describe('dates', () => {
  const dateOf = (text: string, file?: string) =>
    article(text, { ...(file && { file }) }).publishedAt.toISOString()

  it('prefers front matter to the file name, and the file name to a date in the path', () => {
    const file = 'content/2021-01-02-a.md'
    expect(dateOf('---\ndate: 2020-01-02T00:00Z\n---\nx', file)).toBe('2020-01-02T00:00:00.000Z')
    expect(dateOf('+++\npath = "2019/01/02/a"\n+++\nx', file)).toBe('2021-01-01T23:00:00.000Z')
    expect(dateOf('+++\npath = "2019/01/02/a"\n+++\nx')).toBe('2019-01-01T23:00:00.000Z')
  })

  it('takes `published` for a date or for a switch, as it is written', () => {
    expect(dateOf('---\npublished: 2020-01-02T00:00Z\n---\nx')).toBe('2020-01-02T00:00:00.000Z')
    expect(article(page('published: false')).draft).toBe(true)
    expect(article(page('published: true')).draft).toBe(false)
    expect(problems('---\npublished: soon\n---\nx')).toEqual([
      expect.stringMatching(/^2: published 'soon' is not a date/),
    ])
  })

  it('asks for the date of the first commit only when nothing else gives one', () => {
    expect(parse('Words').dateless).toBe(true)
    expect(problems('Words')).toEqual([expect.stringMatching(/^-: has no date/)])
    expect(parse(page('')).dateless).toBe(false)
    const committedAt = new Date('2020-01-02T00:00Z')
    expect(article('Words', { committedAt }).publishedAt).toEqual(committedAt)
    expect(article('---\ndate: git Created\n---\nWords', { committedAt }).publishedAt).toEqual(
      committedAt,
    )
  })

  it('lets a draft have no date', () => {
    expect(article('---\ndraft: true\n---\nWords').draft).toBe(true)
  })

  it('counts an update before the date as the date, and says so unless it is of that day', () => {
    const earlier = parse(page('updated: 2022-06-01'))
    expect(earlier.article?.updatedAt).toEqual(earlier.article?.publishedAt)
    expect(earlier.warnings).toMatchObject([{ line: 4 }])
    expect(
      parse('---\ntitle: A\ndate: 2022-06-29 10:00\nlastmod: 2022-06-29\n---\nx').warnings,
    ).toEqual([])
  })
})

describe('URLs', () => {
  const urlOf = (lines: string, file = 'content/a.md', permalink = '/:slug/') =>
    article(page(lines), { file, permalink }).url

  it.each([
    ['/:year/:month/:day/:slug.html', 'content/a.md', 'https://example.org/blog/2022/06/29/a.html'],
    ['/:section/:slug/', 'content/News Desk/x/a.md', 'https://example.org/blog/news-desk/a/'],
    ['/:section/:slug/', 'content/a.md', 'https://example.org/blog/a/'],
    [':path', 'content/b/C/a.md', 'https://example.org/blog/b/c/a'],
    ['/:slug/', 'content/España día ñ.md', 'https://example.org/blog/espa%C3%B1a-d%C3%ADa-%C3%B1/'],
  ])('puts %s together for %s', (permalink, file, url) => {
    expect(urlOf('', file, permalink)).toBe(url)
  })

  it.each([
    ['permalink: /old/place.html', 'https://example.org/blog/old/place.html'],
    ['permalink: /old/index.html', 'https://example.org/blog/old/'],
    ['url: https://example.com/x y', 'https://example.com/x%20y'],
    ['path: 2021/08/03/a', 'https://example.org/blog/2021/08/03/a/'],
    ['permalink: //example.com/x', 'https://example.org/blog/example.com/x'],
    ['permalink: /100%/ñ', 'https://example.org/blog/100%25/%C3%B1'],
    ['permalink: pretty', 'https://example.org/blog/a/'],
    ['permalink: /:year/:title/', 'https://example.org/blog/2022/a/'],
  ])('takes %s for what it says', (line, url) => {
    expect(urlOf(line)).toBe(url)
  })

  it('runs no template in a permalink', () => {
    expect(problems(page('permalink: "/{{ page.fileSlug }}/"'))).toEqual([
      expect.stringMatching(/^4: permalink is a template/),
    ])
  })

  it.each([
    ['content/MIR/index.md', 'mir', ''],
    ['content/news/2022-06-29-mir/index.md', 'mir', 'news'],
    ['content/2022-06-29.md', '2022-06-29', ''],
    ['content/2022-13-29-x.md', '2022-13-29-x', ''],
    ['content/🎉.md', 'u1f389', ''],
    ['content/....md', 'u2e-2e-2e', ''],
    ['content/Ünï.code~.md', 'ünï.code~', ''],
    ['content/index.md', 'index', ''],
  ])('makes the slug of %s %s', (file, slug, section) => {
    expect(article(page(''), { file })).toMatchObject({ slug, section })
  })

  it('makes any slug one safe segment of the path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (slug) => {
        const found = article(
          page(
            `slug: ${JSON.stringify(`x${slug}`).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}`,
          ),
        )
        expect(found.slug).toMatch(/^[^/\\?#%\s.][^/\\?#%\s]*$/u)
        expect(found.url.split('/')).toHaveLength(6)
        expect(new URL(found.url).href).toBe(found.url)
      }),
    )
  })
})

describe('people and tags', () => {
  const authorsOf = (line: string) => article(page(line)).authors

  it.each([
    ['author: Ana', [{ name: 'Ana' }]],
    ['author: Ana, Bea', [{ name: 'Ana' }, { name: 'Bea' }]],
    ['author: Ana García <ana@example.org>', [{ name: 'Ana García', email: 'ana@example.org' }]],
    ['author: ana@example.org', [{ name: '', email: 'ana@example.org' }]],
    ['author: Rock and Roll', [{ name: 'Rock and Roll' }]],
    ['authors: [King, "King, Jr.", king]', [{ name: 'King' }, { name: 'King, Jr.' }]],
    [
      'author: {name: Ana, url: "https://example.com"}',
      [{ name: 'Ana', url: 'https://example.com/' }],
    ],
    ['extra:\n  author: Ana', [{ name: 'Ana' }]],
    ['taxonomies:\n  authors: [Ana]', [{ name: 'Ana' }]],
  ])('reads %s', (line, authors) => {
    expect(authorsOf(line)).toEqual(authors)
  })

  it('says what is wrong with an author', () => {
    expect(problems(page('author: {name: Ana, url: "javascript:x"}'))).toEqual([
      expect.stringMatching(/^4: author: 'javascript:x' is no web address/),
    ])
    expect(problems(page('authors:\n  - {nick: Ana}'))).toEqual([
      expect.stringMatching(/^4: authors needs a name/),
    ])
  })

  it('loses no names in a table that was meant for a list', () => {
    const { problems } = parse(page('tags: {a: 1, b: 2}'))
    expect(problems[0]?.message).toContain('write them as a list')
  })

  it('gathers tags of all keys once, in their first spelling', () => {
    expect(article(page('tags: nato, Madrid ,\ncategories: [NATO, Summit]')).tags).toEqual([
      'nato',
      'Madrid',
      'Summit',
    ])
    expect(article(page('tags: ["cafe\u0301", "CAFÉ"]')).tags).toEqual(['café'])
    const zola =
      '+++\ntitle = "A"\ndate = 2022-06-29\n[taxonomies]\ntags = ["a"]\ncategories = ["b"]\n+++\nx'
    expect(article(zola).tags).toEqual(['a', 'b'])
  })
})

it('takes the title of front matter as typed, on one line and without what no feed can carry', () => {
  const title = (typed: string) => article(`---\ndate: 2022-06-29\ntitle: ${typed}\n---\nx`).title
  expect(title('"*Fish* &amp; <b>chips</b>"')).toBe('*Fish* &amp; <b>chips</b>')
  expect(title('"a\\u0000b\\ufdd0c\\ufffed\\ud800e\\u0007f\\tg\\nh"')).toBe('abcdef g h')
  expect(title('>\n  One line\n  and more')).toBe('One line and more')
  expect(title('"e\u0301"')).toBe('é')
})

it('leaves out a file that has neither a title nor text, and says so', () => {
  for (const text of ['', '\n\n', '---\nweight: 3\n---\n']) {
    expect(parse(text)).toMatchObject({
      problems: [],
      warnings: [{ message: expect.stringContaining('left out') }],
    })
  }
})

it('passes over a page of front matter alone that a site generator fills by itself', () => {
  for (const text of ['---\nlayout: x\n---\n', '+++\ntemplate = "latest.html"\n+++\n']) {
    expect(parse(text)).toEqual({ problems: [], warnings: [], dateless: false })
  }
})

it('passes over keys that mean nothing to it', () => {
  expect(article(page('layout: post\nweight: 3\ncover:\n  hidden: true\nauthor:\n'))).toMatchObject(
    { title: 'A day' },
  )
})

it('knows keys in any case', () => {
  expect(article('---\nTitle: A\nDate: 2022-06-29\nDraft: Yes\n---\nx')).toMatchObject({
    title: 'A',
    draft: true,
  })
})

describe('HTML', () => {
  const html = (text: string) => article(text, { file: 'content/2022-06-29-a.html' })

  it('reads a whole document by its own account', () => {
    const found = article(
      `<!doctype html>
<html lang="es"><head><title>A day | The Example</title>
<meta name="author" content="Ana"><meta name="description" content="What &amp; why">
<meta name="keywords" content="a, b"><meta property="og:image" content="/p.jpg">
<meta property="article:published_time" content="2020-01-02T00:00:00Z">
</head><body><nav>Home</nav>
<article>
<h1>A <em>day</em></h1>
<p>Words.</p>
</article><footer>End</footer></body></html>`,
      { file: 'content/a.html' },
    )
    expect(found).toMatchObject({
      title: 'A day',
      language: 'es',
      authors: [{ name: 'Ana' }],
      description: 'What & why',
      tags: ['a', 'b'],
      image: { url: 'https://example.org/p.jpg', alt: '' },
      publishedAt: new Date('2020-01-02T00:00:00Z'),
      body: { format: 'html', source: '<p>Words.</p>', line: 9 },
    })
  })

  it('takes a fragment whole', () => {
    expect(html('<p>Words.</p>\n<article>More</article>').body.source).toBe(
      '<p>Words.</p>\n<article>More</article>',
    )
  })

  it('falls back on the title element, then on the first words', () => {
    expect(html('<title>A day</title><body><p>Words.</p></body>')).toMatchObject({
      title: 'A day',
      body: { source: '<p>Words.</p>' },
    })
    expect(html('<p>Words.</p>').title).toBe('Words.')
  })

  it('survives any soup of tags', () => {
    const soup = fc.constantFrom(
      '<html>',
      '<head>',
      '</head>',
      '<body>',
      '</body>',
      '<article>',
      '</article>',
      '<h1>',
      '</h1>',
      '<main>',
      '<title>',
      '</title>',
      '<script>',
      '</script>',
      '<svg>',
      '<!--',
      '-->',
      'word',
      '\n',
      '<h1',
      '>',
      '<![CDATA[',
    )
    fc.assert(
      fc.property(fc.array(soup, { maxLength: 20 }), (parts) => {
        const {
          article: found,
          problems: wrong,
          warnings,
        } = parse(parts.join(''), { file: 'content/2022-06-29-a.html' })
        expect(found !== undefined || wrong.length + warnings.length > 0).toBe(true)
        if (found) expect(parts.join('').split('\n').length).toBeGreaterThanOrEqual(found.body.line)
      }),
      { numRuns: 2000 },
    )
  })
})
