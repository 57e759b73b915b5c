import { isUtf8 } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
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
  const sources = new Map([...readFolder(packaged), ...readFolder(join(folder, 'templates'))])
  return { files: pickFiles(sources), languages: readLanguages(sources) }
}

// Synchronous, as it is read before every build: asynchronous files cost Node 30 ms before the first one is open
function readFolder(folder: string): ReadonlyMap<string, Template> {
  const found = new Map<string, Template>()
  for (const name of listFiles(folder).toSorted()) {
    const key = name.replaceAll('\\', '/')
    if (!/\.(?:mjml|txt|liquid|html|css)$|^languages\/[^/]+\.json$/.test(key)) continue
    const file = `templates/${key}`
    found.set(key, { file, source: readUtf8(join(folder, name), file) })
  }
  return found
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new Fault('content-invalid', `${folder}: cannot be read; is it a folder?`, { cause })
  }
}

function readUtf8(path: string, file: string): string {
  const bytes = readBytes(path, file)
  if (isUtf8(bytes)) return bytes.toString('utf8').replace(/^\ufeff/, '')
  throw new Fault('content-invalid', `${file}: is not UTF-8; save it as UTF-8`)
}

function readBytes(path: string, file: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new Fault('content-invalid', `${file}: ${code ?? 'cannot be read'}`, { cause })
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
