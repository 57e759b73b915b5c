import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitFrontMatter } from '../../src/content/front-matter.ts'
import { parseYaml } from '../../src/content/parse-yaml.ts'
import { readSimpleYaml } from '../../src/content/simple-yaml.ts'
import { article, parse, problems } from './parsing.ts'

it('cuts YAML and TOML off the body and knows on which line the body begins', () => {
  expect(splitFrontMatter('---\ntitle: A\n---\nBody')).toMatchObject({
    syntax: 'yaml',
    block: 'title: A\n',
    blockLine: 2,
    body: 'Body',
    bodyLine: 4,
  })
  expect(splitFrontMatter('+++\ntitle = "A"\n+++\n\nBody\n')).toMatchObject({
    syntax: 'toml',
    block: 'title = "A"\n',
    body: '\nBody\n',
    bodyLine: 4,
  })
})

it('reads a file with a byte order mark and Windows line ends', () => {
  const { title, body, publishedAt } = article(
    '\ufeff---\r\ntitle: A day\r\ndate: 2022-06-29\r\n---\r\nOne\r\nTwo\r\n',
  )
  expect(title).toBe('A day')
  expect(publishedAt.toISOString()).toBe('2022-06-28T22:00:00.000Z')
  expect(body).toEqual({ format: 'markdown', source: 'One\nTwo', line: 5 })
})

it.each([
  ['a thematic break', '---\n\nSome words\n\n---\n\nMore'],
  ['a thematic break before a word', '---\nSome words\n---\nMore'],
  ['a lone fence', '---\n'],
  ['plus signs', '+++ a\nwords'],
])('keeps the whole text of a file that begins with %s', (_, text) => {
  expect(splitFrontMatter(text)).toMatchObject({ syntax: 'none', body: text, bodyLine: 1 })
})

it('gives no meaning of its own to what YAML takes for a date, a number or a boolean', () => {
  const { title, tags, publishedAt } = article(
    '---\ntitle: 0o17\ndate: 2022-06-29 08:30\ntags: [no, 010, 1e3, 12:30:45]\n---\nx',
  )
  expect(title).toBe('0o17')
  expect(tags).toEqual(['no', '010', '1e3', '12:30:45'])
  expect(publishedAt.toISOString()).toBe('2022-06-29T06:30:00.000Z')
})

it('reads TOML dates with and without a zone as they were written', () => {
  const at = (date: string) =>
    article(`+++\ntitle = "A"\ndate = ${date}\n+++\nx`).publishedAt.toISOString()
  expect(at('2022-06-29')).toBe('2022-06-28T22:00:00.000Z')
  expect(at('2022-06-29T10:00:00')).toBe('2022-06-29T08:00:00.000Z')
  expect(at('2022-06-29T10:00:00-05:00')).toBe('2022-06-29T15:00:00.000Z')
})

it.each([
  [
    'front matter that is not closed',
    '---\ntitle: A\n\nWords',
    /^1: .*not closed; end it with a line '---'/,
  ],
  ['a tab', '---\ntitle: A\ntags:\n\t- a\n---\nx', /^4: .*tab.*spaces/],
  ['a key that is there twice', '---\ntitle: A\ndate: 2022-06-29\ntitle: B\n---\nx', /^4: .*twice/],
  ['a quotation that is not closed', '---\ntitle: "A\ndate: 2022-06-29\n---\nx', /^2: .*quote/],
  ['a colon in a value', '---\ndate: 2022-06-29\ntitle: A: B\n---\nx', /^3: .*quotes/],
  ['a list in the place of keys', '---\n- a\n- b\n---\nx', /^2: .*key: value/],
  ['broken TOML', '+++\ndate = 2022-06-29\ntitle = A\n+++\nx', /^3: this is no TOML/],
  ['an impossible TOML date', '+++\ntitle = "A"\ndate = 2022-13-29\n+++\nx', /^3: this is no TOML/],
  ['JSON', '---json\n{"title": "A"}\n---\nx', /^1: .*json is not supported/],
])('names the line of %s and says what to do', (_, text, message) => {
  expect(problems(text)).toEqual([expect.stringMatching(message)])
})

