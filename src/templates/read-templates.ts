import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '../model/fault.ts'
import type { Template, Templates } from './templates.ts'
import { parseWords, type Words } from './words.ts'

const packaged = fileURLToPath(new URL('../../templates/', import.meta.url))

/**
 * Reads the templates of a publication: each file of its own `templates/` folder, where there is one, stands in
 * for the file of the same name that comes with tidings.
 *
 * @param folder the publication's folder
 * @throws {Fault} 'content-invalid' for a file that cannot be read or understood
 */
export async function readTemplates(folder: string): Promise<Templates> {
  const sources = new Map([
    ...(await readFolder(packaged)),
    ...(await readFolder(join(folder, 'templates'))),
  ])
  return { files: pickFiles(sources), languages: readLanguages(sources) }
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, Template>> {
  const found = new Map<string, Template>()
  for (const name of (await listFiles(folder)).toSorted()) {
    const key = name.replaceAll('\\', '/')
    if (!/\.(?:mjml|txt|liquid|html|css)$|^languages\/[^/]+\.json$/.test(key)) continue
    const file = `templates/${key}`
    found.set(key, { file, source: await readUtf8(join(folder, name), file) })
  }
  return found
}

async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder, { recursive: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new Fault('content-invalid', `${folder}: cannot be read; is it a folder?`, { cause })
  }
}

async function readUtf8(path: string, file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why =
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not UTF-8; save it as UTF-8' : code
    throw new Fault('content-invalid', `${file}: ${why ?? 'cannot be read'}`, { cause })
  }
}

function pickFiles(sources: ReadonlyMap<string, Template>): ReadonlyMap<string, Template> {
  return new Map([...sources].filter(([name]) => !name.startsWith('languages/')))
}

function readLanguages(sources: ReadonlyMap<string, Template>): ReadonlyMap<string, Words> {
  const english = sources.get('languages/en.json')
  if (english === undefined) throw new Error('templates/languages/en.json is missing')
  const en = parseWords(english.file, english.source)
  const languages = new Map([['en', en]])
  for (const [name, { file, source }] of sources) {
    const [, tag] = name.match(/^languages\/(.+)\.json$/) ?? []
    if (tag === undefined || tag === 'en') continue
    languages.set(languageTag(tag, file).toLowerCase(), parseWords(file, source, en))
  }
  return languages
}

function languageTag(tag: string, file: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? tag
  } catch (cause) {
    throw new Fault(
      'content-invalid',
      `${file}: '${tag}' is not a language tag; name the file as in en.json or pt-BR.json`,
      { cause },
    )
  }
}
