import fc from 'fast-check'
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith'
import { describe, expect, it } from 'vitest'
import { toArchive } from '../../src/feeds/archive.ts'
import {
  advanceHistory,
  formatHistory,
  type History,
  parseHistory,
  withdrawals,
} from '../../src/feeds/history.ts'
import { toFeeds } from '../../src/feeds/to-feed.ts'
import type { Article } from '../../src/model/article.ts'
import { listOf } from '../../src/model/article-list.ts'
import type { Collection } from '../../src/model/collection.ts'
import { article, publication } from './samples.ts'
import { feedFiles } from './written.ts'

const terms = { limit: 5, content: 'full', per: [] } as const
const now = new Date('2026-11-01T00:00:00Z')
const render = ({ title }: Article) => ({ html: `<p>${title}</p>`, summary: title })

function piece(name: string, day: number): Article {
  const publishedAt = new Date(Date.parse('2020-01-01T00:00:00Z') + day * 86_400_000)
  return article({ id: `tag:example.org,2020:${name}`, title: name, publishedAt })
}

function collect(articles: readonly Article[]): Collection {
  const sorted = articles.toSorted(
    (a, b) => b.publishedAt.getTime() - a.publishedAt.getTime() || (a.id < b.id ? -1 : 1),
  )
  return { articles: listOf(sorted), held: [] }
}

/** Builds after an earlier build: its history goes through its file, as from one run to the next. */
function build(articles: readonly Article[], before: History = new Map()) {
  const collection = collect(articles)
  const history = advanceHistory(parseHistory(formatHistory(before)).history, {
    articles: collection.articles,
    gone: [],
    limit: terms.limit,
    archives: true,
    now,
  })
  const past = { history, withdrawn: [] }
  const feeds = [
    ...toFeeds(publication, collection, terms, render, past),
    ...toArchive(publication, collection, terms, render, history),
  ]
  const files = new Map(feedFiles(feeds).map(({ path, contents }) => [path, contents]))
  return { history, files }
}

type Built = ReturnType<typeof build>

const readers = {
  'rss.xml': (text: string) => {
    const { items = [], atom } = parseRssFeed(text)
    const older = atom?.links?.find(({ rel }) => rel === 'prev-archive')?.href
    return { ids: items.map(({ guid }) => guid?.value), older }
  },
  'atom.xml': (text: string) => {
    const { entries = [], links } = parseAtomFeed(text)
    const older = links?.find(({ rel }) => rel === 'prev-archive')?.href
    return { ids: entries.map(({ id }) => id), older }
  },
  'feed.json': (text: string) => {
    const { items = [], next_url } = parseJsonFeed(text)
    return { ids: items.map(({ id }) => id), older: next_url }
  },
}

/** What a reader knows who begins with the feed and follows it to its first document. */
function walk({ files }: Built, name: keyof typeof readers): ReadonlySet<string | undefined> {
  const known = new Set<string | undefined>()
  let url: string | undefined = `${publication.url}${name}`
  while (url) {
    const read: { ids: readonly (string | undefined)[]; older: string | undefined } = readers[name](
      files.get(url.slice(publication.url.length)) ?? '',
    )
    for (const id of read.ids) known.add(id)
    url = read.older
  }
  return known
}

/** The archive documents, in all formats. */
const archived = ({ files }: Built) =>
  new Map(
    [...files].filter(([path]) =>
      files.get(path.replace(/[^/]+$/, 'atom.xml'))?.includes('<fh:archive/>'),
    ),
  )

