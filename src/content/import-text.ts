import { Fault } from '../model/fault.ts'
import type { Problem } from '../model/problem.ts'
import { withoutControls } from './escape.ts'
import { readFileName, toSlug } from './slug.ts'
import { paragraphKey, type Removed, recurring, stripBoilerplate } from './strip.ts'
import { shorten } from './summary.ts'
import { paragraphs } from './text.ts'

export interface PlainText {
  /** path or name, for messages and for the article's `source` */
  readonly file: string
  /** decoded; a byte order mark may still be there */
  readonly text: string
}

export interface ImportedArticle {
  /** `2022-06-29-slug.txt`: the same for the same text and date every time */
  readonly name: string
  /** the whole file: front matter in YAML, then the text as it was typed */
  readonly contents: string
  /** the file that it was made of */
  readonly from: string
}

export interface ImportedTexts {
  readonly articles: readonly ImportedArticle[]
  /** texts that no article could be made of */
  readonly problems: readonly Problem[]
  /** what was left out, in the order of the texts */
  readonly removed: readonly Removed[]
}

/** Longest slug in a file name, in octets: any file system takes it, with a date before it and `.txt` after. */
const longestSlug = 80

/**
 * Makes article files of plain texts: the title once, in front matter; then the paragraphs, without boilerplate (see
 * stripBoilerplate), with every character as it was typed. Line ends become `\n`, blank lines one, white space at the
 * ends of lines goes. The files are `.txt`, so that nothing in a text has to be escaped and an author edits words only.
 *
 * @param date of all the texts, ISO 8601; without it each file's name has to begin with its date
 * @param strip the patterns of `content.strip`, compiled
 * @throws {Fault} 'usage' when `date` is not a date
 */
export function importTexts(
  sources: readonly PlainText[],
  { date, strip }: { readonly date?: string | undefined; readonly strip: readonly RegExp[] },
): ImportedTexts {
  if (date !== undefined && !isDate(date)) {
    throw new Fault('usage', `--date '${date}' is not a date; write it as YYYY-MM-DD`)
  }
  const texts = sources.map(({ file, text }) => ({ file, found: readParagraphs(text) }))
  const recurs = recurring(texts.map(({ found }) => found))
  const articles: ImportedArticle[] = []
  const problems: Problem[] = []
  const removed: Removed[] = []
  const taken = new Set<string>()
  const seen = new Map<string, string>()
  for (const { file, found } of texts) {
    const day = date ?? readFileName(file).date
    const stripped = stripBoilerplate(file, found, { patterns: strip, recurs })
    const text = splitTitle(stripped.kept)
    const all = [text.title, ...text.body].map(paragraphKey).join('\n\n')
    const message = faultOf(text, day) ?? duplicate(seen.get(all))
    if (message !== undefined || day === undefined) {
      problems.push({ file, message: message ?? '' })
      continue
    }
    seen.set(all, file)
    const repeats = text.repeats.map((paragraph) => ({ file, paragraph, reason: 'title' as const }))
    for (const left of [...repeats, ...stripped.removed]) removed.push(left)
    const name = freeName(`${day.slice(0, 10)}-${shortSlug(text.title)}`, taken)
    articles.push({ name, contents: format(text, day, file), from: file })
  }
  return { articles, problems, removed }
}

interface TitledText {
  readonly title: string
  readonly body: readonly string[]
  /** the title again, as it stood in the text */
  readonly repeats: readonly string[]
}

function readParagraphs(text: string): readonly string[] {
  return paragraphs(text)
    .map((lines) => lines.map((line) => withoutControls(line).trim()).filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
}

/** The first line is the title, and is not said again; a first line as long as a paragraph is only where it begins. */
function splitTitle(kept: readonly string[]): TitledText {
  const [first = '', ...rest] = kept
  const lines = first.split('\n')
  const line = (lines[0] ?? '').replace(/\s+/gu, ' ')
  if (line.length > 250) return { title: shorten(line), body: kept, repeats: [] }
  const key = titleKey(line)
  const repeats: string[] = []
  const after = [lines.slice(1).join('\n'), ...rest].filter((paragraph) => paragraph !== '')
  for (const [index, paragraph] of after.entries()) {
    const own = paragraph.split('\n')
    const told = own.findIndex((again) => titleKey(again) !== key)
    for (const again of told === -1 ? own : own.slice(0, told)) repeats.push(again)
    if (told === -1) continue
    return { title: line, body: [own.slice(told).join('\n'), ...after.slice(index + 1)], repeats }
  }
  return { title: line, body: [], repeats }
}

function titleKey(line: string): string {
  return paragraphKey(line).replace(/[\p{P}\s]+$/u, '')
}

function faultOf({ title, body }: TitledText, day: string | undefined): string | undefined {
  if (title === '') return 'is empty; there is nothing to import'
  if (body.length === 0) return 'has a first line, which is the title, and no text after it'
  if (day !== undefined) return undefined
  return 'has no date; give one with --date YYYY-MM-DD, or name the file 2022-06-29-name.txt'
}

function duplicate(other: string | undefined): string | undefined {
  return other === undefined ? undefined : `is the same text as ${other}; it was left out`
}

function format({ title, body }: TitledText, day: string, file: string): string {
  // A JSON string is a double-quoted scalar of YAML 1.2, whatever is in it
  const source = JSON.stringify(withoutControls(file.split(/[\\/]/).at(-1) ?? file))
  const head = `---\ntitle: ${JSON.stringify(title)}\ndate: ${day}\nsource: ${source}\n---\n`
  return `${head}\n${body.join('\n\n')}\n`
}

function shortSlug(title: string): string {
  const words = toSlug(title).split('-')
  let slug = ''
  for (const word of words) {
    const longer = slug === '' ? word : `${slug}-${word}`
    if (new TextEncoder().encode(longer).length > longestSlug) break
    slug = longer
  }
  return slug || toSlug([...(words[0] ?? '')].slice(0, longestSlug / 4).join(''))
}

function freeName(stem: string, taken: Set<string>): string {
  let name = `${stem}.txt`
  for (let count = 2; taken.has(name); count++) name = `${stem}-${count}.txt`
  taken.add(name)
  return name
}

function isDate(text: string): boolean {
  const [, day, time] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.exec(
      text,
    ) ?? []
  if (day === undefined) return false
  const midnight = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return false
  return time === undefined || !Number.isNaN(Date.parse(text))
}
