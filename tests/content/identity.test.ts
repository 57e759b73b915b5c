import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignIdentities, type Identified } from '../../src/content/identity.ts'
import { formatLock, type LockEntry, parseLock } from '../../src/content/lock.ts'
import type { ParsedArticle } from '../../src/content/parse-article.ts'
import { declaredIdentity } from '../../src/content/tag-uri.ts'
import { article, zone } from './parsing.ts'

interface Piece {
  readonly title?: string
  readonly date?: string
  readonly text?: string
  readonly id?: string
  readonly draft?: boolean
}

/** A publication of these files, after what the lock remembers of an earlier one. */
function publish(
  pieces: Readonly<Record<string, Piece>>,
  before?: Identified,
  url = 'https://example.org/',
): Identified {
  const parsed = Object.entries(pieces).map(([name, piece]): ParsedArticle => {
    const { title = name, date = '2022-06-29', text = `Text of ${name}`, id, draft = false } = piece
    return article(
      `---\ntitle: ${title}\ndate: ${date}\ndraft: ${draft}\n${id ? `id: ${id}\n` : ''}---\n${text}`,
      { file: `content/${name}.md` },
    )
  })
  // Through the file, as from one run to the next
  const lock = parseLock(formatLock(before?.lock ?? [])).entries
  return assignIdentities(parsed, lock, {
    url,
    zone,
    folder: 'content',
    present: new Set(parsed.map(({ file }) => file)),
  })
}

const idOf = ({ articles }: Identified, name: string) =>
  articles.find(({ file }) => file === `content/${name}.md`)?.id

it('mints a tag URI of the host, the day and the path', () => {
  expect(idOf(publish({ 'news/nato': {} }), 'news/nato')).toBe(
    'tag:example.org,2022-06-29:news/nato',
  )
  expect(idOf(publish({ 'día 1/index': {} }), 'día 1/index')).toBe(
    'tag:example.org,2022-06-29:d%C3%ADa%201',
  )
  expect(idOf(publish({ a: {} }, undefined, 'https://ñandú.example:8080/x/'), 'a')).toMatch(
    /^tag:xn--[a-z0-9-]+\.example,/,
  )
})

describe('an identity survives', () => {
  const before = publish({ a: {}, b: { title: 'B' } })
  const id = idOf(before, 'a')

  it.each<[string, Record<string, Piece>, string]>([
    ['a new title', { a: { title: 'New', text: 'Text of a' } }, 'a'],
    ['a new text', { a: { text: 'New' } }, 'a'],
    ['a new date and title', { a: { title: 'New', date: '2023-01-01', text: 'Text of a' } }, 'a'],
    ['a new file name', { z: { title: 'a', text: 'Text of a' } }, 'z'],
    ['a new file name and text', { z: { title: 'a', text: 'New' } }, 'z'],
    ['a new file name and date', { z: { title: 'a', date: '2023-01-01', text: 'Text of a' } }, 'z'],
    ['a new file name and title', { z: { title: 'New', text: 'Text of a' } }, 'z'],
    [
      'a new file name, taken over by another article',
      {
        z: { title: 'a', text: 'Text of a' },
        a: { title: 'Other', date: '2023-01-01', text: 'Other' },
      },
      'z',
    ],
    [
      'two files that change names',
      {
        b: { title: 'a', text: 'Text of a' },
        a: { title: 'B', text: 'Text of b', date: '2022-06-29' },
      },
      'b',
    ],
  ])('%s', (_, pieces, name) => {
    const after = publish(pieces, before)
    expect(idOf(after, name)).toBe(id)
    expect(new Set(after.articles.map((one) => one.id)).size).toBe(after.articles.length)
  })

  it('a new file name, title and date, if the text is long enough to be nobody else’s', () => {
    const text = 'Words that were written once. '.repeat(8)
    const old = publish({ a: { text } })
    const after = publish({ z: { title: 'New', date: '2023-01-01', text } }, old)
    expect(idOf(after, 'z')).toBe(idOf(old, 'a'))
  })

  it('the coming of an article that says the same in a few words', () => {
    const text = 'No news this week.'
    const old = publish({ w10: { title: 'Week 10', date: '2026-03-08', text } })
    const after = publish(
      {
        'z-week-10': { title: 'Week 10', date: '2026-03-08', text },
        'a-week-11': { title: 'Week 11', date: '2026-03-15', text },
      },
      old,
    )
    expect(idOf(after, 'z-week-10')).toBe(idOf(old, 'w10'))
    const instead = publish({ w11: { title: 'Week 11', date: '2026-03-15', text } }, old)
    expect(idOf(instead, 'w11')).not.toBe(idOf(old, 'w10'))
  })

  it('a new domain', () => {
    expect(idOf(publish({ a: {} }, before, 'https://example.net/'), 'a')).toBe(id)
  })

  it('a deletion and a return', () => {
    const without = publish({ b: { title: 'B' } }, before)
    expect(idOf(publish({ a: { text: 'New' }, b: { title: 'B' } }, without), 'a')).toBe(id)
  })

  it('a copy, which gets its own', () => {
    const after = publish({ a: {}, copy: { title: 'a', text: 'Text of a' } }, before)
    expect(idOf(after, 'a')).toBe(id)
    expect(idOf(after, 'copy')).not.toBe(id)
  })

  it('an identity that is declared and then deleted from front matter', () => {
    const declared = publish({ a: { id: 'urn:example:a' } })
    expect(idOf(publish({ a: {} }, declared), 'a')).toBe('urn:example:a')
  })

  it('a time as a draft', () => {
    const draft = publish({ a: { draft: true } }, before)
    expect(idOf(publish({ a: { title: 'Later', text: 'Text of a' } }, draft), 'a')).toBe(id)
  })
})