it('refuses a bomb of aliases without unfolding it', () => {
  const lines = ['a: &a [x,x,x,x,x,x,x,x,x,x]']
  for (const [at, name] of [...'bcdefghij'].entries()) {
    const before = 'abcdefghi'[at]
    lines.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(',')}]`)
  }
  expect(problems(`---\n${lines.join('\n')}\n---\nx`)).toEqual([expect.stringMatching(/too big/)])
})

it('refuses an alias of itself', () => {
  expect(problems('---\ntitle: A\na: &a [*a]\n---\nx')).toEqual([
    expect.stringMatching(/too deep|no YAML/),
  ])
})

it('survives keys that are names of every object', () => {
  const text = '---\ntitle: A\ndate: 2022-06-29\n__proto__: x\nconstructor: y\ntoString: z\n---\nx'
  expect(article(text).title).toBe('A')
})

const yamlish = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'title',
      'tags',
      'a',
      'null',
      '~',
      ': ',
      ':',
      ' #',
      '#',
      '- ',
      '-',
      '\n',
      '\n  - ',
      '\n- ',
      '"',
      "'",
      '[',
      ']',
      ', ',
      ',',
      '{',
      '}',
      '\\',
      ' ',
      '  ',
      '\t',
      '&a',
      '*a',
      '!',
      '|',
      '>',
      '%',
      '@',
      '`',
      '?',
      '? ',
      'é',
      '日本',
      '🎉',
      '2022-06-29',
      '1.0',
      '\u00a0',
      '\u2028',
      '\u0085',
      '...',
      '---',
      'key: value\n',
      'list:\n',
      'x: [a, b]\n',
      'y: "q"\n',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 5 }) },
)

it('reads simple YAML to the letter as the library does', () => {
  fc.assert(
    fc.property(fc.array(yamlish, { maxLength: 14 }), (parts) => {
      const block = parts.join('')
      const simple = readSimpleYaml(block)
      if (simple) expect([...simple]).toEqual([...parseYaml(block)])
    }),
    { numRuns: 5000 },
  )
})

it('reads by itself what most files have', () => {
  const lines = fc.oneof(
    fc
      .tuple(
        fc.stringMatching(/^[a-z]{1,8}$/),
        fc.stringMatching(/^[A-Za-zé][A-Za-z0-9é .,!?']{0,30}[a-z]$/),
      )
      .map(([k, v]) => `${k}: ${v}`),
    fc
      .tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[^"\\\n\r\p{C}\p{Z}]{1,20}$/u))
      .map(([k, v]) => `${k}: "${v}"`),
    fc
      .tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z ]{0,9}[a-z]$/))
      .map(([k, v]) => `${k}:\n  - x${v}\n  - y`),
  )
  const blocks = fc.uniqueArray(lines, { selector: (line) => line.split(':')[0], maxLength: 8 })
  fc.assert(
    fc.property(blocks, (block) => {
      const text = block.map((line) => `${line}\n`).join('')
      const simple = readSimpleYaml(text)
      expect(simple).toBeDefined()
      expect([...(simple ?? [])]).toEqual([...parseYaml(text)])
    }),
  )
})

it('never fails, whatever is between the fences', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('---', '+++'),
      fc.array(yamlish, { maxLength: 30 }),
      (fence, parts) => {
        const {
          article: found,
          problems: wrong,
          warnings,
        } = parse(`${fence}\ntitle: A\n${parts.join('')}\n${fence}\nbody`)
        expect(found !== undefined || wrong.length + warnings.length > 0).toBe(true)
      },
    ),
    { numRuns: 2000 },
  )
})
