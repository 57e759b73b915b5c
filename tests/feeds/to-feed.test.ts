import { describe, expect, it } from 'vitest'
import { toFeeds } from '../../src/feeds/to-feed.ts'
import type { Article, RenderedArticle } from '../../src/model/article.ts'
import { collection, publication } from './samples.ts'
import { feedFiles } from './written.ts'

const render = ({ slug }: Article): RenderedArticle => ({ html: `<p>${slug}</p>`, summary: slug })
const terms = { limit: 20, content: 'full', per: [] } as const

describe('the feeds of a publication', () => {
  it('are the site’s and then one a term of each kind asked for, in their folders', () => {
    const articles = collection(
      { tags: ['España', 'C++'], section: 'guides', authors: [{ name: 'Ana Ruiz' }] },
      { tags: ['NATO'], language: 'pt-BR' },
    )
    const per = ['section', 'tag', 'author', 'language'] as const
    const feeds = toFeeds(publication, articles, { ...terms, per }, render)
    expect(feeds.map(({ folder, title }) => [folder, title])).toEqual([
      ['', 'Field Notes'],
      ['sections/guides/', 'Field Notes: guides'],
      ['tags/c++/', 'Field Notes: C++'],
      ['tags/españa/', 'Field Notes: España'],
      ['tags/nato/', 'Field Notes: NATO'],
      ['authors/ana-ruiz/', 'Field Notes: Ana Ruiz'],
      ['languages/en/', 'Field Notes: en'],
      ['languages/pt-br/', 'Field Notes: pt-BR'],
    ])
  })

  it('leave out roles and aria attributes, which validators warn of, and no text that looks like them', () => {
    const html = '<p role="note" aria-label="a &gt; b" lang="en">say role="note" aloud</p>'
    const feeds = toFeeds(publication, collection({}), terms, () => ({ html, summary: 's' }))
    expect(feeds[0]?.items[0]?.html).toBe('<p lang="en">say role="note" aloud</p>')
  })

  it('name their own documents below the publication’s path, percent-encoded', () => {
    const feeds = toFeeds(
      publication,
      collection({ tags: ['España'] }),
      { ...terms, per: ['tag'] },
      render,
    )
    expect(feeds[1]?.urls).toEqual({
      rss: 'https://example.org/blog/tags/espa%C3%B1a/rss.xml',
      atom: 'https://example.org/blog/tags/espa%C3%B1a/atom.xml',
      json: 'https://example.org/blog/tags/espa%C3%B1a/feed.json',
    })
  })

  it('belong to the page beside them, and the site’s to the publication', () => {
    const per = ['tag'] as const
    const feeds = toFeeds(publication, collection({ tags: ['España'] }), { ...terms, per }, render)
    expect(feeds.map(({ homeUrl }) => homeUrl)).toEqual([
      'https://example.org/blog/',
      'https://example.org/blog/tags/espa%C3%B1a/',
    ])
  })

  it('name the hubs that push them, in each format', () => {
    const hubs = ['https://hub.example.net/']
    const feeds = toFeeds(publication, collection({}), { ...terms, hubs }, render)
    const named = feedFiles(feeds).map(({ contents }) => /"?hubs?"[^}]*hub\.example/.test(contents))
    expect(named).toEqual([true, true, true])
  })

  it('keep identity and place whatever other articles come', () => {
    const per = ['tag'] as const
    const before = toFeeds(publication, collection({ tags: ['C#'] }), { ...terms, per }, render)
    const after = toFeeds(
      publication,
      collection({ tags: ['C', 'c++', 'c#'] }, { tags: ['C#'] }),
      { ...terms, per },
      render,
    )
    const placeOf = ({ id, folder, title, urls }: (typeof before)[number]) => ({
      id,
      folder,
      title,
      urls,
    })
    expect(after.map(placeOf)).toEqual(expect.arrayContaining(before.map(placeOf)))
    expect(before.map(({ id }) => id)).toEqual([
      'tag:example.org,2026:/blog/feed',
      expect.stringMatching(/^tag:example\.org,2026:\/blog\/tags\/c-[\da-f]{10}\/feed$/),
    ])
  })

  it('hold the newest articles up to the limit, each rendered once, and the others never', () => {
    const asked: string[] = []
    const articles = collection(
      { slug: 'a', tags: ['x'] },
      { slug: 'b', tags: ['x'] },
      { slug: 'c' },
      { slug: 'd', tags: ['x'] },
    )
    const feeds = toFeeds(
      publication,
      articles,
      { limit: 2, content: 'full', per: ['tag'] },
      (article) => {
        asked.push(article.slug)
        return render(article)
      },
    )
    expect(feeds.map(({ items }) => items.map(({ summary }) => summary))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
    expect(asked).toEqual(['a', 'b'])
  })

  it('carry no text when they are asked for summaries', () => {
    const feeds = toFeeds(publication, collection({}), { ...terms, content: 'summary' }, render)
    expect(feeds[0]?.items[0]).not.toHaveProperty('html')
  })

  it('date from the newest change of what they hold, even before 1970, and never from the clock', () => {
    const old = collection(
      { publishedAt: new Date('1965-03-01T00:00:00Z') },
      {
        publishedAt: new Date('1964-03-01T00:00:00Z'),
        updatedAt: new Date('1966-03-01T00:00:00Z'),
      },
    )
    expect(toFeeds(publication, old, terms, render)[0]?.updatedAt).toEqual(
      new Date('1966-03-01T00:00:00Z'),
    )
    const [empty] = toFeeds(publication, collection(), terms, render)
    expect(empty?.updatedAt).toEqual(new Date('2000-01-01T00:00:00Z'))
  })

  it('spell a tag alike in all items and name it once', () => {
    const articles = collection({ tags: ['nato', 'Nato'] }, { tags: ['NATO'] })
    const feeds = toFeeds(publication, articles, terms, render)
    expect(feeds[0]?.items.map(({ tags }) => tags)).toEqual([['NATO'], ['NATO']])
  })

  it('show the image that the text was rendered with', () => {
    const image = { url: 'https://example.org/in-the-text.png', alt: '' }
    const feeds = toFeeds(publication, collection({}), terms, (article) => ({
      ...render(article),
      image,
    }))
    expect(feeds[0]?.items[0]?.image).toEqual(image)
  })

  it('by an author are the author’s, with the address of the newest article', () => {
    const articles = collection(
      { authors: [{ name: 'ana ruiz', email: 'new@example.org' }] },
      { authors: [{ name: 'Ana Ruiz', email: 'old@example.org' }] },
    )
    const feeds = toFeeds(publication, articles, { ...terms, per: ['author'] }, render)
    expect(feeds[1]?.authors).toEqual([{ name: 'Ana Ruiz', email: 'new@example.org' }])
  })

  it('come without an article as well', () => {
    const files = feedFiles(toFeeds(publication, collection(), { ...terms, per: ['tag'] }, render))
    expect(files.map(({ path }) => path)).toEqual(['rss.xml', 'atom.xml', 'feed.json'])
  })
})