it('takes a file with another text, title and date for another article, and says so', () => {
  const before = publish({ news: {} })
  const after = publish({ news: { title: 'Else', date: '2023-01-01', text: 'Else' } }, before)
  expect(idOf(after, 'news')).not.toBe(idOf(before, 'news'))
  expect(after.warnings).toMatchObject([
    { file: 'content/news.md', message: expect.stringContaining(`'id: ${idOf(before, 'news')}'`) },
  ])
})

it('does not give away the identity of a file that cannot be read just now', () => {
  const before = publish({ a: {} })
  const copy = article('---\ntitle: a\ndate: 2022-06-29\n---\nText of a', { file: 'content/z.md' })
  const present = new Set(['content/a.md', 'content/z.md'])
  const after = assignIdentities([copy], before.lock, {
    url: 'https://example.org/',
    zone,
    folder: 'content',
    present,
  })
  expect(idOf(after, 'z')).not.toBe(idOf(before, 'a'))
  expect(after.lock).toHaveLength(2)
})

it('records nothing of a draft that was never published', () => {
  expect(publish({ a: { draft: true }, b: { draft: true, id: 'x' } }).lock).toEqual([])
})

it('names both files that have one identity', () => {
  const { problems } = publish({ a: { id: 'urn:example:1' }, b: { id: 'urn:example:1' } })
  expect(problems).toMatchObject([
    { file: 'content/b.md', message: expect.stringMatching(/content\/a\.md.*urn:example:1/) },
  ])
})

it('names both files that declare the same text, whatever their dates', () => {
  const pieces = { a: { id: 'post' }, b: { id: 'post', date: '2023-01-01' } }
  const clash = [{ file: 'content/b.md', message: expect.stringMatching(/content\/a\.md: 'post'/) }]
  expect(publish(pieces).problems).toMatchObject(clash)
  expect(publish(pieces, publish({ a: {}, b: {} })).problems).toMatchObject(clash)
  expect(publish(pieces, publish({ a: { id: 'post' } })).problems).toMatchObject(clash)
})

it('names both files when one declares the identity under which the other was published', () => {
  const before = publish({ a: {} })
  const { problems } = publish({ a: {}, b: { id: idOf(before, 'a') ?? '' } }, before)
  expect(problems).toMatchObject([
    {
      file: 'content/a.md',
      message: expect.stringMatching(/tag:example.*content\/b\.md declares/),
    },
  ])
})

it('warns when a published article declares another identity', () => {
  const after = publish({ a: { id: 'urn:example:new' } }, publish({ a: {} }))
  expect(idOf(after, 'a')).toBe('urn:example:new')
  expect(after.warnings).toMatchObject([
    { file: 'content/a.md', message: expect.stringContaining('tag:example.org') },
  ])
})

