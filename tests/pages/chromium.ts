import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { has } from '../has.ts'

const name = 'chromium'

/** Whether there is a browser to look at the pages with. */
export const hasChromium = has(name, '--version')

/** The caller closes it. */
export function startChromium(): Promise<Browser> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const executablePath = folders.map((folder) => join(folder, name)).find(existsSync) ?? name
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
  return chromium.launch({ executablePath, args })
}