describe('the archive of a feed', () => {
  it('leads back to the first article in each format, and no document in it changes when articles come', () => {
    const names = fc.uniqueArray(fc.nat(9999), { minLength: 1, maxLength: 60 })
    const batches = fc.array(fc.tuple(names, fc.boolean()), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(batches, (given) => {
        const articles = new Map<string, Article>()
        let before: Built | undefined
        for (const [batch, backdated] of given) {
          for (const number of batch) {
            const name = `a${number}`
            if (!articles.has(name))
              articles.set(name, piece(name, backdated ? -number : articles.size))
          }
          const built = build([...articles.values()], before?.history)
          const all = new Set([...articles.values()].map(({ id }) => id))
          for (const name of Object.keys(readers) as (keyof typeof readers)[])
            expect(walk(built, name)).toEqual(all)
          for (const [path, contents] of before ? archived(before) : [])
            expect(built.files.get(path), path).toBe(contents)
          before = built
        }
      }),
      { numRuns: 40 },
    )
  }, 30_000)

  it('names its neighbours, all of which are there', () => {
    const { files } = build(Array.from({ length: 50 }, (_, day) => piece(`a${day}`, day)))
    const links = (path: string) =>
      (parseAtomFeed(files.get(path) ?? '').links ?? [])
        .filter(({ rel = '' }) => /archive|current/.test(rel))
        .map(({ rel, href }) => `${rel} ${href}`)
    expect(links('atom.xml')).toEqual(['prev-archive https://example.org/blog/archive/2/atom.xml'])
    expect(links('archive/1/atom.xml')).toEqual([
      'current https://example.org/blog/atom.xml',
      'next-archive https://example.org/blog/archive/2/atom.xml',
    ])
    expect(links('archive/2/atom.xml')).toEqual([
      'current https://example.org/blog/atom.xml',
      'prev-archive https://example.org/blog/archive/1/atom.xml',
      'next-archive https://example.org/blog/archive/3/atom.xml',
    ])
    expect(files.get('archive/3/atom.xml')).not.toContain('fh:archive')
    expect(files.has('archive/4/atom.xml')).toBe(false)
  })

  it('rewrites only the document of an article that is corrected or withdrawn', () => {
    const articles = Array.from({ length: 70 }, (_, day) => piece(`a${day}`, day))
    const before = build(articles)
    const changed = (after: Built) =>
      [...archived(before)].flatMap(([path, text]) => (after.files.get(path) === text ? [] : path))
    const corrected = articles.map((one) => (one.title === 'a25' ? { ...one, title: 'New' } : one))
    const page = ['archive/2/rss.xml', 'archive/2/atom.xml', 'archive/2/feed.json']
    expect(changed(build(corrected, before.history))).toEqual(page)
    const fewer = articles.filter(({ title }) => title !== 'a25')
    expect(changed(build(fewer, before.history))).toEqual(page)
  })

  it('is not there for a small feed, which says that it is complete', () => {
    const { files } = build([piece('a', 1), piece('b', 2)])
    expect([...files.keys()]).toEqual(['rss.xml', 'atom.xml', 'feed.json'])
    expect(files.get('atom.xml')).toContain('<fh:complete/>')
    expect(files.get('rss.xml')).toContain('<fh:complete/>')
  })

  it('is not claimed to be all there is where articles have left the feed', () => {
    const articles = Array.from({ length: 9 }, (_, day) => piece(`a${day}`, day))
    const feeds = toFeeds(publication, collect(articles), terms, render)
    expect(feedFiles(feeds).filter(({ contents }) => /complete|archive/.test(contents))).toEqual([])
  })
})

describe('tidings.history', () => {
  const id = 'tag:example.org,2020:a'

  it('takes the earlier of what two branches say of one article', () => {
    const { history, problems } = parseHistory(
      `${id}\t2\t2026-02-02T00:00:00.000Z\n${id}\t1\t-\r\n${id}\t-\t2026-01-01T00:00:00.000Z\n`,
    )
    expect(problems).toEqual([])
    expect(history.get(id)).toEqual({ page: 1, withdrawnAt: new Date('2026-01-01T00:00:00Z') })
  })

  it('tells a number of a document that cannot be there', () => {
    expect(parseHistory(`${id}\t9999999\t-\n`).problems).toMatchObject([
      { file: 'tidings.history', message: expect.stringContaining('9999999') },
    ])
  })

  it.each([
    ['an unresolved merge', '<<<<<<< HEAD\n'],
    ['a damaged line', `${id}\t0\t-\n`],
    ['a damaged line', `${id}\t1\tyesterday\n`],
    ['a damaged line', `${id} 1 -\n`],
  ])('tells %s with its line', (_, line) => {
    expect(parseHistory(`# x\n${line}`).problems).toMatchObject([
      { file: 'tidings.history', line: 2 },
    ])
  })
})

