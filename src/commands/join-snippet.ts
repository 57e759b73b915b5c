import type { Config } from '../config.ts'
import { Fault } from '../model/fault.ts'
import { joinSnippet } from '../pages/join-snippet.ts'
import { readTemplates } from '../templates/read-templates.ts'
import { nearestLanguage } from '../templates/words.ts'
import type { Report } from './command.ts'

/**
 * The form to put on other pages.
 *
 * @param wanted BCP 47; the publication's without it
 */
export async function snippetReport(config: Config, wanted: string | undefined): Promise<Report> {
  const { root, file, publication, newsletter, server } = config
  if (!newsletter || !server.url) {
    throw new Fault(
      'config-invalid',
      `${file}: ${newsletter ? 'server.url' : 'newsletter'}: missing; the form leads to where 'tidings serve' is reached`,
    )
  }
  const { languages } = await readTemplates(root)
  const language = nearestLanguage(languages.keys(), wanted ?? publication.language)
  const words = languages.get(language ?? 'en')
  if (!words || (wanted !== undefined && language === undefined)) {
    const known = [...languages.keys()].join(', ')
    throw new Fault('usage', `--language ${wanted}: there are words for ${known} only`)
  }
  const url = new URL('subscribe', server.url).href
  const html = joinSnippet(words, { url, language: language ?? 'en', newsletter: newsletter.name })
  return { text: html, json: { url, language: language ?? 'en', html } }
}
