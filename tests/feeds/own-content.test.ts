import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import Parser from 'rss-parser'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { loadContent } from '../../src/content/load.ts'
import { renderArticle } from '../../src/content/render.ts'
import { toFeeds } from '../../src/feeds/to-feed.ts'
import { has } from '../has.ts'
import { readAtom, readJson, readRss } from './read-back.ts'
import { renderAtom, renderJsonFeed, renderRss } from './written.ts'

const root = resolve(import.meta.dirname, '../..')
const config = await loadConfig(root, { env: {} })
const { publication, content } = config
const { collection } = await loadContent({
  root,
  folder: content.folder,
  permalink: content.permalink,
  publication,
  now: new Date('2026-11-01T00:00:00Z'),
})
const per = ['tag', 'author', 'section', 'language'] as const
const feeds = toFeeds(publication, collection, { ...config.feeds, per }, renderArticle)

/** What every parser has to say of our items. */
const model = feeds.map(({ items }) =>
  items.map((item) => ({
    id: item.id,
    url: item.url,
    title: item.title,
    html: item.html?.trim(),
    published: item.publishedAt.getTime(),
    updated: item.updatedAt.getTime(),
    authors: item.authors.map(({ name }) => name),
    tags: item.tags,
  })),
)
// RSS 2.0 has no date for a change that every parser knows.
const withoutChanges = model.map((items) => items.map(({ updated: _, ...item }) => item))

describe('the sample, article by article', () => {
  it('is read by feedsmith as it was meant, in all formats', () => {
    expect(model.flat().length).toBeGreaterThan(20)
    expect(feeds.map((feed) => readRss(renderRss(feed)))).toMatchObject(model)
    expect(feeds.map((feed) => readAtom(renderAtom(feed)))).toMatchObject(model)
    expect(feeds.map((feed) => readJson(renderJsonFeed(feed)))).toMatchObject(model)
  })

  it('is read by rss-parser as it was meant', async () => {
    const parser = new Parser({
      customFields: {
        item: [
          ['dc:creator', 'creators', { keepArray: true }],
          ['content:encoded', 'html'],
        ],
      },
    })
    const read = await Promise.all(feeds.map((feed) => parser.parseString(renderRss(feed))))
    const items = read.map((feed) =>
      feed.items.map((item) => ({
        id: item.guid,
        url: item.link,
        title: item.title,
        html: item.html,
        published: Date.parse(item.isoDate ?? ''),
        authors: item.creators ?? [],
        tags: item.categories ?? [],
      })),
    )
    expect(items).toEqual(withoutChanges)
  })
})

const script = `
import calendar, feedparser, json, sys
def read(path):
    feed = feedparser.parse(path, sanitize_html=False, resolve_relative_uris=False)
    at = lambda date: date and calendar.timegm(date) * 1000
    return dict(bozo=bool(feed.bozo), items=[dict(
        id=e.id, url=e.link, title=e.title, html=e.content[0].value if 'content' in e else None,
        published=at(e.published_parsed), updated=at(e.get('updated_parsed')),
        authors=[a.get('name') for a in e.get('authors', []) if a],
        tags=[t.term for t in e.get('tags', [])]) for e in feed.entries])
print(json.dumps([read(path) for path in sys.argv[1:]]))
`

interface ReadByPython {
  readonly bozo: boolean
  readonly items: readonly Readonly<Record<string, unknown>>[]
}

const python = '/usr/bin/python3'

describe.skipIf(!has(python, '-c', 'import feedparser'))("python's feedparser", () => {
  const read = (render: (feed: (typeof feeds)[number]) => string): readonly ReadByPython[] => {
    const folder = mkdtempSync(join(tmpdir(), 'tidings-feeds-'))
    const paths = feeds.map((feed, index) => {
      const path = join(folder, `${index}.xml`)
      writeFileSync(path, render(feed))
      return path
    })
    return JSON.parse(execFileSync(python, ['-c', script, ...paths], { encoding: 'utf8' }))
  }

  it('reads the sample in Atom as it was meant, and faults nothing', () => {
    expect(read(renderAtom)).toEqual(model.map((items) => ({ bozo: false, items })))
  })

  it('reads the sample in RSS as it was meant, and faults nothing', () => {
    const expected = withoutChanges.map((items) => ({ bozo: false, items }))
    expect(read(renderRss)).toMatchObject(expected)
  })
})

describe.skipIf(!has('xmllint', '--version'))('xmllint', () => {
  it('finds every document of the sample well-formed', () => {
    for (const feed of feeds)
      for (const input of [renderRss(feed), renderAtom(feed)])
        expect(execFileSync('xmllint', ['--noout', '--nonet', '-'], { input })).toHaveLength(0)
  })
})