describe('a withdrawn article', () => {
  const gone = [{ id: 'tag:example.org,2020:a', date: '2026-10-01T00:00:00.000Z' }]
  const advance = (history: History, given: Partial<Parameters<typeof advanceHistory>[1]>) =>
    advanceHistory(history, {
      articles: listOf([]),
      gone: [],
      limit: 5,
      archives: false,
      now,
      ...given,
    })

  it('is dated when it was first found to be gone, and forgotten when it comes back', () => {
    const first = advance(new Map(), { gone })
    const later = advance(first, { gone, now: new Date('2027-01-01T00:00:00Z') })
    expect(later).toBe(first)
    expect(withdrawals(later, { articles: listOf([]), gone, now })).toEqual([
      { id: 'tag:example.org,2020:a', at: now, folders: [] },
    ])
    // Its line in the lock is gone when its file holds another article
    expect(advance(later, {})).toBe(later)
    expect(withdrawals(later, { articles: listOf([]), gone: [], now })).toHaveLength(1)
    const back = listOf([piece('a', 0)])
    expect(withdrawals(later, { articles: back, gone: [], now })).toEqual([])
    expect(advance(later, { articles: back }).size).toBe(0)
  })

  it('is remembered with the feeds in which it stood, from whatever branch', () => {
    const folders = ['tags/día/', 'authors/ana/']
    const [one] = gone
    if (!one) throw new Error('one that is gone')
    const placed = advance(new Map(), { gone: [{ ...one, folders: () => folders }] })
    const text = formatHistory(placed)
    expect(text).toContain('\t-\ttags/día/ authors/ana/\n')
    expect(parseHistory(text)).toEqual({ history: placed, problems: [] })
    const [, line = ''] = text.split('path (or -) and which feeds, with a tab between.\n')
    const other = line.replace(/\t-\t\S+ \S+\n/, '\n')
    expect(parseHistory(other + line).history).toEqual(placed)
    expect(parseHistory(line + other).history).toEqual(placed)
    expect(withdrawals(placed, { articles: listOf([]), gone, now })).toMatchObject([{ folders }])
  })

  it('is not told of when it was gone before its date had come', () => {
    const future = [{ id: 'tag:example.org,2020:a', date: '2026-12-24T00:00:00.000Z' }]
    const history = advance(new Map(), { gone: future })
    const at = new Date('2027-01-01T00:00:00Z')
    expect(withdrawals(history, { articles: listOf([]), gone: future, now: at })).toEqual([])
  })

  it('leaves a deleted-entry in Atom, as one that has expired does, and moves the date of the feed', () => {
    const expired = article({ id: 'urn:x:expired', expiresAt: new Date('2026-09-01T00:00:00Z') })
    const history = advance(new Map(), { gone })
    const withdrawn = withdrawals(history, { articles: listOf([expired]), gone, now })
    const files = feedFiles(
      toFeeds(publication, collect([piece('b', 1)]), terms, render, { withdrawn }),
    )
    expect(files[1]?.contents.match(/<at:.*>/g)).toEqual([
      '<at:deleted-entry ref="tag:example.org,2020:a" when="2026-11-01T00:00:00Z"/>',
      '<at:deleted-entry ref="urn:x:expired" when="2026-09-01T00:00:00Z"/>',
    ])
    expect(files[1]?.contents).toContain('<updated>2026-11-01T00:00:00Z</updated>')
  })
})
