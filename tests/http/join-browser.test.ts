import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import axe from 'axe-core'
import { simpleParser } from 'mailparser'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joinSnippet } from '../../src/pages/join-snippet.ts'
import { templates } from '../edition/templates.ts'
import { hasChromium, startChromium } from '../pages/chromium.ts'
import { startJoinSite } from './join-site.ts'

const topics = [
  { id: 'art', name: 'Art and craft', tags: ['art'], default: true },
  { id: 'sea', name: 'The sea', tags: ['sea'], default: false },
]
const phone = { width: 320, height: 640 }

describe.skipIf(!hasChromium)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser?.close())

  it.each([
    ['with scripts, on a desk', true, { width: 1000, height: 800 }],
    ['without scripts, on a phone', false, phone],
  ])('lets a reader join %s', async (_, javaScriptEnabled, viewport) => {
    await using site = await startJoinSite({ topics, base: '/letters/' })
    const page = await browser.newPage({ javaScriptEnabled, viewport })
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    await page.goto(`${site.url}subscribe`)
    await page.getByLabel('Your e-mail address').fill('ann@example.org')
    await page.getByLabel('Your name').fill('Ann')
    await page.getByLabel('The sea').check()
    await page.getByLabel('Art and craft').uncheck()
    site.pass(3000)
    await page.getByRole('button', { name: 'Subscribe' }).click()
    await page.getByRole('heading', { name: 'Please look into your mailbox' }).waitFor()
    await site.work()

    const { html } = await simpleParser(site.relay.messages[0]?.raw ?? '')
    const [, href = ''] = /href="([^"]*\/confirm\/[^"]*)"/.exec(String(html)) ?? []
    await page.goto(href)
    expect(await site.statusOf('ann@example.org')).toBeUndefined()
    await page.getByRole('button', { name: 'Yes, subscribe me' }).click()
    await page.getByRole('heading', { name: 'You are subscribed' }).waitFor()
    expect(await site.subscribers.find('ann@example.org')).toMatchObject({
      name: 'Ann',
      topics: ['sea'],
      status: 'active',
    })
    // A browser asks for an icon by itself
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
  })

  it('lets a reader join from a form on another site', async () => {
    await using site = await startJoinSite()
    const words = templates.languages.get('en')
    const url = `${site.url}subscribe`
    const form = words && joinSnippet(words, { url, language: 'en', newsletter: 'The <Letter>' })
    const blog = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8')
      response.end(`<!doctype html><title>Blog</title>${form}`)
    }).listen(0, '127.0.0.1')
    await once(blog, 'listening')
    try {
      const page = await browser.newPage({ javaScriptEnabled: false })
      const origin = `http://127.0.0.1:${(blog.address() as AddressInfo).port}`
      await page.goto(origin)
      await page.getByLabel('Your e-mail address').fill('ann@example.org')
      await page.getByRole('button').click()
      await page.getByRole('heading', { name: 'One more step' }).waitFor()
      expect(await page.getByLabel('Your e-mail address').inputValue()).toBe('ann@example.org')
      site.pass(3000)
      await page.getByRole('button', { name: 'Subscribe' }).click()
      await page.getByRole('heading', { name: 'Please look into your mailbox' }).waitFor()
      await site.work()
      await page.goto(await site.link())
      await page.getByRole('button', { name: 'Yes, subscribe me' }).click()
      await page.getByRole('heading', { name: 'You are subscribed' }).waitFor()
      const [consent] = await site.store.joins.consents('ann@example.org')
      expect(consent?.from).toBe(`${origin} website`)
    } finally {
      blog.close()
      blog.closeAllConnections()
    }
  })

  it('leaves a button alone that a script of another site presses', async () => {
    await using site = await startJoinSite()
    await site.ask('ann@example.org')
    const link = await site.link()
    const page = await browser.newPage()
    await page.route('http://evil.test/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${link}"><input name="confirm" value="yes"></form><script>document.forms[0].submit()</script>`,
      }),
    )
    await page.goto('http://evil.test/')
    await page.getByRole('button', { name: 'Yes, subscribe me' }).waitFor()
    expect(await site.statusOf('ann@example.org')).toBeUndefined()
  })

  it('finds no fault that axe knows of in any page, by day and by night, in either direction', async () => {
    await using site = await startJoinSite({ topics })
    // The policy of the pages lets no script in: axe would be one
    const page = await browser.newPage({ bypassCSP: true, viewport: phone })
    const check = async () => {
      await page.evaluate(axe.source)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        const found = (await page.evaluate('axe.run()')) as axe.AxeResults
        expect(found.violations.map(({ id }) => id)).toEqual([])
        expect(found.passes.map(({ id }) => id)).toContain('color-contrast')
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width)
      }
    }
    for (const language of ['en', 'ar']) {
      await page.goto(`${site.url}subscribe?language=${language}`)
      await check()
      await page.locator('#address').fill('ann@gmial.com')
      site.pass(3000)
      await page.locator('form > p:not(.hint) > button').click()
      await page.locator('.hint').waitFor()
      await check()
    }
    await page.goto(`${site.url}confirm/nobody`)
    await check()
    await site.ask('ann@example.org')
    await page.goto(await site.link())
    await check()
  })
})
