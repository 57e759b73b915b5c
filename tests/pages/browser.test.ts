import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toFeeds } from '../../src/feeds/to-feed.ts'
import { collection, publication } from '../feeds/samples.ts'
import { feedFiles } from '../feeds/written.ts'
import { startSite } from '../http/site.ts'
import { hasChromium, startChromium } from './chromium.ts'
import { hardArticles, pagesOf } from './sample-pages.ts'

const english = pagesOf(hardArticles)
const arabic = pagesOf(hardArticles, { language: 'ar', description: 'أخبار' })
const feeds = [
  ...feedFiles(
    toFeeds(
      publication,
      collection({ title: 'Word'.repeat(60), tags: ['a'], authors: [{ name: 'Ana' }] }),
      { limit: 1, content: 'full', per: [] },
      () => ({ html: '<p>Markup</p>', summary: 'In short' }),
    ),
  ),
  ...english.filter(({ path }) => path === 'feed.css'),
]
const author = english.find(({ path }) => path.startsWith('authors/a'))?.path ?? ''

describe.skipIf(!hasChromium)('in a browser', () => {
  let browser: Browser
  let folder: string
  beforeAll(async () => {
    browser = await startChromium()
    folder = await mkdtemp(join(tmpdir(), 'tidings-pages-'))
    for (const [name, files] of Object.entries({ english, arabic, feeds })) {
      for (const { path, contents } of files) {
        await mkdir(dirname(join(folder, name, path)), { recursive: true })
        await writeFile(join(folder, name, path), contents)
      }
    }
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const open = async (path: string, options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await (await browser.newContext(options)).newPage()
    await page.goto(pathToFileURL(join(folder, path)).href)
    return page
  }
  const focused = (page: Page) =>
    page.evaluate('(document.activeElement.id || document.activeElement.textContent).trim()')
  const selected = (page: Page) => page.evaluate('String(getSelection())')

  it.each([
    ['the front page', 'english/index.html'],
    ['the page of an author', `english/${author}`],
    ['the front page from right to left', 'arabic/index.html'],
  ])(
    'finds no fault that axe knows of in %s, by day and by night, narrow and wide',
    async (_, path) => {
      const page = await open(path)
      await page.evaluate(axe.source)
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 800 })
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          const found = (await page.evaluate('axe.run()')) as axe.AxeResults
          const faults = found.violations.map(({ id, nodes }) => [
            id,
            ...nodes.map(({ html }) => html),
          ])
          expect(faults, `${width} px, ${colorScheme}`).toEqual([])
          expect(found.passes.map(({ id }) => id)).toContain('color-contrast')
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
        }
      }
    },
  )

  it('begins for the keyboard with a way past the heading, then the address, all of it selected', async () => {
    const page = await open('english/index.html')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to the content')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('address')
    expect(await selected(page)).toBe('https://example.org/blog/rss.xml')
    const rest: unknown[] = []
    for (let stop = 0; stop < 6; stop++) {
      await page.keyboard.press('Tab')
      rest.push(await focused(page))
    }
    expect(rest).toEqual([
      'RSS',
      'Atom',
      'JSON',
      'All feeds',
      hardArticles[0]?.title,
      hardArticles[1]?.title,
    ])
  })

  it('selects the whole address at one click, without a script', async () => {
    const page = await open(`english/${author}`, { viewport: { width: 320, height: 800 } })
    // Whatever fonts there are, and however far down it comes to stand
    await page.locator('.copy').scrollIntoViewIfNeeded()
    const box = await page.locator('.copy').boundingBox()
    await page.mouse.click((box?.x ?? 0) + 30, (box?.y ?? 0) + 15)
    expect(await selected(page)).toBe(
      `https://example.org/blog/${author.replace('index.html', 'rss.xml')}`,
    )
  })

  it.each(['rss.xml', 'atom.xml'])(
    'shows what is for people in %s, and says what it is',
    async (name) => {
      const page = await open(`feeds/${name}`, { viewport: { width: 320, height: 800 } })
      const visible = await page.evaluate(
        '[...document.querySelectorAll("*")].filter((it) => it.childElementCount === 0 && it.textContent && it.checkVisibility()).map((it) => it.localName)',
      )
      const expected = {
        'rss.xml': ['title', 'description', 'title', 'link', 'pubDate', 'description'],
        'atom.xml': ['title', 'subtitle', 'title', 'summary', 'published'],
      }[name]
      expect(visible).toEqual(expected)
      const words = await page.evaluate(
        'getComputedStyle(document.documentElement, "::before").content',
      )
      expect(words).toMatch(/^"This is a feed\. /)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    },
  )

  it.each(['rss.xml', 'atom.xml'])(
    'shows %s as people see it, from tidings serve',
    async (name) => {
      await using site = await startSite(
        Object.fromEntries(feeds.map(({ path, contents }) => [path, contents])),
      )
      const page = await (await browser.newContext()).newPage()
      await page.goto(`${site.url}${name}`)
      const words = await page.evaluate(
        'getComputedStyle(document.documentElement, "::before").content',
      )
      expect(words).toMatch(/^"This is a feed\. /)
    },
  )

  it('needs nothing but its own style sheet, under the strictest policy and at any path', async () => {
    const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.css': 'text/css' }
    const server = createServer(({ url = '' }, response) => {
      const path = url.replace('/some/path/', '')
      const file = english.find((one) => one.path === path)
      response.setHeader(
        'Content-Security-Policy',
        "default-src 'none'; style-src 'self'; img-src 'self'",
      )
      response.setHeader('Content-Type', types[extname(path)] ?? 'text/plain')
      response.statusCode = file ? 200 : 404
      response.end(file?.contents)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    try {
      const page = await (await browser.newContext()).newPage()
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      const requests: string[] = []
      page.on('request', (request) => requests.push(request.url()))
      const { port } = server.address() as AddressInfo
      const origin = `http://127.0.0.1:${port}`
      await page.goto(`${origin}/some/path/${author}`)
      expect(requests).toEqual([`${origin}/some/path/${author}`, `${origin}/some/path/tidings.css`])
      expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
      await page.locator('.masthead a').click()
      expect(page.url()).toBe(`${origin}/some/path/index.html`)
      const margin = await page.evaluate('getComputedStyle(document.querySelector("h1")).marginTop')
      expect(margin).toBe('0px')
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})
