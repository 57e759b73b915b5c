import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sourceOf } from '../edition/templates.ts'
import { hasChromium, startChromium } from '../pages/chromium.ts'
import { now, startSite } from './site.ts'

const files = { 'tidings.css': sourceOf('tidings.css') }

describe.skipIf(!hasChromium)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser?.close())

  it.each([true, false])(
    'lets a reader choose, move, fetch and be forgotten, script: %s',
    async (script) => {
      await using site = await startSite(files, { base: '/letters/' })
      const { token } = await site.join('ann@example.org')
      const page = await browser.newPage({ javaScriptEnabled: script })
      const url = `${site.url}preferences/${token}`
      await page.goto(`${site.url}unsubscribe/${token}`)
      await page.getByRole('link', { name: 'Change what you get' }).click()
      expect(page.url()).toBe(url)
      await page.getByLabel('Politics').uncheck()
      await page.getByLabel('Language of the messages').selectOption('español')
      await page.getByLabel('Until this day:').check()
      await page.getByLabel('The day on which it begins again').fill('2026-12-24')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Tus preferencias están guardadas.').waitFor()
      await page.getByText('24 de diciembre de 2026').waitFor()
      expect(await site.subscribers.findByToken(token)).toMatchObject({
        topics: ['arts'],
        language: 'es',
        pausedUntil: new Date('2026-12-23T23:00:00Z'),
      })
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Descargar el archivo' }).click(),
      ])
      expect(download.suggestedFilename()).toBe('my-data.json')
      await page.getByLabel('Nueva dirección de correo').fill('new@example.net')
      await page.getByRole('button', { name: 'Enviar el enlace' }).click()
      await page.getByText('new@example.net').waitFor()
      expect(await site.store.changes.due(now, 9)).toMatchObject([{ address: 'new@example.net' }])
      await page.goto(url)
      await page.getByRole('link', { name: 'Borrar todo sobre mí' }).click()
      await page.getByRole('link', { name: 'No, conservarlo' }).click()
      await page.getByRole('link', { name: 'Borrar todo sobre mí' }).click()
      await page.getByRole('button', { name: 'Sí, borrarlo todo' }).click()
      await page.getByRole('heading', { name: 'Todo está borrado' }).waitFor()
      expect(await site.subscribers.findByToken(token)).toBeUndefined()
    },
  )

  it.each([
    ['', 'en'],
    ['', 'ar'],
    ['', 'de'],
    ['/erase', 'fr'],
  ])('finds no fault that axe knows of in preferences/TOKEN%s in %s', async (rest, language) => {
    await using site = await startSite(files)
    const { token, id } = await site.join(`${'a'.repeat(60)}@example.org`, language)
    const pausedUntil = new Date(now.getTime() + 86_400_000)
    await site.subscribers.choose(id, { name: 'Ann', language, pausedUntil }, now)
    // The policy of the page lets no script in: axe would be one
    const page = await browser.newPage({ bypassCSP: true, viewport: { width: 320, height: 640 } })
    await page.goto(`${site.url}preferences/${token}${rest}`)
    await page.evaluate(axe.source)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = (await page.evaluate('axe.run()')) as axe.AxeResults
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual(
        [],
      )
      expect(found.passes.map(({ id }) => id)).toContain('color-contrast')
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    }
  })
})
