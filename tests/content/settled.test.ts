import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readRows } from '../../src/content/cache-format.ts'
import { assignIdentities } from '../../src/content/identity.ts'
import { formatLock, parseLock } from '../../src/content/lock.ts'
import type { ParsedArticle } from '../../src/content/parse-article.ts'
import { type Settled, settle, settleFirst } from '../../src/content/settled.ts'
import { buildTable } from '../../src/content/table-builder.ts'
import { article, zone } from './parsing.ts'

interface Piece {
  readonly title: string
  readonly date?: string
  readonly text: string
  readonly draft?: boolean
  readonly id?: string
}

type Pieces = Readonly<Record<string, Piece>>

function parse(pieces: Pieces): readonly ParsedArticle[] {
  return Object.entries(pieces)
    .map(([name, { title, date = '2022-06-29', text, draft = false, id }]) =>
      article(
        `---\ntitle: ${JSON.stringify(title)}\ndate: ${date}\ndraft: ${draft}\n${id ? `id: ${id}\n` : ''}---\n${text}`,
        { file: `content/${name}.md` },
      ),
    )
    .sort((a, b) => (a.file < b.file ? -1 : 1))
}

const place = { url: 'https://example.org/', zone, folder: 'content' }

/** The long way: whatever the case. */
function identify(parsed: readonly ParsedArticle[], lock: string) {
  const { entries, problems } = parseLock(lock)
  const present = new Set(parsed.map(({ file }) => file))
  const identified = assignIdentities(parsed, entries, { ...place, present })
  const { articles, gone, warnings } = identified
  const faults = [...problems, ...identified.problems, ...warnings]
  return { settled: { articles, text: formatLock(identified.lock), gone }, faults }
}

/** The short way where there is no lock, on the articles in a table. */
function first(parsed: readonly ParsedArticle[]) {
  const table = buildTable()
  const stamp = { size: 0, modified: 0, changed: 0, inode: 0 }
  for (const article of parsed) expect(table.add({ article, needs: [] }, stamp)).toBe(true)
  const bodyOf = () => ({ format: 'markdown', source: '', line: 1 }) as const
  return settleFirst(readRows(table.build(), bodyOf), place)
}

function firstOf({ articles, text, gone }: Settled) {
  expect(gone).toEqual([])
  const ids = articles.map(({ id }) => id)
  return { ids, text, hasDrafts: articles.some(({ draft }) => draft) }
}

const publish = (pieces: Pieces, lock = ''): Settled => identify(parse(pieces), lock).settled

const three = {
  a: { title: 'A', text: 'One' },
  b: { title: 'B', text: 'Two' },
  c: { title: 'C', text: '' },
}

it.each<[string, Pieces]>([
  ['nothing was changed', three],
  ['a text was changed', { ...three, b: { title: 'B', text: 'Three' } }],
  [
    'a title and a date were changed',
    { ...three, a: { title: 'Z\\', text: 'One', date: '2023-01-01' } },
  ],
  ['only a date was changed', { ...three, a: { ...three.a, date: '2023-01-01' } }],
  ['an article is gone', { a: three.a, c: three.c }],
  ['the last articles are gone', { a: three.a }],
])('takes the short way when %s', (_, pieces) => {
  const { text } = publish(three)
  const parsed = parse(pieces)
  expect(settle(parsed, text)).toEqual(identify(parsed, text).settled)
})

it.each<[string, Pieces]>([
  ['there are articles', three],
  ['there are none', {}],
  ['one is a draft', { ...three, b: { ...three.b, draft: true } }],
  ['a title has what the lock has to mark', { a: { title: 'A\\', text: 'One' } }],
  [
    'two would have the same identity',
    {
      'a/b': three.a,
      'a/b/index': { title: 'B', text: 'Two', draft: true },
      'a/b/index.x': three.c,
    },
  ],
])('takes the short way to a first lock when %s', (_, pieces) => {
  const parsed = parse(pieces)
  const { settled, faults } = identify(parsed, '')
  expect(first(parsed)).toEqual(firstOf(settled))
  expect(faults).toEqual([])
})

it('leaves a first lock to the long way when an article declares its identity', () => {
  expect(first(parse({ ...three, b: { ...three.b, id: 'own' } }))).toBeUndefined()
})

it('leaves to the long way all that may give an article another identity', () => {
  const { text } = publish(three)
  const cases: Pieces[] = [
    { ...three, d: { title: 'D', text: 'New' } },
    { z: three.a, b: three.b, c: three.c },
    { ...three, a: { title: 'New', text: 'New' } },
    { ...three, c: { title: 'New', text: '' } },
    { ...three, a: { ...three.a, draft: true } },
    { ...three, a: { ...three.a, id: 'own' } },
  ]
  for (const pieces of cases) expect(settle(parse(pieces), text)).toBeUndefined()
})

