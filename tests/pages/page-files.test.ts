import { posix } from 'node:path'
import fc from 'fast-check'
import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5'
import { describe, expect, it } from 'vitest'
import { cleanLine } from '../../src/feeds/guard.ts'
import { Fault } from '../../src/model/fault.ts'
import { templates, withTemplates } from '../edition/templates.ts'
import { hardArticles, pagesOf } from './sample-pages.ts'

function* elementsOf(node: Tree.Node): Generator<Tree.Element> {
  if ('tagName' in node) yield node
  for (const child of 'childNodes' in node ? node.childNodes : []) yield* elementsOf(child)
}

function attribute({ attrs }: Tree.Element, name: string): string | undefined {
  return attrs.find((attr) => attr.name === name)?.value
}

function textOf(node: Tree.Node): string {
  if ('value' in node) return node.value
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : ''
}

const isHtml = ({ path }: { path: string }) => path.endsWith('.html')

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('"><script>x</script>', "' onfocus=x", '</title>', '{{ lang }}', '<!--', ']]>'),
)

describe('the pages', () => {
  it('lead nowhere but to files of the build and to addresses on the web', () => {
    const pages = pagesOf(hardArticles)
    const feeds = pages
      .filter(isHtml)
      .flatMap(({ path }) =>
        ['rss.xml', 'atom.xml', 'feed.json'].map((name) => posix.join(posix.dirname(path), name)),
      )
    const made = new Set([...pages.map(({ path }) => path), ...feeds, 'feeds.opml'])
    const links = pages.filter(isHtml).flatMap(({ path, contents }) =>
      [...elementsOf(parse(contents))].flatMap((element) => {
        const href = attribute(element, 'href') ?? '#'
        if (href.startsWith('#') || href.startsWith('https://example.org/')) return []
        return posix.join(posix.dirname(path), decodeURIComponent(href.replace(/#feeds$/, '')))
      }),
    )
    expect(links.length).toBeGreaterThan(100)
    expect(links.filter((link) => !made.has(link))).toEqual([])
  })

  it('are HTML without an error', () => {
    const errors: string[] = []
    for (const { path, contents } of pagesOf(hardArticles).filter(isHtml)) {
      parse(contents, { onParseError: ({ code }) => errors.push(`${path}: ${code}`) })
    }
    expect(errors).toEqual([])
  })

  it('tell readers where the feeds of each page are', () => {
    const page = pagesOf([{ tags: ['Nato'] }]).find(({ path }) => path === 'tags/nato/index.html')
    const links = [...elementsOf(parse(page?.contents ?? ''))].filter(
      (element) => attribute(element, 'rel') === 'alternate',
    )
    expect(
      links.map((link) => ['type', 'title', 'href'].map((name) => attribute(link, name))),
    ).toEqual([
      [
        'application/rss+xml',
        'Field Notes: Nato (RSS)',
        'https://example.org/blog/tags/nato/rss.xml',
      ],
      [
        'application/atom+xml',
        'Field Notes: Nato (Atom)',
        'https://example.org/blog/tags/nato/atom.xml',
      ],
      [
        'application/feed+json',
        'Field Notes: Nato (JSON Feed)',
        'https://example.org/blog/tags/nato/feed.json',
      ],
    ])
  })

  it('show whatever is typed into an article as text, and run nothing', () => {
    const [plain] = pagesOf([{ title: 'a', tags: ['a'], authors: [{ name: 'a' }] }])
    const namesIn = (html: string) =>
      new Set(
        [...elementsOf(parse(html))].flatMap(({ tagName, attrs }) => [
          tagName,
          ...attrs.map(({ name }) => name),
        ]),
      )
    const known = namesIn(plain?.contents ?? '')
    fc.assert(
      fc.property(anyText, anyText, anyText, (title, name, tag) => {
        const pages = pagesOf([{ title, authors: [{ name }], tags: [tag], description: name }], {
          description: tag,
        })
        for (const { contents } of pages.filter(isHtml)) {
          expect([...namesIn(contents)].filter((one) => !known.has(one))).toEqual([])
          const first = [...elementsOf(parse(contents))].find(
            (element) => attribute(element, 'class') === 'titles',
          )
          const heading = first && [...elementsOf(first)].find(({ tagName }) => tagName === 'h3')
          expect(heading && textOf(heading)).toBe(cleanLine(title))
        }
      }),
      { numRuns: 100 },
    )
  })

  it('are the same bytes from the same input, in each language that there is', () => {
    for (const language of ['en', 'de', 'es', 'fr', 'ar', 'xx']) {
      expect(pagesOf(hardArticles, { language })).toEqual(pagesOf(hardArticles, { language }))
    }
  })

  it('are there before the first article', () => {
    const pages = pagesOf([])
    expect(pages.map(({ path }) => path)).toEqual(['index.html', 'tidings.css', 'feed.css'])
    expect(pages[0]?.contents).toContain('value="https://example.org/blog/rss.xml"')
  })

  it('escape the words at the head of a feed for CSS', () => {
    const english = templates.languages.get('en')
    if (english === undefined) throw new Error('no English')
    const page = { ...english.page, isFeed: 'Feed "one" \\ two\n</style> é' }
    const languages = new Map([['en', { ...english, page }]])
    const style = pagesOf([], {}, { ...templates, languages }).find(
      ({ path }) => path === 'feed.css',
    )
    expect(style?.contents).toContain(
      'content: "Feed \\22 one\\22  \\5c  two\\a \\3c /style\\3e  é";',
    )
  })

  it('name the file and line of a template that is wrong', () => {
    const wrong = withTemplates({ 'subscribe.html': '\n{{ feed.nothing }}' })
    const render = () => pagesOf([], {}, wrong)
    expect(render).toThrow(Fault)
    expect(render).toThrow('templates/subscribe.html:2: undefined variable: feed.nothing')
  })
})
