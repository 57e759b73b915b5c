import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sourceOf } from '../edition/templates.ts'
import { hasChromium, startChromium } from '../pages/chromium.ts'
import { startSite } from './site.ts'

const files = { 'tidings.css': sourceOf('tidings.css') }

describe.skipIf(!hasChromium)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser?.close())

  it('lets a reader leave with one button, without a script', async () => {
    await using site = await startSite(files, { base: '/letters/' })
    const { token } = await site.join('ann@example.org')
    const page = await browser.newPage({ javaScriptEnabled: false })
    await page.goto(`${site.url}unsubscribe/${token}`)
    await page.getByRole('button').click()
    await page.getByRole('heading', { name: 'You are unsubscribed' }).waitFor()
    expect(await site.statusOf('ann@example.org')).toBe('unsubscribed')
  })

  it.each([
    ['the button', 'en'],
    ['the button from right to left', 'ar'],
    ['a link that nobody has', undefined],
  ])('finds no fault that axe knows of in %s, by day and by night', async (_, language) => {
    await using site = await startSite(files)
    const { token } = await site.join('ann@example.org', language)
    // The policy of the page lets no script in: axe would be one
    const page = await browser.newPage({ bypassCSP: true, viewport: { width: 320, height: 640 } })
    await page.goto(`${site.url}unsubscribe/${language ? token : 'nobody'}`)
    await page.evaluate(axe.source)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = (await page.evaluate('axe.run()')) as axe.AxeResults
      expect(found.violations.map(({ id }) => id)).toEqual([])
      expect(found.passes.map(({ id }) => id)).toContain('color-contrast')
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    }
  })
})