it.each<[string, (lines: readonly string[]) => readonly string[]]>([
  ['twice the same line', ([a, b = '', c]) => [a ?? '', b, b, c ?? '']],
  ['twice the same identity', ([a = '', b = '', c = '']) => [a, b.replace(':b\t', ':a\t'), c]],
  ['lines in another order', ([a = '', b = '', c = '']) => [a, c, b]],
  ['the line of a file that is gone too late', ([a = '', b = '', c = '']) => [b, c, a]],
  [
    'the line of a file that is gone too early',
    ([a = '', b = '', c = '']) => [a.replace('a.md', 'd.md'), b, c],
  ],
  ['a line too many cells long', ([a = '', b = '', c = '']) => [a, `${b}\t`, c]],
  ['a line without an identity', ([a = '', b = '', c = '']) => [a, b.replace(/\t[^\t]+/, '\t'), c]],
  ['a comment', ([a = '', b = '', c = '']) => [`#${a}`, b, c]],
  ['a blank line', ([a = '', b = '', c = '']) => [a, '', b, c]],
  ['a line end of Windows', ([a = '', b = '', c = '']) => [`${a}\r`, b, c]],
  ['no line end', ([a = '', b = '', c = '']) => [a, b, c.slice(0, -2)]],
])('leaves a lock to the long way that has %s', (_, damaged) => {
  const head = publish({}).text
  const lines = publish(three).text.slice(head.length).trimEnd().split('\n')
  const lock = `${head}${damaged(lines).join('\n')}\n`.replace(/\t\n$/, '')
  const { a: _gone, ...two } = three
  expect(settle(parse(two), lock)).toBeUndefined()
})

it('takes no file for another whose name begins with its own', () => {
  const { text } = publish({ 'a.md': three.a })
  expect(settle(parse({ a: three.a }), text)).toBeUndefined()
})

const pieces = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'c-2', 'd', 'é', 'x/a', 'x/index'),
  fc.record(
    {
      title: fc.constantFrom('A', 'B', 'AB', 'C', 'C:\\temp', 'Ñu'),
      text: fc.constantFrom('', 'One', 'Two', 'Three'),
      date: fc.constantFrom('2022-06-29', '2022-06-30', '2023-01-01T10:00:00Z'),
      draft: fc.constantFrom(false, false, false, false, true),
      id: fc.constantFrom('', '', '', '', '', 'own', 'tag:example.org,2022-06-29:a'),
    },
    { requiredKeys: ['title', 'text'] },
  ),
  { maxKeys: 6, noNullPrototype: true },
)

/** What merges, editors and accidents do to the lock. */
const damage = fc.oneof(
  { weight: 4, arbitrary: fc.constant((lock: string) => lock) },
  fc
    .tuple(
      fc.nat(),
      fc.nat(),
      fc.constantFrom('', '\t', '\n', '\r\n', '#', ' ', 'x', '\\t', '<<<<<<< '),
    )
    .map(([from, length, text]) => (lock: string) => {
      const at = from % (lock.length + 1)
      return lock.slice(0, at) + text + lock.slice(at + (length % 3))
    }),
  fc.tuple(fc.nat(), fc.nat()).map(([from, to]) => (lock: string) => {
    const lines = lock.split('\n')
    const [line = ''] = lines.slice(from % lines.length)
    return lines.toSpliced(to % lines.length, 0, line).join('\n')
  }),
)

it('comes to what the long way comes to, whatever was published, edited, deleted and damaged', () => {
  let taken = 0
  fc.assert(
    fc.property(
      pieces,
      pieces,
      pieces,
      damage,
      fc.boolean(),
      (old, before, edits, harm, isEdited) => {
        const { text } = publish(before, publish({ ...before, ...old }).text)
        const lock = harm(text)
        const known = Object.fromEntries(Object.entries(edits).filter(([name]) => name in before))
        const parsed = parse({ ...before, ...(isEdited ? edits : known) })
        const short = settle(parsed, lock)
        if (!short) return
        taken++
        const { settled, faults } = identify(parsed, lock)
        expect(short).toEqual(settled)
        expect(faults).toEqual([])
      },
    ),
    { numRuns: 1500 },
  )
  // Some 120 are expected; it is chance that says how many.
  expect(taken).toBeGreaterThan(40)
})

it('comes to the first lock that the long way comes to, whatever there is', () => {
  fc.assert(
    fc.property(pieces, (any) => {
      const parsed = parse(any)
      const short = first(parsed)
      if (short) expect(short).toEqual(firstOf(identify(parsed, '').settled))
      else expect(Object.values(any).some(({ id }) => id)).toBe(true)
    }),
    { numRuns: 300 },
  )
})