it.each([
  ['urn:isbn:123', 'urn:isbn:123'],
  ['https://example.org/?p=1', 'https://example.org/?p=1'],
  ['F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6', 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
  ['123', 'tag:example.org,2022-06-29:id:123'],
  ['a title: with words', 'tag:example.org,2022-06-29:id:a%20title%3A%20with%20words'],
])('makes an IRI of the declared identity %j', (declared, id) => {
  expect(declaredIdentity(declared, 'example.org', '2022-06-29')).toBe(id)
})

it('keeps a declared number the same when date, domain and file change', () => {
  const before = publish({ a: { id: '123' } })
  const after = publish({ z: { id: '123', date: '2023-01-01' } }, before, 'https://example.net/')
  expect(idOf(after, 'z')).toBe(idOf(before, 'a'))
  expect(after.warnings).toEqual([])
})

it('gives every article its own identity, and the same ones again from its own lock', () => {
  const pieces = fc.dictionary(
    fc.constantFrom('a', 'b', 'c/d', 'c/index', 'c'),
    fc.record({
      title: fc.constantFrom('t', 'u'),
      text: fc.constantFrom('x', 'y'),
      date: fc.constantFrom('2022-01-01', '2023-01-01'),
    }),
  )
  fc.assert(
    fc.property(pieces, pieces, (first, second) => {
      const before = publish(first)
      const after = publish(second, before)
      const ids = after.articles.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(after.problems).toEqual([])
      const again = publish(second, after)
      expect(again.articles.map(({ id }) => id)).toEqual(ids)
      expect(formatLock(again.lock)).toBe(formatLock(after.lock))
    }),
  )
})

describe('tidings.lock', () => {
  it('comes back as it was written, sorted, whatever the names', () => {
    const cell = fc.string({ unit: 'binary' })
    const entry: fc.Arbitrary<LockEntry> = fc.record({
      file: fc.string({ unit: 'binary', minLength: 1 }),
      id: cell.map((id) => `i${id}`),
      hash: cell,
      date: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      title: cell,
    })
    const entries = fc
      .uniqueArray(entry, { selector: ({ file }) => file })
      .chain((list) => fc.constant(list.map((one, n) => ({ ...one, id: `${one.id}${n}` }))))
    fc.assert(
      fc.property(entries, (list) => {
        const text = formatLock(list)
        const parsed = parseLock(text)
        expect(parsed.problems).toEqual([])
        expect(formatLock(parsed.entries)).toBe(text)
        expect(new Set(parsed.entries)).toEqual(new Set(list))
      }),
    )
  })

  it('says on which line it is damaged or not merged', () => {
    const rest = 'h\t2022-01-01T00:00:00.000Z\tt'
    const line = `content/a.md\ttag:example.org,2022:a\t${rest}`
    const text = `# tidings.lock\n<<<<<<< HEAD\n${line}\n=======\ncontent/b.md\n>>>>>>> branch\n${line}\ncontent/c.md\ttag:example.org,2022:a\t${rest}\ncontent/d.md\ttag:example.org,2022:d\th\td\tt\n`
    expect(
      parseLock(text).problems.map(({ line: at, message }) => `${at} ${message.split(/[;:]/)[0]}`),
    ).toEqual([
      '2 an unresolved merge',
      '4 an unresolved merge',
      '5 this line is damaged',
      '6 an unresolved merge',
      expect.stringMatching(/^7 content\/a.md stands on line 3 already/),
      expect.stringMatching(/^8 tag/),
      '9 this line is damaged',
    ])
  })

  it('reads a lock that Git has given Windows line ends', () => {
    const text = formatLock(publish({ a: {} }).lock)
    expect(parseLock(text.replaceAll('\n', '\r\n'))).toEqual(parseLock(text))
  })
})

it('knows which published articles are withdrawn: their files are gone, or drafts again', () => {
  const before = publish({ a: {}, b: {}, c: {}, d: { draft: true } })
  const gone = (given: Identified) => given.gone.map(({ file }) => file)
  expect(gone(before)).toEqual([])
  const after = publish({ a: {}, b: { draft: true }, renamed: { text: 'Text of c' } }, before)
  expect(gone(after)).toEqual(['content/b.md'])
  const later = publish({ b: {} }, after)
  expect(gone(later)).toEqual(['content/a.md', 'content/renamed.md'])
})
